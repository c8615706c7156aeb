"""Kinds of visit, kinds of need, the five tasks: lists shipped with the program, editable afterwards."""

import json
from datetime import datetime
from importlib.resources import files

from django.db import models, transaction

from guangcai.care.models import NeedKind, TaskKind, VisitKind
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT

LISTS: tuple[tuple[str, type[models.Model]], ...] = (
    ("visit_kinds", VisitKind),
    ("need_kinds", NeedKind),
    ("task_kinds", TaskKind),
)


@transaction.atomic
def load_care_lists(*, by: Actor, now: datetime) -> int:
    """Add what the shipped lists have and the database has not; returns how many. Renamed rows keep their name."""
    by.require(Permission.POLICY_EDIT, ROOT)
    shipped = json.loads((files("guangcai.care") / "data" / "lists.json").read_text("utf-8"))
    added = 0
    for name, model in LISTS:
        there = set(model._default_manager.values_list("code", flat=True))
        fresh = [model(**row, position=at) for at, row in enumerate(shipped[name]) if row["code"] not in there]
        model._default_manager.bulk_create(fresh)
        added += len(fresh)
    if added:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=added)
    return added
