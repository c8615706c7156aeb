"""Whose turn it is: the place in the waiting list, and the lots as anybody may work them out again."""

from dataclasses import dataclass
from uuid import UUID

from guangcai.commitments.rules import lot_of
from guangcai.core.actor import Actor
from guangcai.orgs.enums import ClaimOrder
from guangcai.posts.models import Post, PostClaim


@dataclass(frozen=True)
class Lot:
    """One line of the drawn lot: no name, the number of the claim stands for it. name: for those who may see it."""

    rank: int
    claim_id: UUID
    lot: str
    is_own: bool
    name: str


def turn_of(claim: PostClaim) -> int:
    """The number of a waiting claim in its line, from 1. One query."""
    waiting = list(PostClaim.objects.waiting().filter(post=claim.post_id).values_list("pk", flat=True))
    return waiting.index(claim.pk) + 1 if claim.pk in waiting else 0


def lots_of(post: Post, *, actor: Actor) -> list[Lot]:
    """Every claim that took part in the lot, in its order; nothing before it is drawn. Two queries."""
    if post.claim_order != ClaimOrder.LOT or post.allotted_at is None:
        return []
    names = dict(PostClaim.objects.visible_to(actor).filter(post=post).values_list("pk", "member__name"))
    seed = bytes(post.lot_seed or b"")
    rows = PostClaim.objects.filter(post=post, rank__isnull=False).order_by("rank", "pk")
    return [
        Lot(
            rank=row.rank or 0,
            claim_id=row.pk,
            lot=lot_of(row.pk, seed=seed),
            is_own=actor.member_id is not None and row.member_id == actor.member_id,
            name=names.get(row.pk, ""),
        )
        for row in rows
    ]
