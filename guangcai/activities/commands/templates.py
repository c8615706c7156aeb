"""Standard notices to start from: data shipped with the program, owned by a node, offered to everything below it."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.db import transaction

from guangcai.activities.models import ActivityTemplate
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.members.models import ServiceKind
from guangcai.orgs.models import Node


@transaction.atomic
def load_templates(*, node: Node, by: Actor, now: datetime) -> int:
    """Put the standard templates under `node`: how many were added. A title that is there already stays as it is."""
    by.require(Permission.ACTIVITY_EDIT, node.path)
    there = set(ActivityTemplate.objects.filter(node=node).values_list("title", flat=True))
    kinds = {kind.code: kind for kind in ServiceKind.objects.order_by("pk")}
    fresh = [
        ActivityTemplate(node=node, path=node.path, service_kind=_kind(text, kinds), **_columns(text))
        for text in _texts()
        if text["title"] not in there
    ]
    ActivityTemplate.objects.bulk_create(fresh)
    if fresh:
        audit.record(Tag.ACTIVITY_ADD, by=by, now=now, path=node.path, templates=len(fresh))
    return len(fresh)


def _texts() -> list[dict[str, Any]]:
    text = (files("guangcai.activities") / "data" / "templates.json").read_text("utf-8")
    return list(json.loads(text))


def _columns(text: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in text.items() if name != "service_kind"}


def _kind(text: dict[str, Any], kinds: dict[str, ServiceKind]) -> ServiceKind | None:
    """The first kind of service on the list that this district has."""
    return next((kinds[code] for code in text.get("service_kind", ()) if code in kinds), None)
