"""Posts as screens show them: to the desk with their numbers, to a member with what fits him."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.timezone import localdate

from guangcai.commitments.belonging import paths_for
from guangcai.commitments.enums import CommitmentState
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import Employment, Member
from guangcai.members.queries.abilities import skills_of
from guangcai.posts import rules
from guangcai.posts.models import Post, PostClaim, PostSkill
from guangcai.posts.queries.fitness import applicant, wanted_by

SHOWN_TO_MEMBER = 60
LIVE = Q(claims__ended_at=None)


def with_numbers(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Each post with how many hold it, have a place, and wait for one."""
    return posts.select_related("kind", "community").annotate(
        held=Count("claims", filter=LIVE & Q(claims__held_since__isnull=False)),
        placed=Count("claims", filter=LIVE & Q(claims__place_no__isnull=False)),
        waiting=Count("claims", filter=LIVE & Q(claims__place_no=None, claims__id__isnull=False)),
    )


@dataclass(frozen=True)
class Offer:
    """An open post, and why the member cannot claim it; None when he can. free: places nobody has."""

    post: Post
    why_not: RuleBroken | None
    claim: PostClaim | None
    free: int


def offers_for(member: Member, *, by: Actor, now: datetime, only_fitting: bool) -> list[Offer]:
    """Open posts of the member's area, those with free places first: five queries, however many there are."""
    rows = with_numbers(Post.objects.visible_to(by).open().filter(path__in=paths_for(member.path)))
    skills = Prefetch("required_skills", PostSkill.objects.select_related("skill"))
    posts = list(rows.prefetch_related(skills).order_by("-opened_at", "pk")[:SHOWN_TO_MEMBER])
    own = {claim.post_id: claim for claim in PostClaim.objects.live().filter(member=member, post__in=posts)}
    held = skills_of(member)
    offers = [_offer(post, member, held, own.get(post.pk), now=now) for post in posts]
    shown = [offer for offer in offers if not only_fitting or offer.why_not is None or offer.claim is not None]
    return sorted(shown, key=lambda offer: (offer.claim is None, offer.free == 0))


def _offer(
    post: Post, member: Member, skills: tuple[rules.SkillHeld, ...], claim: PostClaim | None, *, now: datetime
) -> Offer:
    fits = applicant(member, is_in_area=True, skills=skills, has_claimed=claim is not None)
    free = max(0, post.places - post.placed)  # type: ignore[attr-defined]
    return Offer(post, refusal(post, fits, now=now), claim, free)


def refusal(post: Post, fits: rules.Applicant, *, now: datetime) -> RuleBroken | None:
    """Why a claim would be refused now; None when it would not."""
    try:
        rules.check_claim(wanted_by(post, on=localdate(now)), fits)
    except RuleBroken as broken:
        return broken
    return None


def own_claims(actor: Actor) -> list[PostClaim]:
    """The actor's own live claims: first what he can take up, then what he holds, then what waits. One query."""
    rows = PostClaim.objects.visible_to(actor).live().filter(member=actor.member_id)
    rows = rows.select_related("post__kind", "post__community").order_by("held_since", "-offered_at", "pk")
    order = (CommitmentState.CONFIRMED, CommitmentState.HELD, CommitmentState.OFFERED, CommitmentState.WAITING)
    return sorted(rows, key=lambda claim: order.index(claim.state))


def own_proposals(actor: Actor) -> list[Post]:
    """What the actor himself proposed and the community has not decided yet. One query."""
    rows = Post.objects.visible_to(actor).proposed().filter(proposed_by=actor.user_id)
    return list(rows.select_related("kind").order_by("-proposed_at", "pk")[:SHOWN_TO_MEMBER])


def claims_of(post: Post, *, actor: Actor) -> list[PostClaim]:
    """Everybody who claimed with `unit_name`, in the order of places and turns; ended ones last. One query."""
    job = Employment.objects.filter(member=OuterRef("member_id"), until=None)
    rows = PostClaim.objects.visible_to(actor).filter(post=post).select_related("member")
    rows = rows.annotate(unit_name=Subquery(job.values("work_unit__name")[:1]))
    return sorted(rows.order_by("offered_at", "pk"), key=_turn)


def _turn(claim: PostClaim) -> tuple[bool, bool, int, int]:
    last = 1 << 31
    return (claim.ended_at is not None, claim.place_no is None, claim.place_no or 0, claim.rank or last)


@dataclass(frozen=True)
class Due:
    """What waits for the community: numbers for its desk."""

    proposals: int
    claims: int
    draws: int


def due(actor: Actor, *, paths: Iterable[str], now: datetime) -> Due:
    """Proposals to decide, claims to confirm, collected claims to serve under `paths`, where the actor runs posts."""
    mine = under("path", actor.paths_with(Permission.POST_EDIT)) & under("path", list(paths))
    claims = PostClaim.objects.placed().filter(mine, confirmed_at=None)
    collected = Post.objects.open().filter(mine, claims_until__lt=now, allotted_at=None)
    return Due(
        proposals=Post.objects.proposed().filter(mine).count(),
        claims=claims.exclude(member=actor.member_id).count(),
        draws=collected.count(),
    )
