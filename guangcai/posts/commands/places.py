"""Places of a post: one number, one member. Every function here runs under the post's lock."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from guangcai.accounts.commands import tell_members
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.posts import rules
from guangcai.posts.models import Post, PostClaim
from guangcai.posts.notices import template_code


def lock_post(pk: UUID) -> Post:
    """The post under a lock that holds up claims, changes and the lot."""
    rows = Post.objects.select_for_update(of=("self",), no_key=True).select_related("community", "kind")
    return rows.get(pk=pk)


def next_place(post: Post) -> int | None:
    """The number for a new claim: None when all are taken, claims are collected, or somebody waits who came first."""
    if post.is_collecting or PostClaim.objects.waiting().filter(post=post).exists():
        return None
    return next(iter(_free(post)), None)


def fill_places(post: Post, *, by: Actor, now: datetime) -> list[PostClaim]:
    """Give free places to those who wait, in their order, and tell them."""
    if post.is_collecting or post.opened_at is None or post.ended_at is not None:
        return []
    free = _free(post)
    moved = list(PostClaim.objects.waiting().filter(post=post)[: len(free)])
    for number, row in zip(free, moved, strict=False):
        row.place_no = number
        row.save(update_fields=["place_no"])
        audit.record(Tag.POST_PLACE, by=by, on=row, now=now, place_no=number)
    tell_claimants(post, [row.member_id for row in moved], "place", now=now)
    return moved


def tell_claimants(post: Post, members: Iterable[UUID], occasion: str, *, now: datetime) -> None:
    """One message to everybody who can be reached by one; the others see it in the application."""
    tell_members(list(members), template_code(occasion), now=now, title=post.title)


def _free(post: Post) -> list[int]:
    taken = PostClaim.objects.placed().filter(post=post).values_list("place_no", flat=True)
    return rules.free_places((number for number in taken if number), places=post.places)
