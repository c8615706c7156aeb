"""A member claims a post."""

from typing import Self

from django.db import models
from django.db.models import Q

from guangcai.commitments.enums import CommitmentState
from guangcai.commitments.models import Commitment, CommitmentQuerySet
from guangcai.posts.models.post import Post


class PostClaimQuerySet(CommitmentQuerySet):
    def placed(self) -> Self:
        return self.filter(ended_at=None, place_no__isnull=False)

    def waiting(self) -> Self:
        """Without a place, in the order in which places are given."""
        return self.filter(ended_at=None, place_no=None).order_by("rank", "offered_at", "id")


class PostClaim(Commitment):
    """Claimed, given a place, confirmed, taken up, ended. Without a place the claim waits in the order of `rank`.

    The place number is unique among the live claims of a post: two people never hold the last place.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="claims")
    place_no = models.PositiveSmallIntegerField(null=True, blank=True)
    # The turn by the announced order; None comes after every number, by the moment of the claim.
    rank = models.PositiveIntegerField(null=True, blank=True)

    objects = PostClaimQuerySet.as_manager()

    class Meta(Commitment.Meta):
        abstract = False
        constraints = [
            *Commitment.Meta.constraints,
            models.UniqueConstraint(
                fields=["district_code", "post", "member"], condition=Q(ended_at=None), name="post_claimed_once"
            ),
            models.UniqueConstraint(
                fields=["district_code", "post", "place_no"], condition=Q(ended_at=None), name="post_place_once"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(place_no__isnull=False), name="post_claim_confirmed_with_place"
            ),
        ]
        indexes = [models.Index(fields=["member", "-offered_at"], name="post_claim_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.post_id}"

    @property
    def state(self) -> CommitmentState:
        found = super().state
        waits = found == CommitmentState.OFFERED and self.place_no is None
        return CommitmentState.WAITING if waits else found
