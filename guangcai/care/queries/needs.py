"""Households that want somebody: for the room that proposes who could be asked. It never sees a name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from guangcai.care.enums import HouseholdCategory, RiskTier
from guangcai.care.models import Household, HouseholdConsent, Pairing
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under

URGENCY: Final[dict[str, int]] = {RiskTier.HIGH: 3, RiskTier.KEY: 2, RiskTier.GENERAL: 1}
COLUMNS = ("id", "community_id", "place_id", "tier")


@dataclass(frozen=True)
class HouseholdNeed:
    """A household without anybody: where (place: below the community) and how urgent."""

    id: UUID
    community_id: int
    place_id: int | None
    tier: str
    consent: bool = True

    @property
    def urgency(self) -> int:
        """3 for a high risk, 1 for a general one."""
        return URGENCY[self.tier]


def unpaired(actor: Actor, paths: Iterable[str]) -> list[HouseholdNeed]:
    """Households under `paths` that agreed, have a guardian where they need one, and no live contact pairing.

    Only where the actor runs the desk. One statement, in no order.
    """
    wanted = under("path", list(paths)) & under("path", actor.paths_with(Permission.CARE_EDIT))
    live = Pairing.objects.live().contacts().filter(household=OuterRef("pk"))
    agreed = HouseholdConsent.objects.filter(household=OuterRef("pk"), withdrawn_at=None)
    rows = Household.objects.current().filter(wanted, ~Exists(live), Exists(agreed))
    rows = rows.exclude(pk__in=_without_guardian(wanted))
    return [HouseholdNeed(*row) for row in rows.values_list(*COLUMNS).order_by()]


def _without_guardian(wanted: Q) -> "QuerySet[Household, UUID]":
    """Children nobody entered a guardian for: none by the commands; a restore from elsewhere may hold one."""
    children = Household.objects.filter(wanted, category=HouseholdCategory.CHILD)
    return children.annotate(length=Length("guardian_name")).filter(length=0).values_list("pk", flat=True)
