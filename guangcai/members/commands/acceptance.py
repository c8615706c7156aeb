"""Accepting slips: one, or a thousand on a launch morning, through the same set-based steps.

Lock order: slips, members, the community's receipt counter. Two desks that press at once get one residence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, OutOfScope
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.text import clean_name
from guangcai.members import rules
from guangcai.members.commands import accounts
from guangcai.members.commands.duplicates import offer_duplicates
from guangcai.members.commands.links import take_receipt_numbers
from guangcai.members.commands.newcomers import make_members, note_wishes
from guangcai.members.models import Employment, Member, ReportIn, Residence, UnitReceipt
from guangcai.members.slips import SlipForm
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node

BATCH = 2000


@dataclass
class Arrival:
    """One slip on its way: whose it is, and the residence it opens or confirms."""

    slip: ReportIn
    form: SlipForm
    member: Member | None = None
    before: Residence | None = None
    residence: Residence = field(init=False)

    @property
    def person(self) -> Member:
        assert self.member is not None
        return self.member

    @property
    def is_here(self) -> bool:
        """He came by an imported roster and lives here on paper: the slip confirms it."""
        return self.before is not None and self.before.community_id == self.slip.community_id

    @property
    def residence_no(self) -> str:
        return self.before.receipt_no if self.before else ""


@transaction.atomic
def accept_report_in(
    *,
    report_in: ReportIn,
    by: Actor,
    now: datetime,
    member: Member | None = None,
    as_new: bool = False,
    with_account: bool = False,
) -> Residence:
    """Accept one slip: the member is found (by phone and name, or named by `member`) or made; his residence here
    begins and the one before ends; the receipt has a number and lies on his unit's desk.

    as_new: another person than the one with this phone. with_account: he signs in with his phone from now on.
    Accepted already: that residence. Raises Conflict when it was declined, RuleBroken(code="already_here").
    """
    by.require(Permission.REPORT_IN_ACCEPT, report_in.path)
    slip = ReportIn.objects.select_for_update(of=["self"]).select_related("community").get(pk=report_in.pk)
    if slip.is_accepted and slip.residence is not None:
        return slip.residence
    rules.check_undecided(is_accepted=slip.is_accepted)
    arrival = Arrival(slip, SlipForm.from_text(slip.form), member=member)
    _accept([arrival], slip.community, as_new=as_new, by=by, now=now)
    if with_account:
        accounts.give_account(arrival.person, by=by, now=now)
    accounts.follow_residence([arrival.person], slip.community, now=now)
    offer_duplicates([arrival.person], now=now)
    return arrival.residence


@transaction.atomic
def accept_many(*, community: Node, report_ins: Iterable[UUID], by: Actor, now: datetime) -> list[Residence]:
    """Accept every slip of `community` among `report_ins` that still waits; the queries do not grow with the number.

    Slips decided meanwhile are passed over. Raises RuleBroken (code `already_here`) naming nobody when a slip cannot
    be accepted: nothing is done then.
    """
    by.require(Permission.REPORT_IN_ACCEPT, community.path)
    waiting = ReportIn.objects.waiting().filter(community=community, pk__in=list(report_ins))
    slips = list(waiting.select_for_update(of=["self"]).order_by("pk"))
    if not slips:
        return []
    arrivals = [Arrival(slip, SlipForm.from_text(slip.form)) for slip in slips]
    _accept(arrivals, community, as_new=False, by=by, now=now)
    people = [arrival.person for arrival in arrivals]
    accounts.follow_residence(people, community, now=now)
    offer_duplicates(people, now=now)
    return [arrival.residence for arrival in arrivals]


def _accept(arrivals: Sequence[Arrival], community: Node, *, as_new: bool, by: Actor, now: datetime) -> None:
    if not as_new:
        _find_members(arrivals)
    make_members(arrivals, community, by=by, now=now)
    _lock_members(arrivals)
    _check_residences(arrivals)
    _open_residences(arrivals, community, by=by, now=now)
    _settle(arrivals, community, by=by, now=now)
    note_wishes(arrivals, by=by, now=now)
    _send_receipts(arrivals, now=now)
    numbers = [arrival.residence.receipt_no for arrival in arrivals]
    on = arrivals[0].slip if len(arrivals) == 1 else None
    audit.record(
        Tag.REPORT_IN_ACCEPT,
        by=by,
        on=on,
        now=now,
        path=community.path,
        members=[str(arrival.person.pk) for arrival in arrivals],
        receipts=[numbers[0], numbers[-1]],
    )


def _find_members(arrivals: Sequence[Arrival]) -> None:
    """Whose slip it is: the one it was made ready for, or the one record with this phone and this name."""
    named = {arrival.slip.member_id for arrival in arrivals if arrival.slip.member_id}
    by_id = Member.objects.current().in_bulk(named)
    phones = {arrival.slip.phone_index for arrival in arrivals if arrival.slip.phone_index}
    by_phone: dict[tuple[str, str], list[Member]] = {}
    for member in Member.objects.current().filter(phone_index__in=phones).order_by("pk"):
        by_phone.setdefault((member.phone_index, member.name), []).append(member)
    for arrival in arrivals:
        if arrival.member is None and arrival.slip.member_id:
            arrival.member = by_id.get(arrival.slip.member_id)
        if arrival.member is None:
            found = by_phone.get((arrival.slip.phone_index, clean_name(arrival.form.name)), [])
            arrival.member = found[0] if len(found) == 1 else None


def _lock_members(arrivals: Sequence[Arrival]) -> None:
    """Take the members' rows, in the order of their keys, and read where they live."""
    wanted = [arrival.person.pk for arrival in arrivals]
    locked = {m.pk: m for m in Member.objects.select_for_update(of=["self"]).filter(pk__in=wanted).order_by("pk")}
    lived = Residence.objects.filter(member__in=wanted, until=None).select_related("report_in")
    before = {residence.member_id: residence for residence in lived}
    for arrival in arrivals:
        member = locked[arrival.person.pk]
        if not member.is_current:
            raise OutOfScope()
        arrival.member, arrival.before = member, before.get(member.pk)


