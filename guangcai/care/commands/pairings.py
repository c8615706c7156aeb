"""Pairings: the desk invites, somebody else confirms where it is oneself, the member takes up, either side ends it.

A member has at most as many contact households as the rule says (A62): counted under the lock of his row. A household
has one live pairing of a kind: a unique constraint, under the household's lock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.timezone import localdate

from guangcai.accounts.commands import tell_members
from guangcai.care import rules
from guangcai.care.commands.locks import has_consent, lock_household, lock_households, readiness
from guangcai.care.enums import PairingEnd, PairingKind
from guangcai.care.models import Household, HouseholdConsent, Pairing
from guangcai.care.notices import template_code
from guangcai.commitments import rules as shared
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.ledger.commands.locks import lock_members
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.policies import HouseholdLimit, in_force_at, in_force_at_each


@transaction.atomic
def offer_pairing(
    *,
    household: Household,
    member: Member,
    kind: PairingKind,
    by: Actor,
    now: datetime,
    until: date | None = None,
    id: UUID | None = None,
) -> Pairing:
    """Invite a member to look after a household: he sees where and how often, and nothing of the household yet.

    The desk's invitation is the community's word; where somebody of the desk invites himself, another one confirms.
    Raises RuleBroken: guardian_missing, no_consent, limit_reached, has_pairing, off_roster. Sources: A62, A63.
    """
    by.require(Permission.CARE_EDIT, household.path)
    members = lock_members([member.pk])
    row = lock_household(household.pk)
    if found := already(Pairing, id, household_id=row.pk, member_id=member.pk, kind=kind):
        return found
    pairing = _offer(row, members[member.pk], kind, by=by, now=now, until=until, id=id)
    _tell([pairing.member_id], "offered", now=now)
    return pairing


@transaction.atomic
def offer_pairings(*, pairs: Sequence[tuple[Household, Member]], by: Actor, now: datetime) -> list[Pairing]:
    """Invite the members of a reviewed batch to contact households: all of them or none.

    Raises RuleBroken naming the household's label and the member for the first pair that a rule refuses. A member who
    is in several pairs is told once.
    """
    for path in {household.path for household, _member in pairs}:
        by.require(Permission.CARE_EDIT, path)
    members = lock_members(member.pk for _household, member in pairs)
    rows = lock_households(household.pk for household, _member in pairs)
    known = _Known.of(rows.values(), members, on=localdate(now))
    made = []
    for household, member in pairs:
        try:
            row = rows[household.pk]
            made.append(_offer(row, members[member.pk], PairingKind.CONTACT, by=by, now=now, known=known))
        except RuleBroken as broken:
            words = f"{household.label} · {member.name}: {broken.message}"
            raise RuleBroken(words, field=broken.field, code=broken.code) from broken
    _tell([pairing.member_id for pairing in made], "offered", now=now)
    return made


class _Known:
    """What a batch reads once: consents, live contact pairings of the households, how many each member has and may."""

    def __init__(self, consents: set[UUID], paired: set[UUID], held: dict[UUID, int], most: dict[str, int]) -> None:
        self.consents, self.paired, self.held, self.most = consents, paired, held, most

    @classmethod
    def of(cls, households: Collection[Household], members: Mapping[UUID, Member], *, on: date) -> "_Known":
        keys = [household.pk for household in households]
        limits = in_force_at_each(HouseholdLimit, paths={household.path for household in households}, on=on)
        live = Pairing.objects.live().contacts()
        open_consents = HouseholdConsent.objects.filter(household__in=keys, withdrawn_at=None)
        return cls(
            consents=set(open_consents.values_list("household_id", flat=True)),
            paired=set(live.filter(household__in=keys).values_list("household_id", flat=True)),
            held=dict(live.filter(member__in=members).values_list("member_id").annotate(Count("pk"))),
            most={path: limit.households for path, limit in limits.items()},
        )

    def note(self, pairing: Pairing) -> None:
        self.paired.add(pairing.household_id)
        self.held[pairing.member_id] = self.held.get(pairing.member_id, 0) + 1


def _offer(
    row: Household,
    member: Member,
    kind: PairingKind,
    *,
    by: Actor,
    now: datetime,
    until: date | None = None,
    id: UUID | None = None,
    known: _Known | None = None,
) -> Pairing:
    """Check and write one invitation under both locks."""
    _check_pair(row, member, kind, now=now, known=known)
    own = by.member_id == member.pk
    pairing = Pairing.objects.create(
        **of_community(row.community),
        id=id or new_id(),
        household=row,
        member=member,
        kind=kind,
        offered_at=now,
        offered_by=by.user_id,
        confirmed_at=None if own else now,
        confirmed_by=None if own else by.user_id,
        until=until,
    )
    if known:
        known.note(pairing)
    audit.record(Tag.PAIRING_OFFER, by=by, on=pairing, now=now, household=str(row.pk), kind=kind.value)
    return pairing


def _check_pair(row: Household, member: Member, kind: PairingKind, *, now: datetime, known: _Known | None) -> None:
    """Raises RuleBroken when this household, or this member, is not to be asked."""
    live = Pairing.objects.live()
    consent = row.pk in known.consents if known else has_consent(row)
    rules.check_ready(readiness(row, consent=consent))
    is_taken = row.pk in known.paired if known else live.filter(household=row, kind=kind).exists()
    rules.check_free(has_live=is_taken)
    rules.check_helper(
        is_on_roster=member.ended_at is None and member.merged_into_id is None,
        held=known.held.get(member.pk, 0) if known else live.contacts().filter(member=member).count(),
        most=known.most[row.path] if known else _limit(row, now=now),
        counts=kind == PairingKind.CONTACT,
    )


@transaction.atomic
def confirm_pairing(*, pairing: Pairing, by: Actor, now: datetime) -> Pairing:
    """The community agrees where somebody of the desk offered himself. Harmless twice; nobody confirms his own."""
    by.require(Permission.CARE_EDIT, pairing.path)
    shared.check_confirmer(member_id=pairing.member_id, by_member=by.member_id)
    row = _locked(pairing)
    shared.check_live(ended_at=row.ended_at)
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by = now, by.user_id
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        audit.record(Tag.PAIRING_CONFIRM, by=by, on=row, now=now)
    return row


@transaction.atomic
def take_up(*, pairing: Pairing, by: Actor, now: datetime, asked: str = "") -> Pairing:
    """The member accepts: from today on he looks after the household and may open its record. Harmless twice.

    asked: how he said so, where the desk does it for somebody without a phone (Order 685 art 25).
    """
    own = _require_own_or_desk(by, pairing)
    row = _locked(pairing)
    shared.check_live(ended_at=row.ended_at)
    shared.check_asked(own=own, asked=asked)
    shared.check_take_up(confirmed_at=row.confirmed_at)
    if row.held_since is None:
        row.held_since = localdate(now)
        row.save(update_fields=["held_since"])
        audit.record(Tag.PAIRING_TAKE_UP, by=by, on=row, now=now, asked=asked.strip())
    return row


@transaction.atomic
def end_pairing(*, pairing: Pairing, reason: PairingEnd, note: str, by: Actor, now: datetime) -> Pairing:
    """Either side ends it; the member's right to the record ends with it. Harmless twice, never a mark."""
    own = _require_own_or_desk(by, pairing)
    row = _locked(pairing)
    if row.ended_at is not None:
        return row
    rules.check_pairing_end(reason=reason, note=note.strip(), by_member=own)
    _end(row, reason, note=note.strip(), by=by, now=now)
    audit.record(Tag.PAIRING_END, by=by, on=row, now=now, reason=reason.value)
    return row


