"""Figures for reports (S5): teams, the people in them, the entries of their logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Value

from guangcai.core.scoping import under
from guangcai.teams.enums import TeamBasis, TeamKind
from guangcai.teams.models import Team, TeamLog, TeamMembership

# Dimension -> the column of a team that it groups by.
DIMENSIONS = {"kind": "kind", "field": "field__name", "basis": "basis", "community": "node__name"}
WORDS = {"kind": dict(TeamKind.choices), "basis": dict(TeamBasis.choices)}


@dataclass(frozen=True)
class TeamCount:
    """One row: its dimensions in words, teams, different people in them, entries of their logs in the period."""

    dimensions: dict[str, str]
    teams: int
    members: int
    entries: int


def count_teams(paths: Sequence[str], *, by: Sequence[str], since: date, until: date) -> list[TeamCount]:
    """Teams under `paths` that live on `until`, grouped by `by` (DIMENSIONS); people in them on that day.

    Three queries whatever the number of rows. Raises KeyError for a dimension that does not exist. Source: S5.
    """
    live = Q(added_at__date__lte=until) & (Q(ended_at=None) | Q(ended_at__date__gt=until))
    teams = Team.objects.filter(live, under("path", paths))
    held = Q(held_since__lte=until) & (Q(ended_at=None) | Q(ended_at__date__gt=until))
    places = TeamMembership.objects.filter(held, team__in=teams)
    written = TeamLog.objects.in_force().filter(team__in=teams, held_on__gte=since, held_on__lte=until)
    counted = _grouped(teams, by, "", "pk")
    people, entries = _grouped(places, by, "team__", "member"), _grouped(written, by, "team__", "pk")
    return [
        TeamCount(
            dimensions={
                name: str(WORDS.get(name, {}).get(code, code) or "") for name, code in zip(by, key, strict=True)
            },
            teams=count,
            members=people.get(key, 0),
            entries=entries.get(key, 0),
        )
        for key, count in sorted(counted.items(), key=lambda item: [str(part) for part in item[0]])
    ]


def _grouped(rows: QuerySet, by: Sequence[str], prefix: str, what: str) -> dict[tuple[str, ...], int]:
    names: dict[str, F | Value] = {f"of_{name}": F(prefix + DIMENSIONS[name]) for name in by}
    names = names or {"of_nothing": Value("")}
    found = rows.order_by().annotate(**names).values(*names).annotate(n=Count(what, distinct=True))
    return {tuple(row[name] or "" for name in names)[: len(by)]: row["n"] for row in found}
