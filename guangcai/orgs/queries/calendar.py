"""Reads of the working-day calendar as the installation has set it."""

from dataclasses import dataclass
from datetime import date, timedelta

from guangcai.core.workdays import is_working_day
from guangcai.orgs.models import WorkdayOverride


@dataclass(frozen=True)
class CalendarDay:
    """A day that is not as its weekday says, or that somebody has set."""

    day: date
    is_worked: bool
    is_set: bool
    source: str = ""


def workday_overrides() -> dict[date, bool]:
    """Every day set by hand, for the functions of core.workdays. One small query."""
    return dict(WorkdayOverride.objects.values_list("day", "is_worked"))


def special_days(year: int) -> list[CalendarDay]:
    """The days of a year that differ from their weekday, by the calendar or by hand, in order. One query."""
    rows = {row.day: row for row in WorkdayOverride.objects.filter(day__year=year)}
    overrides = {day: row.is_worked for day, row in rows.items()}
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    return [
        CalendarDay(day, worked, day in rows, rows[day].source if day in rows else "")
        for day in days
        if (worked := is_working_day(day, overrides)) != (day.weekday() < 5) or day in rows
    ]
