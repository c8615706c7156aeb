"""Agreements: offered, confirmed with number and term, signed, renewed, ended (A11). One holder at a time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate

from guangcai.commitments import rules as shared
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.enums import SignedHow
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.orgs.policies import ZoneTerm, in_force_at
from guangcai.zones import rules
from guangcai.zones.commands.locks import end_rows, lock_zone, locked, tell
from guangcai.zones.commands.terms import end_over
from guangcai.zones.models import Zone, ZoneAgreement
from guangcai.zones.queries.holders import applicant_for, party_of

TAKE_NUMBER = """
INSERT INTO zones_agreementcounter (id, district_code, community_code, year, last)
VALUES (%(id)s, %(district)s, %(code)s, %(year)s, 1)
ON CONFLICT (district_code, community_code, year) DO UPDATE SET last = zones_agreementcounter.last + 1
RETURNING last
"""


@dataclass(frozen=True)
class Paper:
    """A signed paper as the desk notes it: the local date under the signature, and how it came to the desk."""

    signed_on: date
    note: str


@transaction.atomic
def offer_zone(*, zone: Zone, member: Member, by: Actor, now: datetime, id: UUID | None = None) -> ZoneAgreement:
    """A member offers to look after a zone that nobody holds; the community confirms it next.

    By the member himself, or written down by the desk for somebody who asks. The same id sent again is the same offer.
    Raises RuleBroken with a code per reason: has_holder, own_already, other_area, not_on_roster, zone_ended.
    Sources: A11; Order 685 arts 15, 25.
    """
    _require_own_or_desk(by, member_id=member.pk, path=zone.path)
    row = lock_zone(zone.pk)
    if found := already(ZoneAgreement, id, zone_id=row.pk, member_id=member.pk):
        return found
    rules.check_zone_open(ended_at=row.ended_at)
    end_over(row, by=by, now=now)
    rules.check_offer(applicant_for(member, row, on=localdate(now)))
    made = ZoneAgreement.objects.create(
        **of_community(row.community),
        id=id or new_id(),
        zone=row,
        member=member,
        offered_at=now,
        offered_by=by.user_id,
    )
    audit.record(Tag.ZONE_OFFER, by=by, on=made, now=now, zone=str(row.pk))
    return made


@transaction.atomic
def confirm_agreement(*, agreement: ZoneAgreement, duties: str, by: Actor, now: datetime) -> ZoneAgreement:
    """The community agrees: the agreement gets its number, its term by the rule in force and its duties, frozen.

    Harmless twice; nobody confirms his own. Raises RuleBroken(field="duties").
    """
    by.require(Permission.ZONE_EDIT, agreement.path)
    shared.check_confirmer(member_id=agreement.member_id, by_member=by.member_id)
    zone, row = locked(agreement)
    shared.check_live(ended_at=row.ended_at)
    if row.confirmed_at is not None:
        return row
    rules.check_duties(duties)
    today = localdate(now)
    rule = in_force_at(ZoneTerm, path=row.path, on=today)
    drawn = rules.term(max(row.starts_on or today, today), months=rule.months, remind_days=rule.remind_days)
    row.starts_on, row.until, row.remind_on = drawn.starts_on, drawn.until, drawn.remind_on
    row.number, row.duties = _take_number(zone.community, today.year), duties.strip()
    row.confirmed_at, row.confirmed_by = now, by.user_id
    row.save()
    audit.record(Tag.ZONE_CONFIRM, by=by, on=row, now=now, number=row.number, until=row.until.isoformat())
    tell([row.member_id], "confirmed", now=now, zone=zone.name)
    return row


@transaction.atomic
def sign_agreement(
    *, agreement: ZoneAgreement, by: Actor, now: datetime, name: str = "", paper: Paper | None = None
) -> ZoneAgreement:
    """The member takes the zone up by signing; the names of both parties are frozen. Harmless twice.

    On the screen by himself, typing his `name`; or on paper, which the desk notes with day and circumstances. The desk
    signs for nobody (Order 685 art 25). Raises RuleBroken(field).
    """
    own = by.member_id == agreement.member_id
    by.require(Permission.ZONE_CLAIM if own and paper is None else Permission.ZONE_EDIT, agreement.path)
    rules.check_signer(own=own, on_paper=paper is not None)
    _zone, row = locked(agreement)
    shared.check_live(ended_at=row.ended_at)
    shared.check_take_up(confirmed_at=row.confirmed_at)
    assert row.confirmed_at is not None
    if row.held_since is not None:
        return row
    today = localdate(now)
    rules.check_term_left(until=row.until, today=today)
    signed_on = paper.signed_on if paper else today
    if paper:
        drawn_up_on = localdate(row.confirmed_at)
        rules.check_paper(signed_on=signed_on, drawn_up_on=drawn_up_on, today=today, note=paper.note)
    else:
        rules.check_signature(name, name=row.member.name)
    _freeze_signature(row, paper, signed_on=signed_on, by=by, now=now)
    audit.record(Tag.ZONE_SIGN, by=by, on=row, now=now, how=row.signed_how, signed_on=signed_on.isoformat())
    return row


def _freeze_signature(row: ZoneAgreement, paper: Paper | None, *, signed_on: date, by: Actor, now: datetime) -> None:
    row.held_since = max(signed_on, row.starts_on or signed_on)
    row.signed_how, row.signed_on = SignedHow.PAPER if paper else SignedHow.SCREEN, signed_on
    row.signed_at, row.signed_by = now, by.user_id
    row.paper_note = paper.note.strip() if paper else ""
    row.community_name, row.holder_name = party_of(row.community), row.member.name
    row.save()


@transaction.atomic
def offer_renewal(*, agreement: ZoneAgreement, by: Actor, now: datetime, id: UUID | None = None) -> ZoneAgreement:
    """The holder goes on: a new agreement whose term begins when this one ends, to be confirmed and signed like any.

    By the holder or by the desk for him. Under way already: that renewal. Raises RuleBroken(code).
    """
    _require_own_or_desk(by, member_id=agreement.member_id, path=agreement.path)
    zone, row = locked(agreement)
    if found := ZoneAgreement.objects.live().filter(renews=row).first():
        return found
    shared.check_live(ended_at=row.ended_at)
    rules.check_zone_open(ended_at=zone.ended_at)
    rules.check_renewal(held_since=row.held_since, remind_on=row.remind_on, until=row.until, today=localdate(now))
    rules.check_offer(applicant_for(row.member, zone, on=localdate(now), renewing=True))
    assert row.until is not None
    made = ZoneAgreement.objects.create(
        **of_community(zone.community),
        id=id or new_id(),
        zone=zone,
        member=row.member,
        renews=row,
        starts_on=row.until + rules.DAY,
        offered_at=now,
        offered_by=by.user_id,
    )
    audit.record(Tag.ZONE_OFFER, by=by, on=made, now=now, zone=str(zone.pk), renews=row.number)
    return made


@transaction.atomic
def end_agreement(*, agreement: ZoneAgreement, reason: EndReason, note: str, by: Actor, now: datetime) -> ZoneAgreement:
    """Either side ends it, and a renewal of it; the zone is free. Harmless twice; never a mark against anybody."""
    own = by.member_id == agreement.member_id
    by.require(Permission.ZONE_CLAIM if own else Permission.ZONE_EDIT, agreement.path)
    zone, row = locked(agreement)
    if row.ended_at is not None:
        return row
    shared.check_end(reason=reason, note=note.strip(), by_holder=own)
    renewals = ZoneAgreement.objects.live().filter(renews=row).select_for_update()
    end_rows([row, *renewals], reason=reason, note=note.strip(), by=by, now=now)
    if not own:
        tell([row.member_id], "ended" if row.confirmed_at else "refused", now=now, zone=zone.name)
    return row


def _take_number(community: Node, year: int) -> str:
    """The next number of the community's year. Its row lock is held until the commit; a rollback gives it back."""
    key: dict[str, Any] = {"id": new_id(), "district": community.district_code, "code": community.code, "year": year}
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBER, key)
        last = int(cursor.fetchone()[0])
    return rules.agreement_number(community.code, year, last)


def _require_own_or_desk(by: Actor, *, member_id: UUID, path: str) -> None:
    by.require(Permission.ZONE_CLAIM if by.member_id == member_id else Permission.ZONE_EDIT, path)
