"""Figures for reports (S6): shifts held, people present, minutes given, outcomes summed by unit of measure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Model, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth
from django.utils import timezone

from guangcai.activities.enums import ActivityKind, Presence
from guangcai.activities.models import Attendance, Outcome, Shift

# Dimension -> the column of a shift that it groups by.
DIMENSIONS = {
    "community": "community__name",
    "kind": "activity__kind",
    "theme": "activity__service_kind__name",
    "activity": "activity__title",
    "month": "month",
}


@dataclass(frozen=True)
class ActivityCount:
    """One row: its dimensions, and what was counted under them. outcomes: (name, unit of measure) -> quantity."""

    dimensions: dict[str, str]
    activities: int
    shifts: int
    participations: int
    participants: int
    minutes: int
    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)


def count_activities(
    path: str, *, by: Sequence[str] = (), since: date, until: date, held_only: bool = True
) -> list[ActivityCount]:
    """Shifts under `path` from `since` to `until` (local days, both included), grouped by `by` (DIMENSIONS).

    Without `by` there is one row, of zeros when nothing was held. held_only: closed shifts; else also those planned and
    published. Three queries whatever the number of rows. Raises KeyError for a dimension that does not exist.
    Source: S6.
    """
    shifts = _shifts(path, since=since, until=until, held_only=held_only)
    columns = {name: DIMENSIONS[name] for name in by}
    counted = _grouped(shifts, columns, "", n=Count("pk"), kinds=Count("activity", distinct=True))
    people = _grouped(
        Attendance.objects.filter(presence=Presence.PRESENT, shift__in=shifts),
        columns,
        "shift__",
        n=Count("pk"),
        people=Count("member", distinct=True),
        given=Sum("minutes", default=0),
    )
    outcomes: dict[tuple[str, ...], dict[tuple[str, str], int]] = {}
    for key, name, unit, total in _outcomes(shifts, columns):
        outcomes.setdefault(key, {})[name, unit] = total
    nobody = {"n": 0, "people": 0, "given": 0}
    return [
        ActivityCount(
            dimensions=dict(zip(columns, key, strict=True)),
            activities=row["kinds"],
            shifts=row["n"],
            participations=people.get(key, nobody)["n"],
            participants=people.get(key, nobody)["people"],
            minutes=people.get(key, nobody)["given"],
            outcomes=outcomes.get(key, {}),
        )
        for key, row in sorted(counted.items())
    ]


def _shifts(path: str, *, since: date, until: date, held_only: bool) -> QuerySet[Shift]:
    span = Q(starts_at__gte=_midnight(since), starts_at__lt=_midnight(until + timedelta(days=1)))
    shifts = Shift.objects.filter(span, path__under=path, cancelled_at=None, activity__published_at__isnull=False)
    return shifts.filter(closed_at__isnull=False) if held_only else shifts.filter(activity__cancelled_at=None)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _grouped(
    rows: QuerySet[Model], columns: dict[str, str], prefix: str, **figures: Count | Sum
) -> dict[tuple[str, ...], dict[str, int]]:
    # Without a dimension everything is one group: values() of nothing would group by every column.
    names = _named(columns, prefix) or {"by_nothing": Value(1)}
    found = rows.annotate(**names).order_by().values(*names).annotate(**figures)
    return {_key(columns, row): {name: row[name] for name in figures} for row in found}


def _outcomes(shifts: QuerySet[Shift], columns: dict[str, str]) -> list[tuple[tuple[str, ...], str, str, int]]:
    names = _named(columns, "shift__")
    found = Outcome.objects.filter(shift__in=shifts).annotate(**names).order_by().values(*names, "name", "unit")
    return [
        (_key(columns, row), row["name"], row["unit"], row["total"]) for row in found.annotate(total=Sum("quantity"))
    ]


def _named(columns: dict[str, str], prefix: str) -> dict[str, F | TruncMonth | Value]:
    """One annotation per dimension, under a name of its own."""
    return {
        f"by_{name}": TruncMonth(f"{prefix}starts_at") if name == "month" else F(f"{prefix}{column}")
        for name, column in columns.items()
    }


def _key(columns: dict[str, str], row: dict[str, object]) -> tuple[str, ...]:
    return tuple(_worded(name, row[f"by_{name}"]) for name in columns)


def _worded(name: str, value: object) -> str:
    if name == "kind":
        return str(ActivityKind(str(value)).label)
    if isinstance(value, datetime):
        return f"{value:%Y-%m}"
    return str(value or "")
