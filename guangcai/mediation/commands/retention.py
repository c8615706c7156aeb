"""Who quarrelled, and every word, are taken away two years after a matter ended; it runs dry first."""

from datetime import datetime

from django.db import transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.mediation import rules
from guangcai.mediation.models import Mediation, StepNote


@transaction.atomic
def anonymise_mediations(*, by: Actor, now: datetime, is_dry: bool = True) -> int:
    """Take parties and all words away from matters that ended longer ago than the retention; how many.

    Cause, steps, days and mediators stay as facts. is_dry: only counts. Again is harmless.
    """
    by.require_any(Permission.POLICY_EDIT)
    here = under("path", by.paths_with(Permission.POLICY_EDIT))
    ended = Mediation.objects.filter(here, ended_at__lt=now - rules.RETENTION, anonymised_at=None)
    if is_dry:
        return ended.count()
    rows = list(ended.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        row.anonymised_at = now
        row.save(update_fields=["anonymised_at"])
        StepNote.objects.filter(step__mediation=row).delete()
        row.openings.all().delete()
        for party in row.parties.all():
            party.name, party.phone, party.member = "", "", None
            party.save(update_fields=["name", "phone", "member"])
        audit.record(Tag.MEDIATION_ANONYMISE, by=by, on=row, now=now)
    return len(rows)
