"""Figures for reports (S5): studios, sessions held against planned, residents received, cases closed."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from guangcai.activities.models import Shift
from guangcai.cases.enums import OPEN, OriginKind
from guangcai.cases.models import Case
from guangcai.core.scoping import under
from guangcai.studios import rules
from guangcai.studios.enums import TicketState
from guangcai.studios.models import Studio, Ticket

# Dimension -> the column of a studio that it groups by.
DIMENSIONS = {"studio": "name", "kind": "kind__name", "community": "community__name"}


@dataclass(frozen=True)
class StudioCount:
    """One row: its dimensions, and what was counted. cases: made of receptions of the period; closed: of these."""

    dimensions: dict[str, str]
    studios: int
    held: int
    planned: int
    received: int
    cases: int
    closed: int


def count_studios(paths: Sequence[str], *, by: Sequence[str], since: date, until: date) -> list[StudioCount]:
    """Studios under `paths` with sessions from `since` to `until` (local days, both included), by DIMENSIONS.

    A week of alternatives counts once (A20); what was called off stays planned. Five queries whatever the number of
    rows. Raises KeyError for a dimension that does not exist. Source: S5.
    """
    columns = {f"of_{name}": DIMENSIONS[name] for name in by}
    studios = {row["activity"]: row for row in _studios(paths, columns)}
    span = {"starts_at__gte": _midnight(since), "starts_at__lt": _midnight(until + timedelta(days=1))}
    shifts = Shift.objects.filter(activity__in=list(studios), **span)
    openings: dict[UUID, list[rules.Opening]] = defaultdict(list)
    for activity, group, closed_at in shifts.values_list("activity", "alternative_group", "closed_at"):
        openings[activity].append(rules.Opening(group, closed_at is not None))
    received = _received(shifts)
    cases, closed = _cases(shifts)
    groups: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for activity in openings:
        groups[tuple(studios[activity][name] for name in columns)].append(activity)
    return [
        StudioCount(
            dimensions=dict(zip(by, key, strict=True)),
            studios=len(members),
            held=sum(rules.held_of(openings[one]).held for one in members),
            planned=sum(rules.held_of(openings[one]).planned for one in members),
            received=sum(received[one] for one in members),
            cases=sum(cases[one] for one in members),
            closed=sum(closed[one] for one in members),
        )
        for key, members in sorted(groups.items())
    ]


def _studios(paths: Sequence[str], columns: dict[str, str]) -> list[dict[str, Any]]:
    rows = Studio.objects.filter(under("path", paths)).annotate(**{name: F(path) for name, path in columns.items()})
    return list(rows.order_by("pk").values("activity", *columns))


def _received(shifts: "QuerySet[Shift]") -> Counter[UUID]:
    rows = Ticket.objects.filter(shift__in=shifts, state=TicketState.RECEIVED).order_by()
    return Counter(dict(rows.values_list("shift__activity").annotate(n=Count("pk"))))


def _cases(shifts: "QuerySet[Shift]") -> tuple[Counter[UUID], Counter[UUID]]:
    """Cases that grew out of numbers of these sessions, by activity: all, and those that have ended. Two statements."""
    numbers = Ticket.objects.filter(shift__in=shifts)
    of_ticket = dict(numbers.filter(state=TicketState.RECEIVED).values_list("pk", "shift__activity"))
    origin = Q(from_kind=OriginKind.RECEPTION, from_id__in=numbers.values("pk"))
    made: Counter[UUID] = Counter()
    ended: Counter[UUID] = Counter()
    for ticket, state in Case.objects.filter(origin).values_list("from_id", "state"):
        activity = of_ticket.get(ticket) if ticket is not None else None
        if activity is not None:
            made[activity] += 1
            ended[activity] += state not in OPEN
    return made, ended


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
