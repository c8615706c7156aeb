"""What names a household is taken away three years after it closed; it runs dry first and names who ran it."""

from datetime import datetime

from django.db import transaction

from guangcai.care import rules
from guangcai.care.models import Household, HouseholdConsent, HouseholdTier, ServicePlan, VisitNote
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under

SEALED = ("name", "phone", "address", "guardian_name", "guardian_phone", "notes")
TAKEN_AWAY = "—"


@transaction.atomic
def anonymise_households(*, by: Actor, now: datetime, is_dry: bool = True) -> int:
    """Take names, contacts, notes and words away from households closed longer ago than the retention; how many.

    Visits, tiers and pairings stay as facts without words. is_dry: only counts. Again is harmless.
    """
    by.require_any(Permission.POLICY_EDIT)
    here = under("path", by.paths_with(Permission.POLICY_EDIT))
    closed = Household.objects.filter(here, ended_at__lt=now - rules.RETENTION, anonymised_at=None)
    if is_dry:
        return closed.count()
    rows = list(closed.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        _take_away(row, now=now)
        audit.record(Tag.HOUSEHOLD_ANONYMISE, by=by, on=row, now=now)
    return len(rows)


def _take_away(row: Household, *, now: datetime) -> None:
    for name in SEALED:
        setattr(row, name, "")
    row.label, row.anonymised_at = TAKEN_AWAY, now
    row.save(update_fields=[*SEALED, "label", "anonymised_at"])
    VisitNote.objects.filter(visit__household=row).delete()
    HouseholdTier.objects.filter(household=row).update(why="")
    HouseholdConsent.objects.filter(household=row).update(how=TAKEN_AWAY)
    for plan in ServicePlan.objects.filter(household=row):
        plan.what = plan.effect = ""
        plan.save(update_fields=["what", "effect"])
