"""Working days set by hand: the calendar of the package knows announced years only."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.orgs.models import WorkdayOverride


@transaction.atomic
def set_workday(*, day: date, is_worked: bool | None, source: str, by: Actor, now: datetime) -> None:
    """Say that a day is worked or free, with the notice it comes from; None returns to the calendar.

    One calendar for the whole installation, so it is enough to hold the right somewhere.
    """
    if not by.holds(Permission.WORKDAY_EDIT):
        raise Forbidden()
    if is_worked is None:
        WorkdayOverride.objects.filter(day=day).delete()
    else:
        if is_blank(source):
            raise RuleBroken(_("Name the notice this comes from."), field="source", code="source_missing")
        values = {"is_worked": is_worked, "source": source.strip(), "set_at": now, "set_by": by.user_id}
        WorkdayOverride.objects.update_or_create(day=day, defaults=values)
    audit.record(Tag.WORKDAY_SET, by=by, now=now, day=day.isoformat(), is_worked=is_worked)
