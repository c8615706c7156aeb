"""A member takes a wish on, alone or as one of several."""

from typing import Self

from django.db import models
from django.db.models import Q

from guangcai.commitments.enums import CommitmentState
from guangcai.commitments.models import Commitment, CommitmentQuerySet
from guangcai.wishes.enums import WishClaimEnd
from guangcai.wishes.models.wish import Wish


class WishClaimQuerySet(CommitmentQuerySet):
    def leading(self) -> Self:
        """The claim that has the wish; one at most."""
        return self.filter(ended_at=None, lead=None, given_at__isnull=False)

    def waiting(self) -> Self:
        """Live claims without the wish, in the order in which it is given."""
        return self.filter(ended_at=None, lead=None, given_at=None).order_by("rank", "offered_at", "id")


class WishClaim(Commitment):
    """Claimed, given the wish, confirmed by the desk and held from then on, ended.

    `given_at`: when the wish became his; one live claim of a wish has it, the constraint says so. Whoever helps him
    names his claim as `lead`. Without either, the claim waits for the lot.
    """

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="claims")
    lead = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")
    given_at = models.DateTimeField(null=True, blank=True)
    # The turn by the announced order; None where places go to whoever comes.
    rank = models.PositiveIntegerField(null=True, blank=True)
    # Instead of the shared reasons: a wish may come true, which no post can.
    end_reason = models.CharField(max_length=12, choices=WishClaimEnd.choices, blank=True)

    objects = WishClaimQuerySet.as_manager()

    class Meta(Commitment.Meta):
        abstract = False
        constraints = [
            *Commitment.Meta.constraints,
            models.UniqueConstraint(
                fields=["district_code", "wish"],
                condition=Q(ended_at=None, lead=None, given_at__isnull=False),
                name="wish_given_once",
            ),
            models.UniqueConstraint(
                fields=["district_code", "wish", "member"], condition=Q(ended_at=None), name="wish_claimed_once"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(given_at__isnull=False), name="wish_claim_given_before_confirmed"
            ),
            models.CheckConstraint(condition=~Q(lead=models.F("id")), name="wish_claim_leads_another"),
        ]
        indexes = [models.Index(fields=["member", "-offered_at"], name="wish_claim_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.wish_id}"

    @property
    def state(self) -> CommitmentState:
        found = super().state
        waits = found == CommitmentState.OFFERED and self.given_at is None
        return CommitmentState.WAITING if waits else found
