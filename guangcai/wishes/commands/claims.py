"""Claims: a member takes a wish on, alone or with others; the desk confirms; either side ends it with a reason.

Every function locks the wish first. One live claim has the wish (the constraint `wish_given_once`).
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.timezone import localdate

from guangcai.commitments import rules as shared
from guangcai.commitments.belonging import paths_for
from guangcai.commitments.commands import Under, Work, record_work
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import Member
from guangcai.orgs.enums import ClaimOrder
from guangcai.orgs.facts import of_community
from guangcai.wishes import rules
from guangcai.wishes.commands.moves import lock_wish, move
from guangcai.wishes.enums import WishClaimEnd, WishState
from guangcai.wishes.models import Wish, WishClaim
from guangcai.wishes.notices import tell

SOURCE = "wish"


@transaction.atomic
def claim_wish(*, wish: Wish, member: Member, by: Actor, now: datetime, id: UUID | None = None) -> WishClaim:
    """A member takes a wish on: it is his, or his claim is collected until the lot is drawn.

    By the member himself, or by the desk for him. The same id sent again is the same claim. Raises RuleBroken with a
    code per reason: taken, join_instead, not_open, already_claimed, other_area ... Source: Order 685 art 25.
    """
    _require_own_or_desk(by, member_id=member.pk, path=wish.path)
    row = lock_wish(wish.pk)
    if found := already(WishClaim, id, wish_id=row.pk, member_id=member.pk, lead_id=None):
        return found
    rules.check_claim(standing_of(row, now=now), hand_of(member, row))
    claim = _offered(row, member, by=by, now=now, id=id, given_at=None if row.is_collecting else now)
    if claim.given_at is not None:
        move(row, WishState.CLAIMED, by=by, now=now)
    return claim


@transaction.atomic
def join_claim(*, wish: Wish, member: Member, by: Actor, now: datetime, id: UUID | None = None) -> WishClaim:
    """Another member helps the one who has the wish. The same id sent again is the same claim."""
    _require_own_or_desk(by, member_id=member.pk, path=wish.path)
    row = lock_wish(wish.pk)
    if found := already(WishClaim, id, wish_id=row.pk, member_id=member.pk):
        return found
    rules.check_join(standing_of(row, now=now), hand_of(member, row))
    lead = WishClaim.objects.leading().get(wish=row)
    return _offered(row, member, by=by, now=now, id=id, given_at=now, lead=lead)


def _offered(row: Wish, member: Member, *, by: Actor, now: datetime, id: UUID | None, **columns: object) -> WishClaim:
    claim = WishClaim.objects.create(
        **of_community(row.community),
        **columns,
        id=id or new_id(),
        wish=row,
        member=member,
        offered_at=now,
        offered_by=by.user_id,
    )
    audit.record(Tag.WISH_CLAIM, by=by, on=claim, now=now, joint=claim.lead_id is not None)
    return claim


@transaction.atomic
def allot_wish(*, wish: Wish, by: Actor, now: datetime) -> WishClaim | None:
    """Give the wish out in the announced order: the first has it, the next help him as far as it is for several.

    Returns the claim that has it; None when nobody claimed. Harmless twice. With a lot, its seed is public from now on
    and anybody can work the order out again.
    """
    by.require(Permission.WISH_EDIT, wish.path)
    row = lock_wish(wish.pk)
    if row.allotted_at is not None:
        return WishClaim.objects.leading().filter(wish=row).first()
    rules.check_allot(is_collecting=row.is_collecting, claims_until=row.claims_until, now=now)
    claims = {claim.pk: claim for claim in WishClaim.objects.waiting().filter(wish=row)}
    members = [claim.member_id for claim in claims.values()]
    held = dict(
        WishClaim.objects.held().filter(member__in=members).order_by().values_list("member_id").annotate(Count("pk"))
    )
    claimants = [shared.Claimant(c.pk, c.offered_at, held.get(c.member_id, 0)) for c in claims.values()]
    order = shared.in_order(claimants, order=ClaimOrder(row.claim_order), seed=bytes(row.lot_seed or b""))
    for number, key in enumerate(order, start=1):
        claims[key].rank = number
    WishClaim.objects.bulk_update(claims.values(), ["rank"])
    row.allotted_at = now
    row.save(update_fields=["allotted_at"])
    audit.record(Tag.WISH_ALLOT, by=by, on=row, now=now, claims=len(order))
    given = _give_out(row, by=by, now=now)
    if given is not None:
        move(row, WishState.CLAIMED, by=by, now=now)
    return given


@transaction.atomic
def confirm_claim(*, claim: WishClaim, by: Actor, now: datetime) -> WishClaim:
    """The desk agrees: from today on the member holds the wish and may open how to reach the wisher. Harmless twice."""
    by.require(Permission.WISH_EDIT, claim.path)
    shared.check_confirmer(member_id=claim.member_id, by_member=by.member_id)
    wish, row = _locked(claim)
    shared.check_live(ended_at=row.ended_at)
    if row.given_at is None:
        raise RuleBroken(rules.NOT_GIVEN, code="not_given")
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by, row.held_since = now, by.user_id, localdate(now)
        row.save(update_fields=["confirmed_at", "confirmed_by", "held_since"])
        audit.record(Tag.WISH_CONFIRM, by=by, on=row, now=now)
        tell(wish, [row.member_id], "confirmed", now=now)
    return row


@transaction.atomic
def end_claim(*, claim: WishClaim, reason: EndReason, note: str, by: Actor, now: datetime) -> WishClaim:
    """Either side ends it: the place goes to whoever helps, then to whoever waits, then the wish to the wall.

    Not while the wisher is being asked: his word comes first. Harmless twice.
    """
    own = by.member_id == claim.member_id
    by.require(Permission.WISH_CLAIM if own else Permission.WISH_EDIT, claim.path)
    wish, row = _locked(claim)
    if row.ended_at is not None:
        return row
    shared.check_end(reason=reason, note=note.strip(), by_holder=own)
    if wish.state == WishState.FULFILLED:
        raise RuleBroken(rules.WISHER_ASKED, code="wisher_asked")
    was_confirmed = row.confirmed_at is not None
    _end(row, WishClaimEnd(reason.value), by=by, now=now, note=note)
    if not own and not was_confirmed:
        tell(wish, [row.member_id], "refused", now=now)
    if row.given_at is not None:
        pass_on(wish, row, by=by, now=now)
    return row


def pass_on(wish: Wish, gone: WishClaim, *, by: Actor, now: datetime) -> None:
    """The place of `gone` is taken: by the first who helps, by the next who waits; or the wish is on the wall again."""
    helpers = list(WishClaim.objects.live().filter(lead=gone).order_by("confirmed_at", "offered_at", "pk"))
    if helpers:
        first, *others = helpers
        first.lead = None
        first.save(update_fields=["lead"])
        WishClaim.objects.filter(pk__in=[one.pk for one in others]).update(lead=first)
        audit.record(Tag.WISH_GIVE, by=by, on=first, now=now)
        tell(wish, [first.member_id], "given", now=now)
    if _give_out(wish, by=by, now=now) is None:
        move(wish, WishState.PUBLISHED, by=by, now=now)


def end_claims_of(wish: Wish, reason: WishClaimEnd, occasion: str, *, by: Actor, now: datetime) -> None:
    """End what is live, one line each, and tell them. Runs under the lock of the wish."""
    rows = list(WishClaim.objects.live().filter(wish=wish).order_by("pk"))
    for row in rows:
        _end(row, reason, by=by, now=now)
    tell(wish, [row.member_id for row in rows], occasion, now=now)


def log_work(*, claim: WishClaim, work: Work, by: Actor, now: datetime) -> ServiceEntry:
    """Write down work done for a wish: commitments.commands.record_work; its words name the wish, never the wisher."""
    row = WishClaim.objects.select_related("wish__kind__service_kind", "community", "member").get(pk=claim.pk)
    kind = row.wish.kind
    assert kind is not None, "verified wishes have a kind"
    under = Under(source=SOURCE, title=row.wish.title, place=row.community.name, kind=kind.service_kind)
    return record_work(row=row, under=under, work=work, own_right=Permission.WISH_CLAIM, by=by, now=now)


def standing_of(row: Wish, *, now: datetime) -> rules.Standing:
    """What a claim is judged by, on the side of the wish. One query."""
    taken = WishClaim.objects.live().filter(wish=row, given_at__isnull=False).count()
    return rules.Standing(WishState(row.state), row.is_over(now), taken, row.people)


def hand_of(member: Member, row: Wish) -> rules.Hand:
    """The same on the side of the member. Two queries."""
    has_claimed = WishClaim.objects.live().filter(wish=row, member=member).exists()
    is_on_roster = member.ended_at is None and member.merged_into_id is None
    return rules.Hand(row.path in paths_for(member.path), is_on_roster, has_claimed)


def _give_out(row: Wish, *, by: Actor, now: datetime) -> WishClaim | None:
    """Free places go to whoever waits, before anybody new can join: the first leads, the next help. Who leads now."""
    lead = WishClaim.objects.leading().filter(wish=row).first()
    taken = WishClaim.objects.live().filter(wish=row, given_at__isnull=False).count()
    for claim in WishClaim.objects.waiting().filter(wish=row)[: max(0, row.people - taken)]:
        claim.given_at, claim.lead = now, lead
        claim.save(update_fields=["given_at", "lead"])
        audit.record(Tag.WISH_GIVE, by=by, on=claim, now=now)
        tell(row, [claim.member_id], "given_joint" if lead else "given", now=now)
        lead = lead or claim
    return lead


def _end(row: WishClaim, reason: WishClaimEnd, *, by: Actor, now: datetime, note: str = "") -> None:
    row.ended_at, row.ended_by, row.end_reason, row.end_note = now, by.user_id, reason, note.strip()
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
    audit.record(Tag.WISH_CLAIM_END, by=by, on=row, now=now, reason=reason.value)


def _locked(claim: WishClaim) -> tuple[Wish, WishClaim]:
    """The wish first, then its claim: the order in which everything here locks."""
    return lock_wish(claim.wish_id), WishClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)


def _require_own_or_desk(by: Actor, *, member_id: UUID, path: str) -> None:
    by.require(Permission.WISH_CLAIM if by.member_id == member_id else Permission.WISH_EDIT, path)
