"""The three dated links of a member: one of each at a time; a new one ends the one before, history stays."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils.timezone import localdate

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members import rules
from guangcai.members.enums import Channel
from guangcai.members.models import Employment, Member, OrgRelation, Residence, UnitReceipt
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node, PartyOrganisation, WorkUnit

Link = TypeVar("Link", Employment, OrgRelation, Residence)

TAKE_NUMBERS = """
INSERT INTO members_receiptcounter (id, district_code, community_code, year, last)
VALUES (%(id)s, %(district)s, %(code)s, %(year)s, %(count)s)
ON CONFLICT (district_code, community_code, year) DO UPDATE SET last = members_receiptcounter.last + excluded.last
RETURNING last
"""


@transaction.atomic
def start_employment(
    *, member: Member, work_unit: WorkUnit, by: Actor, now: datetime, since: date | None = None
) -> Employment:
    """From `since` (today) the member works for `work_unit`; the employment before it ends that day.

    A receipt that no unit has had yet, because none was known when he reported in, goes to this one (J1).
    Works there already: that employment, unchanged. Raises RuleBroken(field="since").
    """
    member = lock_for_links(member, by=by, work_unit=work_unit)
    since = since or localdate(now)
    before = open_link(Employment, member)
    if before and before.work_unit_id == work_unit.pk:
        return before
    _end_before(before, since, now=now)
    link = Employment.objects.create(
        member=member, work_unit=work_unit, since=since, district_code=member.district_code
    )
    if home := open_link(Residence, member):
        send_receipt(home, now=now)
    if member.community_id is None:
        # Without a residence a record lies where its work unit is overseen.
        member.path = work_unit.path
        member.save(update_fields=["path"])
    audit.record(Tag.LINK_ADD, by=by, on=link, now=now, path=member.path, member=str(member.pk), link="employment")
    return link


@transaction.atomic
def end_employment(*, member: Member, by: Actor, now: datetime, until: date | None = None) -> Employment | None:
    """The member left his work unit on `until` (today). Without an open employment nothing happens."""
    return _end_link(Employment, member, until=until, by=by, now=now)


@transaction.atomic
def start_org_relation(
    *, member: Member, party_organisation: PartyOrganisation, by: Actor, now: datetime, since: date | None = None
) -> OrgRelation:
    """The member's formal Party relation is at `party_organisation` from `since` (today). Noted, not managed, here."""
    member = lock_for_links(member, by=by)
    since = since or localdate(now)
    before = open_link(OrgRelation, member)
    if before and before.party_organisation_id == party_organisation.pk:
        return before
    _end_before(before, since, now=now)
    link = OrgRelation.objects.create(
        member=member, party_organisation=party_organisation, since=since, district_code=member.district_code
    )
    audit.record(Tag.LINK_ADD, by=by, on=link, now=now, path=member.path, member=str(member.pk), link="org_relation")
    return link


@transaction.atomic
def end_org_relation(*, member: Member, by: Actor, now: datetime, until: date | None = None) -> OrgRelation | None:
    return _end_link(OrgRelation, member, until=until, by=by, now=now)


@transaction.atomic
def move(
    *,
    member: Member,
    community: Node,
    by: Actor,
    now: datetime,
    building: Node | None = None,
    since: date | None = None,
    channel: Channel = Channel.DESK,
) -> Residence:
    """The member lives in `community` from `since` (today): closes the residence before it and opens the next.

    Within the same community only the building changes. Needs the right to accept in the new community.
    Raises RuleBroken(field="since").
    """
    by.require(Permission.REPORT_IN_ACCEPT, community.path)
    member = Member.objects.select_for_update(of=["self"]).get(pk=member.pk)
    before = open_link(Residence, member)
    if before and before.community_id == community.pk:
        return _change_building(before, member, building, by=by, now=now)
    since = since or localdate(now)
    _end_before(before, since, now=now)
    number = take_receipt_numbers(community, count=1, now=now)[0]
    residence = Residence.objects.create(
        **of_community(community),
        member=member,
        building=building,
        since=since,
        channel=channel,
        receipt_no=number,
        accepted_at=now,
        accepted_by=by.user_id,
    )
    member.community, member.building, member.path = community, building, community.path
    member.save(update_fields=["community", "building", "path"])
    send_receipt(residence, now=now)
    old_path = before.path if before else ""
    audit.record(Tag.RESIDENCE_MOVE, by=by, on=residence, now=now, member=str(member.pk), old_path=old_path)
    return residence


