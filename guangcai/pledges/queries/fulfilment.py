"""How far pledges are fulfilled: drawn from confirmed service where a line says so, else from the member's marks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import ExtractYear

from guangcai.ledger.models import ServiceEntry
from guangcai.pledges import rules
from guangcai.pledges.enums import Measure
from guangcai.pledges.models import Pledge, PledgeLine, PledgeMark

Key = tuple[UUID, int, int]


@dataclass(frozen=True)
class LineState:
    """One line with what was done about it. served: of the pledge's year, zero where the member marks it himself."""

    line: PledgeLine
    served: rules.Served
    mark: PledgeMark | None
    is_fulfilled: bool

    @property
    def is_drawn(self) -> bool:
        return self.line.measure != Measure.NOTE


@dataclass(frozen=True)
class Fulfilment:
    lines: tuple[LineState, ...]

    @property
    def done(self) -> int:
        return sum(line.is_fulfilled for line in self.lines)

    @property
    def is_whole(self) -> bool:
        return bool(self.lines) and all(line.is_fulfilled for line in self.lines)


def fulfilment(pledges: Iterable[Pledge]) -> dict[UUID, Fulfilment]:
    """Pledge -> its lines and how far each is: three queries, however many pledges."""
    rows = list(pledges)
    lines = list(PledgeLine.objects.filter(pledge__in=rows).select_related("kind").order_by("pledge", "position"))
    marks = {mark.line_id: mark for mark in PledgeMark.objects.filter(line__in=lines, withdrawn_at=None)}
    served = _served(rows)
    found: dict[UUID, list[LineState]] = {row.pk: [] for row in rows}
    of = {row.pk: row for row in rows}
    for line in lines:
        found[line.pledge_id].append(_state(line, of[line.pledge_id], served, marks.get(line.pk)))
    return {key: Fulfilment(tuple(states)) for key, states in found.items()}


def entries_behind(line: PledgeLine, pledge: Pledge) -> "QuerySet[ServiceEntry]":
    """The confirmed records that count for a line, the newest first."""
    rows = ServiceEntry.objects.standing().filter(
        member=pledge.member_id, served_on__gte=date(pledge.year, 1, 1), served_on__lt=date(pledge.year + 1, 1, 1)
    )
    if line.measure == Measure.NOTE:
        return rows.none()
    return (rows.filter(kind=line.kind_id) if line.kind_id else rows).order_by("-starts_at", "pk")


def _served(rows: list[Pledge]) -> dict[Key, rules.Served]:
    """(member, year, kind of service) -> confirmed service, for the members and years of these pledges."""
    if not rows:
        return {}
    years = [row.year for row in rows]
    counted = (
        ServiceEntry.objects.standing()
        .filter(
            member__in={row.member_id for row in rows},
            served_on__gte=date(min(years), 1, 1),
            served_on__lt=date(max(years) + 1, 1, 1),
        )
        .order_by()
        .values(who=F("member_id"), year=ExtractYear("served_on"), what=F("kind_id"))
        .annotate(times=Count("pk"), n_minutes=Sum("minutes"), n_deeds=Sum("deeds"))
    )
    return {
        (row["who"], row["year"], row["what"]): rules.Served(row["times"], row["n_minutes"], row["n_deeds"])
        for row in counted
    }


def _state(line: PledgeLine, pledge: Pledge, served: dict[Key, rules.Served], mark: PledgeMark | None) -> LineState:
    counted = rules.Served()
    if line.measure != Measure.NOTE:
        own = [
            one
            for (who, year, what), one in served.items()
            if who == pledge.member_id and year == pledge.year and line.kind_id in (None, what)
        ]
        counted = rules.Served(
            sum(one.times for one in own), sum(one.minutes for one in own), sum(one.deeds for one in own)
        )
    done = rules.is_line_fulfilled(measure=line.measure, times=line.times, served=counted, is_marked=mark is not None)
    return LineState(line, counted, mark, done)
