"""Entries of a competition with what the judges gave."""

from dataclasses import dataclass

from guangcai.councils import rules
from guangcai.councils.models import Contest, ContestEntry, Score


@dataclass(frozen=True)
class EntryLine:
    """One project: hundredths of a point, None before any judge; how many judges."""

    entry: ContestEntry
    hundredths: int | None
    judges: int

    @property
    def points(self) -> str:
        return "" if self.hundredths is None else f"{self.hundredths / 100:.2f}"


def entries_of(contest: Contest) -> list[EntryLine]:
    """Projects, those with the most points first. Two queries."""
    given: dict[object, list[tuple[int, int, int]]] = {}
    rows = Score.objects.filter(entry__contest=contest).order_by()
    for entry, judge, weight, points in rows.values_list("entry_id", "judge", "criterion__weight", "points"):
        given.setdefault(entry, []).append((judge, weight, points))
    entries = ContestEntry.objects.filter(contest=contest).select_related("work_unit").order_by("entered_at", "pk")
    lines = [
        EntryLine(one, rules.weighed(given.get(one.pk, ())), len({judge for judge, _w, _p in given.get(one.pk, ())}))
        for one in entries
    ]
    return sorted(lines, key=lambda line: -(line.hundredths or 0))
