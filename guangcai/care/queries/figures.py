"""Figures of care (S8): exact for the desk, in bands for everybody else (docs/adr/0019)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from guangcai.care.enums import HouseholdCategory, PairingKind, RiskTier
from guangcai.care.models import Household, Pairing, Visit
from guangcai.care.queries.households import late_among
from guangcai.care.queries.past import past_of
from guangcai.core.actor import Actor
from guangcai.core.bands import Band, band_of
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.orgs.models import Node
from guangcai.orgs.policies import SmallCount, in_force_at_each


@dataclass(frozen=True)
class Cell:
    """One figure: exact where the reader runs the desk, else its band."""

    exact: int | None
    band: Band

    @property
    def number(self) -> int:
        """For sums and charts: what may be told, never more."""
        return self.band.low if self.exact is None else self.exact

    def __str__(self) -> str:
        return str(self.band) if self.exact is None else str(self.exact)


@dataclass(frozen=True)
class CommunityFigures:
    """A community: all households, those with somebody, late ones, and by tier and category."""

    community: Node
    households: Cell
    paired: Cell
    late: Cell
    tiers: tuple[Cell, ...]
    categories: tuple[Cell, ...]
    visits: Cell

    @property
    def tier_cells(self) -> list[tuple[str, Cell]]:
        return list(zip((str(word) for word in RiskTier.labels), self.tiers, strict=True))

    @property
    def category_cells(self) -> list[tuple[str, Cell]]:
        return list(zip((str(word) for word in HouseholdCategory.labels), self.categories, strict=True))


Counts = dict[tuple[object, ...], int]


def figures(actor: Actor, *, paths: Sequence[str], now: datetime, since: date) -> list[CommunityFigures]:
    """A line for each community under `paths` the actor oversees or works in; a fixed number of statements.

    visits: since that local day.
    """
    seen = (*actor.paths_with(Permission.CARE_VIEW), *actor.paths_with(Permission.CARE_OVERSEE))
    here = Node.objects.in_force(localdate(now)).communities().filter(under("path", seen) & under("path", paths))
    nodes = list(here.order_by("code"))
    limits = in_force_at_each(SmallCount, paths=[node.path for node in nodes], on=localdate(now)) if nodes else {}
    desks = actor.paths_with(Permission.CARE_VIEW)
    counts = _counts(nodes, now=now, since=since)
    return [_line(node, counts, is_exact=covers(desks, node.path), below=limits[node.path].below) for node in nodes]


def _counts(nodes: Sequence[Node], *, now: datetime, since: date) -> dict[str, Counts]:
    rows = Household.objects.current().filter(community__in=nodes)
    live = Pairing.objects.held().filter(household=OuterRef("pk"))
    return {
        "all": _by(rows),
        "paired": _by(rows.filter(Exists(live))),
        "late": _by(late_among(rows, now=now)),
        "tier": _by(rows, "tier"),
        "category": _by(rows, "category"),
        "visits": _by(Visit.objects.standing().filter(community__in=nodes, visited_on__gte=since)),
    }


def _line(node: Node, counts: dict[str, Counts], *, is_exact: bool, below: int) -> CommunityFigures:
    def cell(name: str, *key: object) -> Cell:
        count = counts[name].get((node.pk, *key), 0)
        return Cell(count if is_exact else None, band_of(count, below=below))

    return CommunityFigures(
        community=node,
        households=cell("all"),
        paired=cell("paired"),
        late=cell("late"),
        tiers=tuple(cell("tier", tier) for tier in RiskTier.values),
        categories=tuple(cell("category", one) for one in HouseholdCategory.values),
        visits=cell("visits"),
    )


@dataclass(frozen=True)
class Linked:
    """Households somebody looks after, visits to them in the period, how many were due in it and how many of those were
    made, and households whose visit is late (today only)."""

    values: dict[str, str]
    households: int
    visits: int
    due: int
    made: int
    late: int | None


# Dimension -> column of a pairing; of a visit or household the same with what leads there.
COLUMNS: Final = {
    "community": "community__name",
    "tier": "household__tier",
    "category": "household__category",
    "pairing": "kind",
}
WORDS: Final = {"tier": RiskTier, "category": HouseholdCategory, "pairing": PairingKind}
Key = tuple[str, ...]


def count_linked(
    actor: Actor | None, *, paths: Sequence[str], by: Sequence[str], on: date, since: date, now: datetime
) -> list[Linked]:
    """Households linked and visits by community, tier, category or kind of pairing (S8): a fixed number of statements.

    actor None is the program itself. For everybody but the desk each community's figure is the lower end of its band,
    so that no place, filter or day tells what another one hides.
    """
    here = under("path", list(paths))
    ended = Q(ended_at=None) | Q(ended_at__date__gt=on)
    held = Pairing.objects.filter(here, ended, held_since__lte=on)
    went = Visit.objects.standing().filter(here, pairing__isnull=False, visited_on__gte=since, visited_on__lte=on)
    columns = [COLUMNS[name] for name in by]
    of_visit = [column if column != "kind" else "pairing__kind" for column in columns]
    of_home = [column.removeprefix("household__") if column != "kind" else "pairings__kind" for column in columns]
    tell = _Teller(actor, on=on)
    linked = tell.sums(held, columns, "household", by)
    visits = tell.sums(went, of_visit, "pk", by)
    due, made = _past(tell, Household.objects.filter(here), by, since=since, on=on, now=now)
    late: dict[Key, int] | None = None
    if on >= localdate(now):
        overdue = late_among(Household.objects.current().filter(here), now=now).values("pk")
        looked_after = Q(pairings__ended_at=None, pairings__held_since__isnull=False)
        late = tell.sums(Household.objects.filter(looked_after, pk__in=overdue), of_home, "pk", by)
    return [
        Linked(
            dict(zip(by, key, strict=True)),
            linked.get(key, 0),
            visits.get(key, 0),
            due.get(key, 0),
            made.get(key, 0),
            _of(late, key),
        )
        for key in sorted({*linked, *visits, *due, *(late or ())})
    ]


def _past(
    tell: "_Teller", rows: QuerySet[Household], by: Sequence[str], *, since: date, on: date, now: datetime
) -> tuple[dict[Key, int], dict[Key, int]]:
    """Visits that fell due in the period, and those of them that were made: in the tier of their day."""
    due: Counter[tuple[str, Key]] = Counter()
    made: Counter[tuple[str, Key]] = Counter()
    for home in past_of(rows, since=since, until=on, now=now):
        for each in home.due:
            values = {"community": home.community, "tier": each.tier, "category": home.category}
            for kind in home.kinds_on(each.on) if "pairing" in by else [""]:
                key = tuple((values | {"pairing": kind})[name] for name in by)
                due[home.path, key] += 1
                made[home.path, key] += each.is_made
    return tell.told(due, by), tell.told(made, by)


def _of(counts: dict[Key, int] | None, key: Key) -> int | None:
    return None if counts is None else counts.get(key, 0)


class _Teller:
    """Adds up what may be told of each community."""

    def __init__(self, actor: Actor | None, *, on: date) -> None:
        self.actor, self.on = actor, on

    def sums(self, rows: QuerySet[Any], columns: Sequence[str], what: str, by: Sequence[str]) -> dict[Key, int]:
        counted = rows.order_by().values_list("path", *columns).annotate(number=Count(what, distinct=True))
        return self.told({(path, tuple(key)): number for path, *key, number in counted}, by)

    def told(self, counts: Mapping[tuple[str, Key], int], by: Sequence[str]) -> dict[Key, int]:
        """counts: by path and codes of the dimensions."""
        paths = {path for path, _codes in counts}
        limits = in_force_at_each(SmallCount, paths=paths, on=self.on) if paths else {}
        found: dict[Key, int] = {}
        for (path, codes), number in counts.items():
            exact = self.actor is None or covers(self.actor.paths_with(Permission.CARE_VIEW), path)
            told = number if exact else band_of(number, below=limits[path].below).low
            key = tuple(_word(name, code) for name, code in zip(by, codes, strict=True))
            found[key] = found.get(key, 0) + told
        return found


def _word(name: str, code: str) -> str:
    return str(WORDS[name](code).label) if name in WORDS else code


def _by(rows: QuerySet[Household] | QuerySet[Visit], *columns: str) -> Counts:
    counted = rows.order_by().values("community_id", *columns).annotate(number=Count("pk", distinct=True))
    return {(row["community_id"], *(row[name] for name in columns)): row["number"] for row in counted}
