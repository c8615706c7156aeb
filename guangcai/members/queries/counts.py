"""Figures of the roster for statistics S1 and S2: by date, by subtree, one query each, reproducible later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.enums import MemberCategory, MemberType
from guangcai.members.models import Employment, Member, Residence
from guangcai.orgs.models.organisations import in_force


@dataclass(frozen=True)
class CountRow:
    """One figure: the values of its dimensions as people read them, the keys behind them, and the count.

    A value nobody has written down is "". By skill a member counts once for each of his skills.
    """

    values: Mapping[str, str]
    keys: Mapping[str, Any]
    count: int


@dataclass(frozen=True)
class LinkCounts:
    """How the formal relation and the home of members lie to a place (A06, A07) on a day."""

    lives_here: int
    relation_here: int
    both_here: int
    relation_here_lives_elsewhere: int
    lives_here_relation_elsewhere: int
    lives_here_relation_unknown: int


@dataclass(frozen=True)
class UnitRate:
    """How many of a unit's members have reported in anywhere."""

    work_unit_id: int
    work_unit: str
    members: int
    reported_in: int

    @property
    def share(self) -> float:
        return self.reported_in / self.members if self.members else 0.0


# Dimension -> (column of the key, column of the words, column of the order).
DIMENSIONS: dict[str, tuple[str, str, str]] = {
    "community": ("community_id", "community__name", "community__code"),
    "occupation": ("member__occupation_id", "member__occupation__name", "member__occupation__position"),
    "skill": ("member__skills__kind_id", "member__skills__kind__name", "member__skills__kind__position"),
    "category": ("member__category", "member__category", "member__category"),
    "type": ("member__member_type", "member__member_type", "member__member_type"),
    "unit": ("job__work_unit_id", "job__work_unit__name", "job__work_unit__name"),
}
WORDS: dict[str, dict[str, Any]] = {"category": dict(MemberCategory.choices), "type": dict(MemberType.choices)}


def count_members(*, path: str, by: Sequence[str], on: date, actor: Actor | None = None) -> list[CountRow]:
    """Members living under `path` on the local date `on`, by the dimensions named (keys of DIMENSIONS), in their order.

    actor: limits to what he may count; None for the command line. One query. Raises KeyError for another dimension.
    """
    rows: QuerySet[Any] = Residence.objects.filter(_area(path, actor), in_force(on))
    if "unit" in by:
        rows = rows.annotate(job=FilteredRelation("member__employments", condition=_held("member__employments", on)))
    if not by:
        return [CountRow({}, {}, rows.count())]
    columns = [DIMENSIONS[name] for name in by]
    wanted = dict.fromkeys(column for three in columns for column in three)
    counted = rows.values(*wanted).annotate(n=Count("pk")).order_by(*(order for _key, _words, order in columns))
    return [_count_row(row, by) for row in counted]


def count_links(*, path: str, on: date, actor: Actor | None = None) -> LinkCounts:
    """Relation here and home elsewhere, and its reverse, for the place `path` on `on`. One query."""
    home_here = under("home__path", _paths(path, actor))
    relation_here = under("relation_path", _paths(path, actor))
    rows = Member.objects.filter(merged_into=None).annotate(
        home=FilteredRelation("residences", condition=_held("residences", on)),
        tie=FilteredRelation("org_relations", condition=_held("org_relations", on)),
        relation_path=Coalesce("tie__party_organisation__node__path", "tie__party_organisation__work_unit__path"),
    )
    unknown = Q(relation_path=None)
    return LinkCounts(
        **rows.aggregate(
            lives_here=Count("pk", filter=home_here),
            relation_here=Count("pk", filter=relation_here),
            both_here=Count("pk", filter=home_here & relation_here),
            relation_here_lives_elsewhere=Count("pk", filter=relation_here & ~_sure(home_here, "home__path")),
            lives_here_relation_elsewhere=Count(
                "pk", filter=home_here & ~unknown & ~_sure(relation_here, "relation_path")
            ),
            lives_here_relation_unknown=Count("pk", filter=home_here & unknown),
        )
    )


def reported_in_rates(*, path: str, on: date, actor: Actor | None = None) -> list[UnitRate]:
    """Per work unit overseen under `path`: its members on `on`, and how many live somewhere on record. One query."""
    at_home = Residence.objects.filter(in_force(on), member=OuterRef("member"))
    rows = (
        Employment.objects.filter(under("work_unit__path", _paths(path, actor)), in_force(on))
        .filter(member__merged_into=None)
        .annotate(is_home=Exists(at_home))
        .values("work_unit_id", "work_unit__name")
        .annotate(members=Count("pk"), reported_in=Count("pk", filter=Q(is_home=True)))
        .order_by("work_unit__name")
    )
    return [UnitRate(row["work_unit_id"], row["work_unit__name"], row["members"], row["reported_in"]) for row in rows]


def _count_row(row: Mapping[str, Any], by: Sequence[str]) -> CountRow:
    values, keys = {}, {}
    for name in by:
        key, words, _order = DIMENSIONS[name]
        keys[name] = row[key]
        values[name] = str(WORDS.get(name, {}).get(row[words], row[words]) or "")
    return CountRow(values, keys, row["n"])


def _paths(path: str, actor: Actor | None) -> list[str]:
    """`path` as far as the actor may count: all of it, his part of it, or nothing."""
    if actor is None:
        return [path]
    allowed = actor.paths_with(Permission.STATISTICS_VIEW)
    if any(path.startswith(above) for above in allowed):
        return [path]
    return [below for below in allowed if below.startswith(path)]


def _area(path: str, actor: Actor | None) -> Q:
    return under("path", _paths(path, actor))


def _held(link: str, on: date) -> Q:
    """The link in force on a day, as a condition of its join."""
    return Q(**{f"{link}__since__lte": on}) & (Q(**{f"{link}__until": None}) | Q(**{f"{link}__until__gt": on}))


def _sure(condition: Q, column: str) -> Q:
    """`condition`, false instead of unknown where the column is empty, so that its negation counts the row."""
    return Q(**{f"{column}__isnull": False}) & condition
