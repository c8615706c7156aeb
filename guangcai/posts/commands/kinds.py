"""Kinds of post: a list shipped with the program, editable afterwards."""

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
from guangcai.members.models import ServiceKind, SkillKind
from guangcai.posts.models import PostKind


@transaction.atomic
def load_post_kinds(*, by: Actor, now: datetime) -> int:
    """Add the kinds the shipped list has and the database has not; returns how many. Renamed ones keep their name."""
    by.require(Permission.POLICY_EDIT, ROOT)
    services = ServiceKind.objects.in_bulk(field_name="code")
    skills = SkillKind.objects.in_bulk(field_name="code")
    there = set(PostKind.objects.values_list("code", flat=True))
    fresh = [
        PostKind(
            **_columns(row), position=position, service_kind=services[row["service_kind"]], skill=_skill(row, skills)
        )
        for position, row in enumerate(_rows())
        if row["code"] not in there
    ]
    PostKind.objects.bulk_create(fresh)
    if fresh:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=len(fresh))
    return len(fresh)


def _rows() -> list[dict[str, Any]]:
    text = (files("guangcai.posts") / "data" / "post_kinds.json").read_text("utf-8")
    return list(json.loads(text))


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("service_kind", "skill")}


def _skill(row: dict[str, Any], skills: dict[str, SkillKind]) -> SkillKind | None:
    return skills[row["skill"]] if row.get("skill") else None
