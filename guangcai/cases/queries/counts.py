"""Three rates and S9, counted from cases that were dispatched in a period; the bounce counter. Never by person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import now as clock

from guangcai.cases.enums import OUTSIDE_RATES, StepKind
from guangcai.cases.models import Case, CaseStep
from guangcai.cases.queries.board import overdue
from guangcai.core.actor import Actor
from guangcai.core.days import span
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.orgs.policies import CaseRates, in_force_at

# In the rates: dispatched, somebody stands behind it, and it is nobody's double nor ruled out by the street.
IN_RATES = Q(is_anonymous=False) & ~Q(close_code__in=OUTSIDE_RATES)
IN_TIME = Q(responded_at__isnull=False, responded_at__lte=F("due_response"))
CALLED = Q(is_solved__isnull=False)
SAID = Q(is_satisfied__isnull=False)
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
    counted = _dispatched(paths, since=since, until=until).aggregate(**_measures(now or clock()))
    return Rates(weights=in_force_at(CaseRates, path=path, on=until), **counted)


def count_cases(*, paths: Iterable[str], by: tuple[str, ...], since: date, until: date) -> list[dict[str, Any]]:
    """S9: one row for each value of `by` (category, item, community), with the counts the rates are made of.

    count: every case dispatched in the period; the other figures leave out doubles, anonymous cases and what the
    street ruled out. One statement. Source: S9, §2.10.
    """
    rows = _dispatched(paths, since=since, until=until)
    named = {f"by_{name}": F(DIMENSIONS[name]) for name in by}
    counted = rows.values(**named).annotate(count=Count("pk"), **_measures(clock())).order_by(*named)
    return [{name.removeprefix("by_"): told for name, told in row.items()} for row in counted]


def bounces(*, actor: Actor, path: str, since: date, until: date) -> list[dict[str, Any]]:
    """How often cases came back, by item and by the body that answers for it: never by whoever was asked."""
    allowed = [
        one for one in actor.paths_with(Permission.STATISTICS_VIEW) if covers([path], one) or covers([one], path)
    ]
    begin, end = span(since, until)
    steps = CaseStep.objects.filter(kind__in=[StepKind.RETURNED, StepKind.DISPUTED], at__gte=begin, at__lt=end)
    steps = steps.filter(under("case__path", [path]), under("case__path", allowed))
    rows = steps.values(item=F("case__item__name"), body=F("case__item__body"), unit_name=F("case__item__unit__name"))
    return [
        dict(row)
        for row in rows.annotate(count=Count("pk"), cases=Count("case", distinct=True)).order_by("-count", "item")
    ]


def conditions(now: datetime) -> dict[str, Q]:
    """What each figure counts, among the cases dispatched in the period; the board's filter shows the same rows."""
    return {
        "dispatched": IN_RATES,
        "answered": IN_RATES & IN_TIME,
        "asked": IN_RATES & CALLED,
        "solved": IN_RATES & Q(is_solved=True),
        "rated": IN_RATES & SAID,
        "satisfied": IN_RATES & Q(is_satisfied=True),
        "left_out": ~IN_RATES,
        "returned": IN_RATES & Q(returns__gt=0),
        "overdue": IN_RATES & (overdue(now) | Q(done_at__gt=F("due_solution"))),
    }


def _measures(now: datetime) -> dict[str, Count]:
    return {name: Count("pk", filter=found) for name, found in conditions(now).items()}


def dispatched_within(rows: "QuerySet[Case]", since: date, until: date) -> "QuerySet[Case]":
    """Cases first dispatched on one of these local days."""
    begin, end = span(since, until)
    return rows.filter(dispatched_at__gte=begin, dispatched_at__lt=end)


def _dispatched(paths: Iterable[str], *, since: date, until: date) -> "QuerySet[Case]":
    return dispatched_within(Case.objects.filter(under("path", paths)), since, until)
