"""Claims: a member claims a post, the community confirms, he takes it up; either side ends it with a reason."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.timezone import localdate

from guangcai.commitments import rules as shared
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.enums import ClaimOrder
from guangcai.orgs.facts import of_community
from guangcai.posts import rules
from guangcai.posts.commands.places import fill_places, lock_post, next_place, tell_claimants
from guangcai.posts.models import Post, PostClaim
from guangcai.posts.queries.fitness import applicant_for, wanted_by


@transaction.atomic
def claim_post(*, post: Post, member: Member, by: Actor, now: datetime, id: UUID | None = None) -> PostClaim:
    """A member claims a post: he has a place, or a turn on the waiting list, or his claim is collected.

    By the member himself, or by the desk for him. The same id sent again is the same claim.
    Raises RuleBroken with a code per reason: not_open, no_skill, no_certificate, other_category, already_claimed ...
    Sources: A08; Order 685 arts 15, 16, 25.
    """
    _require_own_or_desk(by, member_id=member.pk, path=post.path)
    row = lock_post(post.pk)
    if found := already(PostClaim, id, post_id=row.pk, member_id=member.pk):
        return found
    rules.check_claim(wanted_by(row, on=localdate(now)), applicant_for(member, row))
    claim = PostClaim.objects.create(
        **of_community(row.community),
        id=id or new_id(),
        post=row,
        member=member,
        place_no=next_place(row),
        offered_at=now,
        offered_by=by.user_id,
        until=row.until,
    )
    audit.record(Tag.POST_CLAIM, by=by, on=claim, now=now, place_no=claim.place_no)
    return claim


@transaction.atomic
def allot_places(*, post: Post, by: Actor, now: datetime) -> list[PostClaim]:
    """Serve the collected claims in the announced order; returns those with a place. Harmless twice.

    With a lot, its seed is public from now on and anybody can work the order out again.
    """
    by.require(Permission.POST_EDIT, post.path)
    row = lock_post(post.pk)
    rules.check_post_live(ended_at=row.ended_at)
    if row.allotted_at is not None:
        return list(PostClaim.objects.placed().filter(post=row))
    rules.check_allot(is_collecting=row.is_collecting, claims_until=row.claims_until, now=now)
    claims = {claim.pk: claim for claim in PostClaim.objects.live().filter(post=row)}
    held = dict(
        PostClaim.objects.held()
        .filter(member__in=[claim.member_id for claim in claims.values()])
        .values_list("member_id")
        .annotate(Count("pk"))
    )
    claimants = [shared.Claimant(c.pk, c.offered_at, held.get(c.member_id, 0)) for c in claims.values()]
    order = shared.in_order(claimants, order=ClaimOrder(row.claim_order), seed=bytes(row.lot_seed or b""))
    for number, key in enumerate(order, start=1):
        claims[key].rank = number
    PostClaim.objects.bulk_update(claims.values(), ["rank"])
    row.allotted_at = now
    row.save(update_fields=["allotted_at"])
    audit.record(Tag.POST_ALLOT, by=by, on=row, now=now, claims=len(order))
    return fill_places(row, by=by, now=now)


@transaction.atomic
def confirm_claim(*, claim: PostClaim, by: Actor, now: datetime) -> PostClaim:
    """The community agrees to a claim with a place. Harmless twice; nobody confirms his own."""
    by.require(Permission.POST_EDIT, claim.path)
    shared.check_confirmer(member_id=claim.member_id, by_member=by.member_id)
    post, row = _locked(claim)
    shared.check_live(ended_at=row.ended_at)
    rules.check_has_place(place_no=row.place_no)
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by = now, by.user_id
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        audit.record(Tag.POST_CONFIRM, by=by, on=row, now=now)
        tell_claimants(post, [row.member_id], "confirmed", now=now)
    return row


@transaction.atomic
def take_up(*, claim: PostClaim, by: Actor, now: datetime, asked: str = "") -> PostClaim:
    """The member takes the post up: from today on he holds it. Harmless twice. Source: A08, the fourth step.

    asked: how he said so ("came to the counter"), where the desk does it for somebody without a phone; it goes into
    the trail. Nobody takes anything up for somebody who did not ask (Order 685 art 25).
    """
    _require_own_or_desk(by, member_id=claim.member_id, path=claim.path)
    _post, row = _locked(claim)
    shared.check_live(ended_at=row.ended_at)
    shared.check_asked(own=by.member_id == row.member_id, asked=asked)
    shared.check_take_up(confirmed_at=row.confirmed_at)
    if row.held_since is None:
        row.held_since = localdate(now)
        row.save(update_fields=["held_since"])
        audit.record(Tag.POST_TAKE_UP, by=by, on=row, now=now, asked=asked.strip())
    return row


@transaction.atomic
def end_claim(*, claim: PostClaim, reason: EndReason, note: str, by: Actor, now: datetime) -> PostClaim:
    """Either side ends it: the place goes to whoever waits longest. Harmless twice; never a mark against anybody."""
    own = by.member_id == claim.member_id
    by.require(Permission.POST_CLAIM if own else Permission.POST_EDIT, claim.path)
    post, row = _locked(claim)
    if row.ended_at is not None:
        return row
    shared.check_end(reason=reason, note=note.strip(), by_holder=own)
    was_confirmed = row.confirmed_at is not None
    row.ended_at, row.ended_by, row.end_reason, row.end_note = now, by.user_id, reason, note.strip()
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
    audit.record(Tag.POST_CLAIM_END, by=by, on=row, now=now, reason=reason.value)
    if not own and not was_confirmed:
        tell_claimants(post, [row.member_id], "refused", now=now)
    fill_places(post, by=by, now=now)
    return row


def _locked(claim: PostClaim) -> tuple[Post, PostClaim]:
    """The post first, then its claim: the order in which everything here locks."""
    return lock_post(claim.post_id), PostClaim.objects.select_for_update().get(pk=claim.pk)


def _require_own_or_desk(by: Actor, *, member_id: UUID, path: str) -> None:
    by.require(Permission.POST_CLAIM if by.member_id == member_id else Permission.POST_EDIT, path)
