"""Instructors of new organisations: one at a time, from a day to a day (A94)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.text import clean_name
from guangcai.orgs.enums import NEW_ORGANISATIONS
from guangcai.orgs.models import Instructor, WorkUnit


@transaction.atomic
def name_instructor(*, work_unit: WorkUnit, name: str, since: date, by: Actor, now: datetime) -> Instructor:
    """Who looks after Party work in a new organisation from `since` on; whoever did so before ends that day.

    The same person already: that row. Raises RuleBroken(field). Source: A94.
    """
    by.require(Permission.UNIT_EDIT, work_unit.path)
    unit, name = WorkUnit.objects.select_for_update().get(pk=work_unit.pk), clean_name(name)
    here = unit.instructors.filter(until=None).first()
    if here is not None and here.name == name:
        return here
    _check(unit, name=name, since=since, begun=here.since if here else None, today=localdate(now))
    if here is not None:
        here.until = since
        here.save(update_fields=["until"])
    row = Instructor.objects.create(work_unit=unit, name=name, since=since)
    audit.record(Tag.INSTRUCTOR_ADD, by=by, now=now, on=row, path=unit.path, work_unit=unit.pk)
    return row


@transaction.atomic
def end_instructor(*, instructor: Instructor, by: Actor, now: datetime) -> Instructor:
    """He does so until today. Harmless twice."""
    by.require(Permission.UNIT_EDIT, instructor.work_unit.path)
    row = Instructor.objects.select_for_update(of=["self"]).select_related("work_unit").get(pk=instructor.pk)
    if row.until is None:
        row.until = max(localdate(now), row.since + timedelta(days=1))
        row.save(update_fields=["until"])
        audit.record(Tag.INSTRUCTOR_END, by=by, now=now, on=row, path=row.work_unit.path, work_unit=row.work_unit_id)
    return row


def _check(unit: WorkUnit, *, name: str, since: date, begun: date | None, today: date) -> None:
    if unit.ended_on or unit.kind not in NEW_ORGANISATIONS:
        raise RuleBroken(_("Only new economic and social organisations in force have an instructor."), field="name")
    if not name:
        raise RuleBroken(_("Give a name."), field="name", code="name_missing")
    if since > today:
        raise RuleBroken(_("This day is still to come."), field="since")
    if begun is not None and since <= begun:
        raise RuleBroken(_("The one before began later than this day."), field="since", code="before_begun")
    if unit.instructors.filter(until__gt=since).exists():
        raise RuleBroken(_("Somebody else did so on that day already."), field="since", code="overlap")
