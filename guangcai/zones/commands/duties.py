"""Duties by kind of zone: a list shipped with the program, editable afterwards; agreements keep what they froze."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.db import transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.members.models import ServiceKind
from guangcai.zones import rules
from guangcai.zones.models import ZoneDuty


@transaction.atomic
def load_zone_duties(*, by: Actor, now: datetime) -> int:
    """Add the duties the shipped list has and the database has not; returns how many. Changed ones stay."""
    by.require(Permission.POLICY_EDIT, ROOT)
    services = ServiceKind.objects.in_bulk(field_name="code")
    there = set(ZoneDuty.objects.values_list("kind", flat=True))
    fresh = [
        ZoneDuty(**row | {"service_kind": services[row["service_kind"]]}, position=position)
        for position, row in enumerate(_rows())
        if row["kind"] not in there
    ]
    ZoneDuty.objects.bulk_create(fresh)
    if fresh:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=len(fresh))
    return len(fresh)


@transaction.atomic
def change_duty(*, duty: ZoneDuty, duties: str, by: Actor, now: datetime) -> ZoneDuty:
    """New agreements begin with these words; those drawn up keep theirs. For the whole installation.

    Raises RuleBroken(field="duties").
    """
    by.require_any(Permission.POLICY_EDIT)
    row = ZoneDuty.objects.select_for_update(of=("self",)).get(pk=duty.pk)
    rules.check_duties(duties)
    if row.duties == duties.strip():
        return row
    row.duties = duties.strip()
    row.save(update_fields=["duties"])
    audit.record(Tag.ZONE_DUTY_CHANGE, by=by, on=row, now=now, kind=row.kind)
    return row


def _rows() -> list[dict[str, Any]]:
    text = (files("guangcai.zones") / "data" / "zone_duties.json").read_text("utf-8")
    return list(json.loads(text))