@transaction.atomic
def hand_over(*, pairing: Pairing, to_member: Member, by: Actor, now: datetime, id: UUID | None = None) -> Pairing:
    """A household goes from one member to another, who is invited; the first one's part ends today.

    The same id sent again is the same hand-over. Raises RuleBroken as offer_pairing.
    """
    by.require(Permission.CARE_EDIT, pairing.path)
    rules.check_other_member(now_with=pairing.member_id, to=to_member.pk)
    members = lock_members([pairing.member_id, to_member.pk])
    household = lock_household(pairing.household_id)
    if found := already(Pairing, id, household_id=household.pk, member_id=to_member.pk):
        return found
    row = Pairing.objects.select_for_update(of=("self",)).get(pk=pairing.pk)
    shared.check_live(ended_at=row.ended_at)
    _end(row, PairingEnd.HANDED_OVER, note="", by=by, now=now)
    made = _offer(household, members[to_member.pk], PairingKind(row.kind), by=by, now=now, id=id)
    audit.record(Tag.PAIRING_HAND_OVER, by=by, on=row, now=now, to=str(made.pk))
    _tell([made.member_id], "offered", now=now)
    _tell([row.member_id], "handed_over", now=now)
    return made


def _limit(row: Household, *, now: datetime) -> int:
    return in_force_at(HouseholdLimit, path=row.path, on=localdate(now)).households


def _end(row: Pairing, reason: PairingEnd, *, note: str, by: Actor, now: datetime) -> None:
    row.ended_at, row.ended_by, row.end_reason, row.end_note = now, by.user_id, reason, note
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])


def _locked(pairing: Pairing) -> Pairing:
    """The household first, then its pairing: the order in which everything here locks."""
    lock_household(pairing.household_id)
    rows = Pairing.objects.select_for_update(of=("self",)).select_related("household", "member", "community")
    return rows.get(pk=pairing.pk)


def _require_own_or_desk(by: Actor, pairing: Pairing) -> bool:
    """Whether it is his own; for anybody else the desk's right is asked."""
    if by.member_id is not None and by.member_id == pairing.member_id:
        return True
    if by.member_id is not None and not by.can(Permission.CARE_VIEW, pairing.path):
        raise OutOfScope()
    by.require(Permission.CARE_EDIT, pairing.path)
    return False


def _tell(members: Iterable[UUID], occasion: str, *, now: datetime) -> None:
    """One message to everybody who can be reached by one, without a word about the household."""
    tell_members(set(members), template_code(occasion), now=now)