def take_receipt_numbers(community: Node, *, count: int, now: datetime) -> list[str]:
    """The next `count` receipt numbers of the community's year: no gaps, no doubles.

    Call it inside the transaction that uses them: its row lock is held until then, and a rollback gives them back.
    """
    year = localdate(now).year
    key: dict[str, Any] = {
        "id": new_id(),
        "district": community.district_code,
        "code": community.code,
        "year": year,
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBERS, key)
        last = int(cursor.fetchone()[0])
    return [rules.receipt_number(community.code, year, number) for number in range(last - count + 1, last + 1)]


def send_receipt(residence: Residence, *, now: datetime) -> UnitReceipt | None:
    """Lay the receipt on the desk of the member's work unit; None without a unit. Twice is harmless."""
    employment = Employment.objects.filter(member_id=residence.member_id, until=None).first()
    if employment is None:
        return None
    receipt, _created = UnitReceipt.objects.get_or_create(
        residence=residence,
        defaults={"work_unit_id": employment.work_unit_id, "sent_at": now, "district_code": residence.district_code},
    )
    return receipt


def open_link(model: type[Link], member: Member) -> Link | None:
    """The member's open link of one kind. Call it under the member's lock."""
    return model.objects.filter(member=member, until=None).first()


def lock_for_links(member: Member, *, by: Actor, work_unit: WorkUnit | None = None) -> Member:
    """The member's locked row, after asking whether `by` keeps the roster here or the list of that work unit."""
    if work_unit is None or not by.can_for_unit(Permission.UNIT_ROSTER_IMPORT, work_unit.pk):
        by.require(Permission.ROSTER_EDIT, member.path)
    return Member.objects.select_for_update(of=["self"]).get(pk=member.pk)


def close_links(member: Member, *, until: date) -> None:
    """End every open link of a member who leaves the roster; a link that began later ends as it began."""
    kinds: tuple[Any, ...] = (Employment, OrgRelation, Residence)
    for kind in kinds:
        if link := kind.objects.filter(member=member, until=None).first():
            link.until = max(until, link.since)
            link.save(update_fields=["until"])


def _end_before(link: Employment | OrgRelation | Residence | None, since: date, *, now: datetime) -> None:
    rules.check_link_dates(since=since, open_since=link.since if link else None, today=localdate(now))
    if link:
        link.until = since
        link.save(update_fields=["until"])


def _end_link(model: type[Link], member: Member, *, until: date | None, by: Actor, now: datetime) -> Link | None:
    link = open_link(model, member)
    work_unit = link.work_unit if isinstance(link, Employment) else None
    member = lock_for_links(member, by=by, work_unit=work_unit)
    link = open_link(model, member)
    if link is None:
        return None
    until = until or localdate(now)
    rules.check_link_end(since=link.since, until=until, today=localdate(now))
    link.until = until
    link.save(update_fields=["until"])
    kind = model._meta.model_name or ""
    audit.record(Tag.LINK_END, by=by, on=link, now=now, path=member.path, member=str(member.pk), link=kind)
    return link


def _change_building(
    residence: Residence, member: Member, building: Node | None, *, by: Actor, now: datetime
) -> Residence:
    if building is not None and residence.building_id != building.pk:
        residence.building = member.building = building
        residence.save(update_fields=["building"])
        member.save(update_fields=["building"])
        audit.record(Tag.MEMBER_CHANGE, by=by, on=member, now=now, fields=["building"])
    return residence
