"""The order in which care locks: members by key, then households by key. Every command here keeps it."""

from collections.abc import Iterable
from uuid import UUID

from guangcai.care import rules
from guangcai.care.models import Household, HouseholdConsent


def lock_household(pk: UUID) -> Household:
    """The household under a lock that holds up pairing, hand-over, visits and changes."""
    rows = Household.objects.select_for_update(of=("self",), no_key=True).select_related("community", "place")
    return rows.get(pk=pk)


def lock_households(keys: Iterable[UUID]) -> dict[UUID, Household]:
    rows = Household.objects.select_for_update(of=("self",), no_key=True).select_related("community", "place")
    return {row.pk: row for row in rows.filter(pk__in=set(keys)).order_by("pk")}


def has_consent(household: Household) -> bool:
    return HouseholdConsent.objects.filter(household=household, withdrawn_at=None).exists()


def readiness(household: Household, *, consent: bool) -> rules.Readiness:
    """What rules.check_ready asks of a household."""
    return rules.Readiness(
        is_current=household.ended_at is None,
        has_consent=consent,
        needs_guardian=household.needs_guardian,
        has_guardian=bool(household.guardian_name),
    )
