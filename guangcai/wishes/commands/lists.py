"""Kinds of wishes, of aid programmes and of what they come to: lists shipped with the program, editable afterwards."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.db import models, transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.members.models import ServiceKind
from guangcai.wishes.models import AidKind, AidMeasure, WishKind

LISTS: tuple[tuple[str, type[models.Model]], ...] = (
    ("wish_kinds", WishKind),
    ("aid_kinds", AidKind),
    ("aid_measures", AidMeasure),
)


@transaction.atomic
def load_wish_lists(*, by: Actor, now: datetime) -> int:
    """Add what the shipped lists have and the database has not; returns how many. Renamed rows keep their name."""
    by.require(Permission.POLICY_EDIT, ROOT)
    shipped = json.loads((files("guangcai.wishes") / "data" / "lists.json").read_text("utf-8"))
    services = ServiceKind.objects.in_bulk(field_name="code")
    added = 0
    for name, model in LISTS:
        there = set(model._default_manager.values_list("code", flat=True))
        rows = [(at, row) for at, row in enumerate(shipped[name]) if row["code"] not in there]
        model._default_manager.bulk_create(model(**_columns(row, services), position=at) for at, row in rows)
        added += len(rows)
    if added:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=added)
    return added


def _columns(row: dict[str, Any], services: dict[str, ServiceKind]) -> dict[str, Any]:
    return row | {"service_kind": services[row["service_kind"]]} if "service_kind" in row else row
