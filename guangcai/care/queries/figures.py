"""Figures of care (S8): exact for the desk, in bands for everybody else (docs/adr/0019)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.timezone import localdate

from guangcai.care import rules
from guangcai.care.enums import HouseholdCategory, PairingKind, RiskTier
from guangcai.care.models import Household, Pairing, Visit
from guangcai.care.queries.households import late_among
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.orgs.models import Node
from guangcai.orgs.policies import SmallCount, in_force_at_each


@dataclass(frozen=True)
class Cell:
    """One figure: exact where the reader runs the desk, else its band."""

    exact: int | None
    band: rules.Band

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
        return Cell(count if is_exact else None, rules.band_of(count, below=below))

    return CommunityFigures(
        community=node,
        households=cell("all"),
        paired=cell("paired"),
        late=cell("late"),
        tiers=tuple(cell("tier", tier) for tier in RiskTier.values),
        categories=tuple(cell("category", one) for one in HouseholdCategory.values),
        visits=cell("visits"),
    )


def count_households(
    actor: Actor | None, *, paths: Iterable[str], by: Sequence[str], on: date
) -> list[tuple[dict[str, str], int]]:
    """Households linked (S8) by community, tier, category or kind of pairing: one statement and the rules.

    actor None is the program itself: exact. For everybody but the desk each figure is the lower end of its band.
    """
    rows = Pairing.objects.held().filter(under("path", list(paths)))
    names = {"community": "community__name", "tier": "household__tier", "category": "household__category"}
    names["kind"] = "kind"
    columns = [names[name] for name in by]
    counted = rows.order_by().values(*columns, "path").annotate(number=Count("household", distinct=True))
    return _told(list(counted), columns, by, actor, on=on)


WORDS: Final = {
    "tier": lambda code: str(RiskTier(code).label),
    "category": lambda code: str(HouseholdCategory(code).label),
    "kind": lambda code: str(PairingKind(code).label),
}


def _told(
    counted: list[dict[str, object]], columns: list[str], by: Sequence[str], actor: Actor | None, *, on: date
) -> list[tuple[dict[str, str], int]]:
    paths = {str(row["path"]) for row in counted}
    limits = in_force_at_each(SmallCount, paths=paths, on=on) if paths else {}
    sums: dict[tuple[str, ...], int] = {}
    for row in counted:
        path, number = str(row["path"]), int(str(row["number"]))
        exact = actor is None or covers(actor.paths_with(Permission.CARE_VIEW), path)
        # Each community's figure on its own, so that no sum of places tells what a place does not.
        told = number if exact else rules.band_of(number, below=limits[path].below).low
        key = tuple(_word(name, str(row[column])) for name, column in zip(by, columns, strict=True))
        sums[key] = sums.get(key, 0) + told
    return [(dict(zip(by, key, strict=True)), number) for key, number in sorted(sums.items())]


def _word(name: str, code: str) -> str:
    return WORDS[name](code) if name in WORDS else code


def _by(rows: QuerySet[Household] | QuerySet[Visit], *columns: str) -> Counts:
    counted = rows.order_by().values("community_id", *columns).annotate(number=Count("pk", distinct=True))
    return {(row["community_id"], *(row[name] for name in columns)): row["number"] for row in counted}
