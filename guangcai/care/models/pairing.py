"""A member looks after a household."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from guangcai.care.enums import PairingEnd, PairingKind
from guangcai.care.models.household import Household
from guangcai.commitments.models import Commitment, CommitmentQuerySet
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class PairingQuerySet(CommitmentQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own, and those of the desk. An overseer sees them on the record he opened, not here."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.CARE_VIEW)))

    def contacts(self) -> Self:
        return self.filter(kind=PairingKind.CONTACT)


class Pairing(Commitment):
    """A contact household of a member (A62) or a one-to-one pairing (A63): invited, confirmed, held, ended.

    A household has at most one live pairing of a kind; how many contact households a member has is held by the lock
    of his row (HouseholdLimit).
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="pairings")
    kind = models.CharField(max_length=12, choices=PairingKind.choices)
    # Instead of the shared reasons: a household may say no, which no post can.
    end_reason = models.CharField(max_length=12, choices=PairingEnd.choices, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta(Commitment.Meta):
        abstract = False
        constraints = [
            *Commitment.Meta.constraints,
            models.UniqueConstraint(
                fields=["district_code", "household", "kind"], condition=Q(ended_at=None), name="pairing_one_of_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["member"], condition=Q(ended_at=None), name="pairing_live_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} with {self.household_id}"


class CareOfferQuerySet(models.QuerySet["CareOffer"]):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own, and those of the people of the desk's area, wherever they lived when they said so."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("member__path", actor.paths_with(Permission.CARE_VIEW)))

    def open(self) -> Self:
        """Not taken back, by people who are on the roster."""
        return self.filter(withdrawn_at=None, member__ended_at=None)


class CareOffer(CommunityFact):
    """A member would look after a household; he knows of none and is asked like anybody, until he takes it back."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="care_offers")
    # In his words: when, or for whom.
    note = models.CharField(max_length=60, blank=True)
    offered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CareOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "member"], condition=Q(withdrawn_at=None), name="care_offer_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("offered_at")), name="care_offer_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.offered_at:%Y-%m-%d}"
