"""Fields of teams and the rules of proposals: lists shipped with the program, editable afterwards."""

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
from guangcai.members.models import Occupation
from guangcai.teams.models import OccupationTeam, TeamField


@transaction.atomic
def load_team_lists(*, by: Actor, now: datetime) -> int:
    """Add what the shipped lists have and the database has not; returns how many. Renamed rows keep their name."""
    by.require(Permission.POLICY_EDIT, ROOT)
    told = _lists()
    there = set(TeamField.objects.values_list("code", flat=True))
    fresh = [
        TeamField(code=code, name=name, source=source, position=position)
        for position, (code, name, source) in enumerate(told["fields"])
        if code not in there
    ]
    TeamField.objects.bulk_create(fresh)
    added = len(fresh) + _load_occupation_teams(told["occupation_teams"])
    if added:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=added)
    return added


def _load_occupation_teams(rows: list[list[str]]) -> int:
    fields, jobs = TeamField.objects.in_bulk(field_name="code"), Occupation.objects.in_bulk(field_name="code")
    there = set(OccupationTeam.objects.values_list("occupation__code", "field__code"))
    fresh = [
        OccupationTeam(occupation=jobs[job], field=fields[field], name=name, source=source, position=position)
        for position, (job, field, name, source) in enumerate(rows)
        if (job, field) not in there and job in jobs
    ]
    OccupationTeam.objects.bulk_create(fresh)
    return len(fresh)


def _lists() -> dict[str, Any]:
    text = (files("guangcai.teams") / "data" / "team_lists.json").read_text("utf-8")
    return dict(json.loads(text))
