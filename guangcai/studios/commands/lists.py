"""Kinds of studios: a list shipped with the program, editable afterwards."""

import json
from datetime import datetime
from importlib.resources import files

from django.db import transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.members.models import ServiceKind
from guangcai.studios.models import StudioKind


@transaction.atomic
def load_studio_kinds(*, by: Actor, now: datetime) -> int:
    """Add the shipped kinds that are missing; returns how many. Renamed rows keep their name.

    After members.load_lists: every kind counts as one of its kinds of service.
    """
    by.require(Permission.POLICY_EDIT, ROOT)
    told = json.loads((files("guangcai.studios") / "data" / "studio_kinds.json").read_text("utf-8"))["kinds"]
    served = ServiceKind.objects.in_bulk(field_name="code")
    there = set(StudioKind.objects.values_list("code", flat=True))
    fresh = [
        StudioKind(**(row | {"service_kind": served[row["service_kind"]]}), position=position)
        for position, row in enumerate(told)
        if row["code"] not in there
    ]
    StudioKind.objects.bulk_create(fresh)
    if fresh:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=len(fresh))
    return len(fresh)
