"""Three rates and S9, counted from cases that were dispatched in a period; the bounce counter. Never by person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import now as clock

from guangcai.cases.enums import StepKind
from guangcai.cases.models import Case, CaseStep, Item
from guangcai.cases.models.computed import MEANT, Counted
from guangcai.cases.queries.board import overdue
from guangcai.core.actor import Actor
from guangcai.core.days import span
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.orgs.policies import CaseRates, in_force_at

IN_RATES = MEANT[Counted.IN_RATES]
# The figures that a case's own tally answers.
BY_TALLY = {
    "dispatched": Counted.IN_RATES,
    "answered": Counted.ANSWERED,
    "asked": Counted.ASKED,
    "solved": Counted.SOLVED,
    "rated": Counted.RATED,
    "satisfied": Counted.SATISFIED,
    "returned": Counted.RETURNED,
    "overdue": Counted.LATE,
}
DIMENSIONS = {"category": "item__category__name", "item": "item__name", "community": "community__name"}


@dataclass(frozen=True)
class Rates:
    """Raw counts and what they come to. asked: whom the call-back reached; a share is None without anybody."""

    dispatched: int
    answered: int
    asked: int
    solved: int
    rated: int
    satisfied: int
    left_out: int
    returned: int
    overdue: int
    weights: CaseRates

    @property
    def response(self) -> float | None:
        return self.answered / self.dispatched if self.dispatched else None

    @property
    def solution(self) -> float | None:
        return self.solved / self.asked if self.asked else None

    @property
    def satisfaction(self) -> float | None:
        return self.satisfied / self.rated if self.rated else None

    @property
    def joined(self) -> float | None:
        """The three by their weights; None while one of them has nothing to count."""
        parts = (self.response, self.solution, self.satisfaction)
        if any(part is None for part in parts):
            return None
        weights = (self.weights.response, self.weights.solution, self.weights.satisfaction)
        return sum((part or 0) * weight for part, weight in zip(parts, weights, strict=True)) / 100


def rates(*, actor: Actor, path: str, since: date, until: date, now: datetime | None = None) -> Rates:
    """The three rates under `path`, of cases first dispatched from `since` to `until` (both included), local days."""
    allowed = actor.paths_with(Permission.STATISTICS_VIEW)
    paths = [path] if covers(allowed, path) else [one for one in allowed if one.startswith(path)]
    (counted,) = _counted(_dispatched(paths, since=since, until=until), now=now or clock()) or [_nothing()]
    del counted["count"]
    return Rates(weights=in_force_at(CaseRates, path=path, on=until), **counted)


def count_cases(*, paths: Iterable[str], by: tuple[str, ...], since: date, until: date) -> list[dict[str, Any]]:
    """S9: one row for each value of `by` (category, item, community), with the counts the rates are made of.

    count: every case dispatched in the period; the other figures leave out doubles, anonymous cases and what the
    street ruled out. Two statements. Source: S9, §2.10.
    """
    rows = _counted(_dispatched(paths, since=since, until=until), *(DIMENSIONS[name] for name in by), now=clock())
    return [{**dict(zip(by, row.pop("by"), strict=True)), **row} for row in rows]


def bounces(*, actor: Actor, path: str, since: date, until: date) -> list[dict[str, Any]]:
    """How often cases came back, by item and by the body that answers for it: never by whoever was asked.

    Two statements.
    """
    allowed = [
        one for one in actor.paths_with(Permission.STATISTICS_VIEW) if covers([path], one) or covers([one], path)
    ]
    begin, end = span(since, until)
    steps = CaseStep.objects.filter(kind__in=[StepKind.RETURNED, StepKind.DISPUTED], at__gte=begin, at__lt=end)
    # Said again of the case, so that its small index answers for the place.
    steps = steps.filter(case__returns__gt=0)
    steps = steps.filter(under("case__path", [path]), under("case__path", allowed))
    # By the item's key, named afterwards: to sort 30,000 steps by names took longer than to count them.
    counts = steps.order_by().values_list("case__item").annotate(n=Count("*"), cases=Count("case", distinct=True))
    counted = {item: (count, cases) for item, count, cases in counts}
    found: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for item in Item.objects.filter(pk__in=counted).select_related("unit").order_by("name", "pk"):
        key = item.name, item.body, item.unit.name if item.unit else None
        named = dict(zip(("item", "body", "unit_name"), key, strict=True))
        row = found.setdefault(key, {**named, "count": 0, "cases": 0})
        row["count"] += counted[item.pk][0]
        row["cases"] += counted[item.pk][1]
    return sorted(found.values(), key=lambda row: -row["count"])


def conditions(now: datetime) -> dict[str, Q]:
    """What each figure counts, among the cases dispatched in the period; the board's filter shows the same rows."""
    figures = {name: IN_RATES & MEANT[bit] for name, bit in BY_TALLY.items()}
    return figures | {"left_out": ~IN_RATES, "overdue": IN_RATES & (overdue(now) | MEANT[Counted.LATE])}


def _nothing() -> dict[str, Any]:
    return {"count": 0, "left_out": 0, **dict.fromkeys(BY_TALLY, 0)}


def _counted(rows: "QuerySet[Case]", *by: str, now: datetime) -> list[dict[str, Any]]:
    """One row of figures for each value of `by`, in its order; the value itself, a tuple, under "by". Two statements.

    Counted by tally first, from the index alone (rows are counted, not their keys): some thirty groups, whatever the
    number of cases. What is overdue at this moment is not in a tally; it is asked of the open cases.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for *of, tally, count in rows.values_list(*by, "tally").annotate(n=Count("*")).order_by(*by):
        row = found.setdefault(tuple(of), _nothing() | ({"by": tuple(of)} if by else {}))
        _add(row, Counted(tally), count)
    late = rows.filter(overdue(now), ended_at=None)
    for *of, tally, count in late.values_list(*by, "tally").annotate(n=Count("*")).order_by(*by):
        if tuple(of) in found and Counted.IN_RATES in Counted(tally) and Counted.LATE not in Counted(tally):
            found[tuple(of)]["overdue"] += count
    return list(found.values())


def _add(row: dict[str, Any], tally: Counted, count: int) -> None:
    row["count"] += count
    if Counted.IN_RATES not in tally:
        row["left_out"] += count
        return
    for name, bit in BY_TALLY.items():
        row[name] += count if bit in tally else 0


def dispatched_within(rows: "QuerySet[Case]", since: date, until: date) -> "QuerySet[Case]":
    """Cases first dispatched on one of these local days."""
    begin, end = span(since, until)
    return rows.filter(dispatched_at__gte=begin, dispatched_at__lt=end)


def _dispatched(paths: Iterable[str], *, since: date, until: date) -> "QuerySet[Case]":
    return dispatched_within(Case.objects.filter(under("path", paths)), since, until)
