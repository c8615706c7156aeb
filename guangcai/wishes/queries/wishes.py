"""Wishes as screens show them: to the desk with what waits, to a member what he can take on, to everybody the wall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from guangcai.commitments.belonging import paths_for, paths_of
from guangcai.core.actor import Actor
from guangcai.core.crypto import blind_index
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.phones import national
from guangcai.core.scoping import under
from guangcai.members.models import Member
from guangcai.orgs.models import Node
from guangcai.wishes import rules
from guangcai.wishes.enums import WishState
from guangcai.wishes.models import ThanksConsent, Wish, WishAsker, WishClaim, WishOpening, WishThanks
from guangcai.wishes.models.wish import CODE_PURPOSE

SHOWN_TO_MEMBER = 60
SHOWN_TO_ALL = 60
THANKS_SHOWN = 12
GIVEN = Q(claims__ended_at=None, claims__given_at__isnull=False)


def with_numbers(wishes: QuerySet[Wish]) -> QuerySet[Wish]:
    """Each wish with how many members have it, and how many wait for the lot."""
    return wishes.select_related("kind", "community").annotate(
        taken=Count("claims", filter=GIVEN),
        waiting=Count("claims", filter=Q(claims__ended_at=None, claims__given_at=None, claims__id__isnull=False)),
    )


def listed(actor: Actor) -> QuerySet[Wish]:
    """What the desk works on, with numbers."""
    mine = under("path", actor.paths_with(Permission.WISH_EDIT))
    return with_numbers(Wish.objects.visible_to(actor).filter(mine))


@dataclass(frozen=True)
class Offer:
    """A wish on the wall, and why the member cannot take it on; None when he can. joint: he would help somebody."""

    wish: Wish
    why_not: RuleBroken | None
    joint: bool


def offers_for(member: Member, *, by: Actor, now: datetime) -> list[Offer]:
    """Wishes of the member's area that wait for somebody, then those he can help with: three queries."""
    rows = Wish.objects.visible_to(by).on_wall().filter(path__in=paths_for(member.path))
    waiting = with_numbers(rows).order_by("-published_at", "pk")[:SHOWN_TO_MEMBER]
    own = set(WishClaim.objects.live().filter(member=member).values_list("wish_id", flat=True))
    offers = [_offer(wish, member, now=now) for wish in waiting if wish.pk not in own]
    return sorted((one for one in offers if one.why_not is None), key=lambda offer: offer.joint)


def _offer(wish: Wish, member: Member, *, now: datetime) -> Offer:
    standing = rules.Standing(WishState(wish.state), wish.is_over(now), wish.taken, wish.people)  # type: ignore[attr-defined]
    hand = rules.Hand(is_in_area=True, is_on_roster=member.ended_at is None and member.merged_into_id is None)
    joint = wish.state == WishState.CLAIMED
    return Offer(wish, refusal(standing, hand, joint=joint), joint)


def refusal(standing: rules.Standing, hand: rules.Hand, *, joint: bool) -> RuleBroken | None:
    """Why taking on (or helping) would be refused now; None when it would not."""
    try:
        (rules.check_join if joint else rules.check_claim)(standing, hand)
    except RuleBroken as broken:
        return broken
    return None


def own_claims(actor: Actor) -> list[WishClaim]:
    """The actor's own live claims, those he holds first. One query."""
    rows = WishClaim.objects.visible_to(actor).live().filter(member=actor.member_id)
    return list(rows.select_related("wish__community", "lead__member").order_by("held_since", "-offered_at", "pk"))


def claims_of(wish: Wish, *, actor: Actor) -> list[WishClaim]:
    """Everybody who took the wish on, live ones first. One query."""
    rows = WishClaim.objects.visible_to(actor).filter(wish=wish).select_related("member", "lead")
    rows = rows.order_by("offered_at", "pk")
    return sorted(rows, key=lambda claim: (claim.ended_at is not None, claim.lead_id is not None))


def helpers_of(claim: WishClaim) -> list[str]:
    """Who does the wish with its holder, as he may know. One query."""
    return list(claim.joined.live().order_by("offered_at", "pk").values_list("member__name", flat=True))


