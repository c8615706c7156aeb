"""How activities are told in the story of a matter (core.matters)."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guangcai.activities.enums import Presence
from guangcai.activities.models import Activity, Shift
from guangcai.core.actor import Actor
from guangcai.core.matters import Teller, Told
from guangcai.core.screens import TimelineItem

KIND = "activity"
# Of a series that goes on for years the newest are told.
SHOWN = 30


def _seen(keys: Collection[UUID], actor: Actor) -> Iterator[Told]:
    """Each shift held or planned; without one, that it is prepared, published or called off. Two statements."""
    rows = {row.pk: row for row in Activity.objects.visible_to(actor).filter(pk__in=keys)}
    shifts = list(_shifts(Shift.objects.visible_to(actor).filter(activity__in=rows)))
    for shift in shifts:
        url, row = reverse("activities:activity", args=[shift.activity_id]), rows[shift.activity_id]
        title = _("Held: %(what)s") if shift.closed_at else _("Planned: %(what)s")
        yield row.pk, _line(shift, title % {"what": row.title}, url)
    for key in rows.keys() - {shift.activity_id for shift in shifts}:
        yield key, _without_shift(rows[key])


def _public(keys: Collection[UUID]) -> Iterator[Told]:
    """That something of a kind was held, and by how many; what it was called stays inside. One statement."""
    rows = Shift.objects.filter(activity__in=keys, activity__published_at__isnull=False, closed_at__isnull=False)
    for shift in _shifts(rows.select_related("activity")):
        title = _("An activity was held for it: %(kind)s") % {"kind": shift.activity.get_kind_display()}
        yield shift.activity_id, _line(shift, title, "")


def _shifts(rows: QuerySet[Shift]) -> QuerySet[Shift]:
    here = Count("attendances", filter=Q(attendances__presence=Presence.PRESENT))
    return rows.filter(cancelled_at=None).annotate(present=here).order_by("-starts_at", "pk")[:SHOWN]


def _line(shift: Shift, title: str, url: str) -> TimelineItem:
    present: int = shift.present  # type: ignore[attr-defined]
    text = ngettext("%(n)d person was there", "%(n)d people were there", present) % {"n": present}
    is_held = shift.closed_at is not None
    tone, icon = ("good", "calendar-check") if is_held else ("info", "calendar-event")
    return TimelineItem(shift.starts_at, title, text if is_held else "", url, tone, icon)


def _without_shift(row: Activity) -> TimelineItem:
    url = reverse("activities:activity", args=[row.pk])
    if row.cancelled_at:
        title = _("Called off: %(what)s") % {"what": row.title}
        return TimelineItem(row.cancelled_at, title, row.get_cancel_reason_display(), url, "idle", "x")
    title = _("Planned: %(what)s") % {"what": row.title}
    return TimelineItem(row.published_at or row.created_at, title, "", url, "info", "calendar-event")


TELLER = Teller(_seen, _public)
