"""How figures are shown: rows as words, a chart, and where each number leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from guangcai.care.enums import HouseholdCategory, RiskTier
from guangcai.cases.models import Category, Item
from guangcai.core import charts
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.councils.enums import PledgeKind, ProposalState
from guangcai.members.models import Occupation, SkillKind
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, WorkUnit
from guangcai.posts.models import PostKind
from guangcai.reports.statistics import Figures
from guangcai.reports.wording import DIMENSION_WORDS, LINK_WORDS, MEASURE_WORDS, REQUEST_FIGURES
from guangcai.studios.models import StudioKind
from guangcai.teams.enums import TeamBasis, TeamKind
from guangcai.teams.models import TeamField
from guangcai.wishes.enums import WishChannel, WishState
from guangcai.wishes.models import AidKind, WishKind

COUNTED_LEVELS = [Level.DISTRICT, Level.STREET, Level.COMMUNITY]


@dataclass(frozen=True)
class ShownRow:
    """One line: the words of its dimensions, its numbers, and the list behind each of them ("" when none)."""

    words: tuple[str, ...]
    numbers: tuple[int, ...]
    urls: tuple[str, ...]

    @property
    def cells(self) -> list[tuple[int, str]]:
        return list(zip(self.numbers, self.urls, strict=True))


@dataclass(frozen=True)
class Shown:
    """A statistic as a page draws it."""

    figures: Figures
    heads: tuple[str, ...]
    number_heads: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    chart: dict[str, Any] | None


def countable_nodes(actor: Actor, *, on: date) -> "QuerySet[Node]":
    """Districts, streets and communities the actor may count, top down."""
    paths = actor.paths_with(Permission.STATISTICS_VIEW)
    return Node.objects.in_force(on).filter(under("path", paths), level__in=COUNTED_LEVELS).order_by("path")


def shown(figures: Figures, *, actor: Actor) -> Shown:
    """The rows as words with their way to the names behind them. At most two queries, whatever the rows."""
    links = _links_of(figures, actor)
    rows = tuple(
        ShownRow(
            words=tuple(str(LINK_WORDS.get(row[name], row[name]) or "—") for name in figures.by),
            numbers=tuple(row.get(measure, 0) for measure in figures.measures),
            urls=tuple(urls.get(measure, "") for measure in figures.measures),
        )
        for row, urls in zip(figures.rows, map(links.of, figures.rows), strict=True)
    )
    return Shown(
        figures=figures,
        heads=tuple(str(DIMENSION_WORDS[name]) for name in figures.by),
        number_heads=tuple(str(MEASURE_WORDS[name]) for name in figures.measures),
        rows=rows,
        chart=_chart(figures, rows),
    )


def _chart(figures: Figures, rows: tuple[ShownRow, ...]) -> dict[str, Any] | None:
    """Bars of the count, by the first dimension; stacked by the second, when there is one."""
    if not rows or not figures.by:
        return None
    categories = list(dict.fromkeys(row.words[0] for row in rows))
    if len(figures.by) == 1:
        return charts.bars(categories, {str(MEASURE_WORDS["count"]): [row.numbers[0] for row in rows]})
    series: dict[str, list[int | float]] = {
        name: [0] * len(categories) for name in dict.fromkeys(row.words[1] for row in rows)
    }
    for row in rows:
        series[row.words[1]][categories.index(row.words[0])] += row.numbers[0]
    return charts.bars(categories, series, stacked=True)


class _RosterLinks:
    """From a row of the member statistic to the roster filtered alike."""

    TABLES = {"community": Node, "occupation": Occupation, "skill": SkillKind, "unit": WorkUnit}

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.keys: dict[str, dict[str, int]] = {}
        if figures.name == "members":
            for name in figures.by:
                if name in self.TABLES:
                    words = {row[name] for row in figures.rows}
                    table = self.TABLES[name]._default_manager.filter(name__in=words)
                    if name == "community":
                        table = table.filter(path__under=figures.node.path)
                    self.keys[name] = dict(table.values_list("name", "pk"))

    def of(self, row: dict[str, Any]) -> dict[str, str]:
        if self.figures.name != "members":
            return {}
        query = {name: self.keys[name].get(row[name], "") for name in self.keys}
        query.setdefault("community", self.figures.node.pk)
        return {"count": _address("members:roster", query)}


class _ListLinks:
    """From the figures of a row to the lists they count, filtered alike. At most two queries.

    addresses: measure -> name of the list. keys: dimension -> word -> what the list's filter calls it.
    over_period: the list has filters for the first and the last day.
    """

    def __init__(
        self,
        figures: Figures,
        *,
        addresses: Mapping[str, str],
        keys: Mapping[str, Mapping[str, object]],
        over_period: bool = False,
    ) -> None:
        self.figures, self.addresses, self.over_period = figures, addresses, over_period
        self.keys = dict(keys)
        if "community" in figures.by:
            below = Node.objects.filter(path__under=figures.node.path)
            self.keys["community"] = dict(below.values_list("name", "pk"))

    def of(self, row: dict[str, Any]) -> dict[str, str]:
        query = {name: self.keys[name].get(row[name], "") for name in self.figures.by if name in self.keys}
        if self.over_period and self.figures.period:
            query |= dict(zip(("since", "until"), self.figures.period, strict=True))
        return {measure: _address(name, query) for measure, name in self.addresses.items()}


class _WishLinks(_ListLinks):
    """From the three figures of wishes to the list, each by the day on which that happened."""

    HAPPENED: Mapping[str, str] = {
        "count": WishState.COLLECTED,
        "wishes_claimed": WishState.CLAIMED,
        "wishes_fulfilled": WishState.CONFIRMED,
    }

    def __init__(self, figures: Figures) -> None:
        keys: dict[str, Mapping[str, object]] = {"channel": {str(one.label): one.value for one in WishChannel}}
        if "kind" in figures.by:
            keys["kind"] = dict(WishKind.objects.values_list("name", "pk"))
        super().__init__(figures, addresses=dict.fromkeys(self.HAPPENED, "wishes:list"), keys=keys, over_period=True)

    def of(self, row: dict[str, Any]) -> dict[str, str]:
        return {name: f"{url}&happened={self.HAPPENED[name]}" for name, url in super().of(row).items()}


class _RequestLinks(_ListLinks):
    """From each figure of requests to the board: the same cases, over the same days."""

    def __init__(self, figures: Figures) -> None:
        keys: dict[str, Mapping[str, object]] = {}
        if "category" in figures.by:
            keys["category"] = dict(Category.objects.values_list("name", "pk"))
        if "item" in figures.by:
            keys["item"] = dict(Item.objects.values_list("name", "pk"))
        addresses = dict.fromkeys(("count", *(f"requests_{name}" for name in REQUEST_FIGURES)), "cases:list")
        super().__init__(figures, addresses=addresses, keys=keys, over_period=True)

    def of(self, row: dict[str, Any]) -> dict[str, str]:
        return {
            name: url if name == "count" else f"{url}&figure={name.removeprefix('requests_')}"
            for name, url in super().of(row).items()
        }


class _PromiseLinks(_ListLinks):
    """From the figures of promises to the list: all, kept in time, kept late, late."""

    def __init__(self, figures: Figures) -> None:
        keys: dict[str, Mapping[str, object]] = {"kind": {str(one.label): one.value for one in PledgeKind}}
        if "unit" in figures.by:
            keys["unit"] = _units(figures)
        addresses = dict.fromkeys(("count", "kept", "kept_late", "late"), "councils:pledges")
        super().__init__(figures, addresses=addresses, keys=keys)

    def of(self, row: dict[str, Any]) -> dict[str, str]:
        return {name: url if name == "count" else f"{url}&state={name}" for name, url in super().of(row).items()}


def _units(figures: Figures) -> dict[str, object]:
    return dict(WorkUnit.objects.filter(name__in={row["unit"] for row in figures.rows}).values_list("name", "pk"))


def _council_links(figures: Figures) -> "_ListLinks":
    """From proposals, promises and agreements to their lists."""
    if figures.name == "promises":
        return _PromiseLinks(figures)
    if figures.name == "proposals":
        keys: dict[str, Mapping[str, object]] = {"state": {str(one.label): one.value for one in ProposalState}}
        return _ListLinks(figures, addresses={"count": "councils:proposals"}, keys=keys)
    units = {"unit": _units(figures)} if "unit" in figures.by else {}
    return _ListLinks(figures, addresses={"count": "councils:agreements"}, keys=units)


def _address(name: str, query: Mapping[str, object]) -> str:
    return f"{reverse(name)}?{urlencode({word: key for word, key in query.items() if key})}"


def _links_of(figures: Figures, actor: Actor) -> "_RosterLinks | _ListLinks":
    if figures.name == "households" and covers(actor.paths_with(Permission.CARE_VIEW), figures.node.path):
        codes: dict[str, Mapping[str, object]] = {
            "tier": {str(one.label): one.value for one in RiskTier},
            "category": {str(one.label): one.value for one in HouseholdCategory},
        }
        addresses = {"due": "care:due", "made": "care:due"}
        return _ListLinks(figures, addresses=addresses, keys=codes, over_period=True)
    if figures.name == "posts":
        kinds = dict(PostKind.objects.values_list("name", "pk")) if "kind" in figures.by else {}
        return _ListLinks(figures, addresses={"count": "posts:list"}, keys={"kind": kinds})
    if figures.name == "teams":
        keys: dict[str, Mapping[str, object]] = {
            "kind": {str(one.label): one.value for one in TeamKind},
            "basis": {str(one.label): one.value for one in TeamBasis},
        }
        if "field" in figures.by:
            keys["field"] = dict(TeamField.objects.values_list("name", "pk"))
        return _ListLinks(figures, addresses={"count": "teams:list"}, keys=keys)
    if figures.name == "studios":
        kinds = dict(StudioKind.objects.values_list("name", "pk")) if "kind" in figures.by else {}
        return _ListLinks(figures, addresses={"count": "studios:list"}, keys={"kind": kinds})
    if figures.name == "requests":
        return _RequestLinks(figures)
    if figures.name == "wishes" and covers(actor.paths_with(Permission.WISH_EDIT), figures.node.path):
        return _WishLinks(figures)
    if figures.name == "aid":
        kinds = dict(AidKind.objects.values_list("name", "pk")) if "programme" in figures.by else {}
        return _ListLinks(figures, addresses={"count": "wishes:programmes"}, keys={"programme": kinds})
    if figures.name in ("proposals", "promises", "agreements"):
        return _council_links(figures)
    return _RosterLinks(figures)
