"""Households: what the desk knows of them, who may see it, and how often they are visited."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from guangcai.care.enums import ConsentBy, HouseholdCategory, HouseholdEnd, RiskTier
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.openings import Opening
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import Node

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class HouseholdQuerySet(models.QuerySet["Household"]):
    def visible_to(self, actor: "Actor") -> Self:
        """The desk of its community, the member who holds a pairing with it now, and an overseer of its area for
        fifteen minutes after he gave a reason. Nobody else learns that it exists."""
        from guangcai.care.models.pairing import Pairing  # cycle: pairings point to households

        seen = under("path", actor.paths_with(Permission.CARE_VIEW))
        if actor.member_id is not None:
            held = Pairing.objects.held().filter(household=OuterRef("pk"), member=actor.member_id)
            seen |= Q(Exists(held))
        overseen = actor.paths_with(Permission.CARE_OVERSEE)
        if overseen and actor.user_id is not None:
            opened = HouseholdOpening.objects.fresh().filter(household=OuterRef("pk"), opened_by=actor.user_id)
            seen |= under("path", overseen) & Q(Exists(opened))
        return self.filter(seen)

    def current(self) -> Self:
        return self.filter(ended_at=None)


class Household(CommunityFact):
    """A household somebody looks after. What names it is sealed; lists show its label, which the desk chose.

    `tier` and `tier_since` repeat the open HouseholdTier, so that lists need no join (`guangcai verify` proves it).
    """

    # Below the community: compound, building or stairwell; the door stands in the sealed address.
    place = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    label = models.CharField(max_length=20)
    category = models.CharField(max_length=12, choices=HouseholdCategory.choices)
    tier = models.CharField(max_length=8, choices=RiskTier.choices)
    tier_since = models.DateField()
    people = models.PositiveSmallIntegerField(null=True, blank=True)
    name = EncryptedTextField(purpose="care.household.name")
    phone = EncryptedTextField(purpose="care.household.phone", blank=True)
    address = EncryptedTextField(purpose="care.household.address", blank=True)
    guardian_name = EncryptedTextField(purpose="care.household.guardian_name", blank=True)
    guardian_phone = EncryptedTextField(purpose="care.household.guardian_phone", blank=True)
    notes = EncryptedTextField(purpose="care.household.notes", blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=HouseholdEnd.choices, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "community", "label"], condition=Q(ended_at=None), name="household_label_once"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="household_labelled"),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="household_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at=None) | Q(ended_at__isnull=False), name="household_anonymised_after_end"
            ),
        ]
        indexes = [models.Index(fields=["path", "label"], condition=Q(ended_at=None), name="household_by_path")]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("care:household", args=[self.pk])

    @property
    def needs_guardian(self) -> bool:
        """Contact with a child goes through the guardian, always (PIPL art 28)."""
        return self.category == HouseholdCategory.CHILD


class HouseholdTier(CommunityFact):
    """The tier of a household from a day on; `until` is exclusive. Tells the rhythm of any day in the past."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="tiers")
    tier = models.CharField(max_length=8, choices=RiskTier.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=60, blank=True)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "household"], condition=Q(until=None), name="household_one_tier"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="household_tier_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.tier}"


class HouseholdConsent(CommunityFact):
    """The household agreed to be looked after, and by whom its record is seen; until it is withdrawn."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="consents")
    said_by = models.CharField(max_length=10, choices=ConsentBy.choices)
    given_on = models.DateField()
    # How it was said: on the doorstep, on paper, by phone.
    how = models.CharField(max_length=60)
    noted_at = models.DateTimeField()
    noted_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "household"], condition=Q(withdrawn_at=None), name="household_one_consent"
            ),
            models.CheckConstraint(condition=~Q(how=""), name="household_consent_how"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.given_on}"


class HouseholdOpening(CommunityFact, Opening):
    """Somebody opened the restricted part of one household, and why; the audit trail has the same line."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="openings")

    class Meta:
        indexes = [models.Index(fields=["household", "opened_by", "-opened_at"], name="household_opened_by")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.opened_at:%Y-%m-%d %H:%M}"
