"""The desk's overview: what is on, as a list and as a calendar, and what waits to be closed."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.activities.filters import ShiftFilter
from guangcai.activities.models import Shift
from guangcai.activities.queries import shifts as queries
from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class CalendarDay:
    day: date
    in_month: bool
    is_today: bool
    shifts: list[queries.ShiftRow]


def is_desk(request: ActorRequest) -> bool:
    return request.actor.holds(Permission.ACTIVITY_EDIT) or request.actor.holds(Permission.ROSTER_VIEW)


@login_required
@require_safe
def activities(request: ActorRequest) -> HttpResponse:
    """Shifts of one's area, soonest first; members look for something to do instead."""
    if not is_desk(request):
        return redirect("activities:open")
    now = timezone.now()
    shown = _listing(request, now)
    context = {
        "listing": shown,
        "rows": [queries.shift_row(shift, now=now) for shift in shown.page],
        "due": queries.shifts_to_close(request.actor, now=now),
        "tabs": _tabs("list"),
        "may_edit": request.actor.holds(Permission.ACTIVITY_EDIT),
    }
    return render(request, "activities/list.html", context)


@login_required
@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook."""
    now = timezone.now()
    rows = [queries.shift_row(shift, now=now) for shift in _listing(request, now).rows]
    columns = [
        _("Activity"),
        _("Community"),
        _("Start"),
        _("Ends"),
        pgettext("activity", "Where"),
        _("Places"),
        _("Signed up"),
    ]
    cells: list[list[Cell]] = [
        [r.title, r.community, r.starts_at, r.ends_at, r.place, r.places, r.placed, r.waiting, r.present] for r in rows
    ]
    sheet = Sheet(_("Activities"), [*columns, _("Waiting"), _("Present")], cells)
    return file_answer(write_workbook([sheet]), name=_("Activities"), kind="xlsx")


@login_required
@require_safe
def calendar(request: ActorRequest) -> HttpResponse:
    """A month, Monday first."""
    if not is_desk(request):
        return redirect("activities:open")
    now = timezone.now()
    first = _month(request.GET.get("month", ""), localdate(now))
    days = list(Calendar().itermonthdates(first.year, first.month))
    rows = queries.shifts_between(
        request.actor, since=_midnight(days[0]), until=_midnight(days[-1] + timedelta(days=1)), now=now
    )
    cells = [
        CalendarDay(day, day.month == first.month, day == localdate(now), [row for row in rows if row.on == day])
        for day in days
    ]
    context = {
        "weeks": [cells[start : start + 7] for start in range(0, len(cells), 7)],
        "first": first,
        "previous": (first - timedelta(days=1)).strftime("%Y-%m"),
        "following": (first + timedelta(days=32)).strftime("%Y-%m"),
        "tabs": _tabs("calendar"),
        "may_edit": request.actor.holds(Permission.ACTIVITY_EDIT),
    }
    return render(request, "activities/calendar.html", context)


def _listing(request: ActorRequest, now: datetime):  # type: ignore[no-untyped-def]
    rows = queries.with_numbers(Shift.objects.visible_to(request.actor))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(activity__title__icontains=text) | rows.filter(activity__place__icontains=text)
    if not any(request.GET.get(name) for name in ("since", "until", "q")):
        rows = rows.filter(ends_at__gte=now - WEEK)
    sorts = {"start": "starts_at", "title": "activity__title", "placed": "placed", "present": "present"}
    address = reverse("activities:export")
    return listing(request, rows, sorts=sorts, default="start", filterset=ShiftFilter, export_url=address)


def _tabs(current: str) -> list[Tab]:
    return [
        Tab(_("List"), reverse("activities:list"), current == "list"),
        Tab(_("Calendar"), reverse("activities:calendar"), current == "calendar"),
    ]


def _month(text: str, today: date) -> date:
    """The first of the month that was asked for; of this one where there is no such month, nor one on either side."""
    try:
        year, month = (int(part) for part in text.split("-"))
        return date(year, month, 1) if MINYEAR < year < MAXYEAR else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