def may_publish(thanks: WishThanks, actor: Actor) -> bool:
    """Whether this reader may show the thanks: neither whoever wrote them down nor whoever is thanked."""
    wrote_them = thanks.written_by is not None and thanks.written_by == actor.user_id
    if thanks.published_at is not None or wrote_them:
        return False
    return not WishClaim.objects.filter(wish=thanks.wish_id, member=actor.member_id).exists()


@dataclass(frozen=True)
class Asker:
    """Who made the wish, as shown for fifteen minutes to whoever opened it."""

    name: str
    phone: str
    address: str
    said: str


def asker_for(wish: Wish, actor: Actor) -> Asker | None:
    """What the actor has opened and may still see; None until he opens it. Two queries."""
    if actor.user_id is None:
        return None
    if not WishOpening.objects.fresh().filter(wish=wish, opened_by=actor.user_id).exists():
        return None
    row = WishAsker.objects.get(wish=wish)
    return Asker(row.name, national(row.phone) if row.phone else "", row.address, row.said)


# --- without signing in ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WallRow:
    """A wish as anybody reads it. Nothing here leads to a person."""

    title: str
    words: str
    kind: str
    is_taken: bool
    published_at: datetime | None


def wall_of(community: Node) -> list[WallRow]:
    """What is wished for in a community, what still waits first. Two queries."""
    rows = Wish.objects.on_wall().filter(path__in=paths_of(community.path)).select_related("kind")
    found = rows.order_by("-published_at", "pk")[:SHOWN_TO_ALL]
    shown = [
        WallRow(row.title, row.words, str(row.kind), row.state != WishState.PUBLISHED, row.published_at)
        for row in found
    ]
    return sorted(shown, key=lambda row: row.is_taken)


def thanks_of(community: Node) -> list[WishThanks]:
    """The latest thanks that others may read, with their wish. Two queries."""
    rows = WishThanks.objects.published().filter(path__in=paths_of(community.path)).select_related("wish")
    return list(rows.order_by("-published_at", "pk")[:THANKS_SHOWN])


def asker_of(code: str) -> WishAsker | None:
    """Whose code this is; None for a code of nobody. One query, the same work for both."""
    rows = WishAsker.objects.filter(code_index=blind_index(code, CODE_PURPOSE) or "-")
    return rows.select_related("wish__community").first()


# --- what waits -----------------------------------------------------------------------------------------------------


def thanks_to_read() -> QuerySet[WishThanks]:
    """Thanks whose wisher agreed, and which nobody has read and shown yet."""
    agreed = ThanksConsent.objects.filter(thanks=OuterRef("pk"), withdrawn_at=None)
    return WishThanks.objects.filter(Exists(agreed), published_at=None)


@dataclass(frozen=True)
class Due:
    """What waits for the community: numbers for its desk."""

    to_verify: int
    to_publish: int
    claims: int
    draws: int
    long: int
    to_ask: int
    thanks: int


def due(actor: Actor, *, paths: Iterable[str], now: datetime) -> Due:
    """What waits under `paths`, where the actor runs wishes: four queries."""
    mine = under("path", actor.paths_with(Permission.WISH_EDIT)) & under("path", list(paths))
    wishes = Wish.objects.visible_to(actor).open().filter(mine).order_by()
    by_state = dict(wishes.values_list("state").annotate(Count("pk")))
    collected = Q(state=WishState.PUBLISHED, claims_until__lt=now, allotted_at=None)
    long = Q(state=WishState.CLAIMED, state_since__lt=now - rules.LONG_CLAIMED)
    found = wishes.aggregate(draws=Count("pk", filter=collected), long=Count("pk", filter=long))
    claims = WishClaim.objects.visible_to(actor).live().filter(mine, given_at__isnull=False, confirmed_at=None)
    return Due(
        to_verify=by_state.get(WishState.COLLECTED, 0),
        to_publish=by_state.get(WishState.VERIFIED, 0),
        claims=claims.exclude(member=actor.member_id).count(),
        draws=found["draws"],
        long=found["long"],
        to_ask=by_state.get(WishState.FULFILLED, 0),
        thanks=thanks_to_read().filter(mine).count(),
    )