def _check_residences(arrivals: Sequence[Arrival]) -> None:
    seen: set[UUID] = set()
    for arrival in arrivals:
        if arrival.person.pk in seen:
            raise Conflict(_("Two slips of one person: accept them one by one."), code="slip_twice")
        seen.add(arrival.person.pk)
        if arrival.is_here and hasattr(arrival.before, "report_in"):
            rules.refuse_already_here(receipt_no=arrival.residence_no)


def _open_residences(arrivals: Sequence[Arrival], community: Node, *, by: Actor, now: datetime) -> None:
    """Close what ends today, number and open what begins; a residence on paper is confirmed as it is."""
    moving = [arrival for arrival in arrivals if not arrival.is_here]
    today = localdate(now)
    ending = [arrival.before.pk for arrival in moving if arrival.before]
    Residence.objects.filter(pk__in=ending).update(until=today)
    numbers = take_receipt_numbers(community, count=len(moving), now=now) if moving else []
    for arrival in arrivals:
        if arrival.is_here and arrival.before is not None:
            arrival.residence = arrival.before
    for arrival, number in zip(moving, numbers, strict=True):
        arrival.residence = Residence(
            id=new_id(),
            **of_community(community),
            member=arrival.person,
            building_id=arrival.form.building_id,
            since=today,
            channel=arrival.slip.channel,
            receipt_no=number,
            accepted_at=now,
            accepted_by=by.user_id,
        )
    Residence.objects.bulk_create([arrival.residence for arrival in moving], batch_size=BATCH)


def _settle(arrivals: Sequence[Arrival], community: Node, *, by: Actor, now: datetime) -> None:
    """The members live here, the slips are decided and hold no personal text any more."""
    members = [arrival.person for arrival in arrivals]
    for arrival in arrivals:
        member, slip = arrival.person, arrival.slip
        member.community, member.path = community, community.path
        member.building_id = arrival.form.building_id or arrival.residence.building_id
        member.last_contact_on = localdate(now)
        slip.member, slip.residence, slip.form = member, arrival.residence, ""
        slip.decided_at, slip.decided_by, slip.is_accepted = now, by.user_id, True
    Member.objects.bulk_update(members, ["community", "building", "path", "last_contact_on"], batch_size=BATCH)
    Residence.objects.bulk_update(_with_building(arrivals), ["building"], batch_size=BATCH)
    columns = ["member", "residence", "decided_at", "decided_by", "is_accepted"]
    slips = [arrival.slip for arrival in arrivals]
    ReportIn.objects.bulk_update(slips, columns, batch_size=BATCH)
    ReportIn.objects.filter(pk__in=[slip.pk for slip in slips]).update(form="")


def _with_building(arrivals: Sequence[Arrival]) -> list[Residence]:
    """Residences on paper whose building the slip names."""
    changed = []
    for arrival in arrivals:
        if arrival.is_here and arrival.form.building_id not in (None, arrival.residence.building_id):
            arrival.residence.building_id = arrival.form.building_id
            changed.append(arrival.residence)
    return changed


def _send_receipts(arrivals: Sequence[Arrival], *, now: datetime) -> None:
    members = [arrival.person.pk for arrival in arrivals]
    units = dict(Employment.objects.filter(member__in=members, until=None).values_list("member_id", "work_unit_id"))
    receipts = [
        UnitReceipt(
            id=new_id(),
            residence=arrival.residence,
            work_unit_id=units[arrival.person.pk],
            sent_at=now,
            district_code=arrival.residence.district_code,
        )
        for arrival in arrivals
        if arrival.person.pk in units
    ]
    UnitReceipt.objects.bulk_create(receipts, ignore_conflicts=True, batch_size=BATCH)
