"""What neighbours quarrel about: a list shipped with the program, editable afterwards."""

import json
from datetime import datetime
from importlib.resources import files

from django.db import transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.mediation.models import CauseKind


@transaction.atomic
def load_causes(*, by: Actor, now: datetime) -> int:
    """Add what the shipped list has and the database has not; returns how many. Renamed rows keep their name."""
    by.require(Permission.POLICY_EDIT, ROOT)
    shipped = json.loads((files("guangcai.mediation") / "data" / "causes.json").read_text("utf-8"))
    there = set(CauseKind.objects.values_list("code", flat=True))
    fresh = [CauseKind(**row, position=at) for at, row in enumerate(shipped) if row["code"] not in there]
    CauseKind.objects.bulk_create(fresh)
    if fresh:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=len(fresh))
    return len(fresh)
