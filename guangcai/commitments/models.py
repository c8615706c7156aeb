"""The abstract row of a standing commitment: who, offered when, held since, ended why (docs/adr/0018)."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q

from guangcai.commitments.enums import CommitmentState, EndReason
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class CommitmentQuerySet(models.QuerySet[Any]):
    """Reads that every kind of commitment shares."""

    def visible_to(self, actor: "Actor") -> Self:
        """One's own, and those of the area whose roster one may see."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.ROSTER_VIEW)))

    def live(self) -> Self:
        """Offered, confirmed or held: not ended."""
        return self.filter(ended_at=None)

    def held(self) -> Self:
        return self.filter(ended_at=None, held_since__isnull=False)


class Commitment(CommunityFact):
    """A member takes something on: he offers, the community confirms, he takes it up, either side ends it.

    Each step is a moment and a person, so the state is read from the row and never stored beside it. Ended stays
    ended: taking it on again is a new row.
    """

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="%(class)ss")
    offered_at = models.DateTimeField()
    offered_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    # Local date on which the member took it up.
    held_since = models.DateField(null=True, blank=True)
    # Last local date of the term; None is open-ended.
    until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)
    end_note = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="%(class)s_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(held_since=None) | Q(confirmed_at__isnull=False), name="%(class)s_confirmed_before_held"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(held_since=None) | Q(until__gte=F("held_since")),
                name="%(class)s_term_forward",
            ),
        ]

    @property
    def state(self) -> CommitmentState:
        if self.ended_at is not None:
            return CommitmentState.ENDED
        if self.held_since is not None:
            return CommitmentState.HELD
        return CommitmentState.CONFIRMED if self.confirmed_at is not None else CommitmentState.OFFERED
