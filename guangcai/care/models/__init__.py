"""What care keeps: households, who looks after them, visits, plans. Everything here is restricted."""

from guangcai.care.models.household import Household, HouseholdConsent, HouseholdOpening, HouseholdTier
from guangcai.care.models.pairing import CareOffer, Pairing
from guangcai.care.models.plan import ServicePlan, TaskKind, TaskMark
from guangcai.care.models.visit import Alert, NeedKind, Visit, VisitKind, VisitNeed, VisitNote

__all__ = [
    "Alert",
    "CareOffer",
    "Household",
    "HouseholdConsent",
    "HouseholdOpening",
    "HouseholdTier",
    "NeedKind",
    "Pairing",
    "ServicePlan",
    "TaskKind",
    "TaskMark",
    "Visit",
    "VisitKind",
    "VisitNeed",
    "VisitNote",
]
