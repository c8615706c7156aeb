"""Who looks after what: zones with their holders for lists and the map, and the figures of S4."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat

from guangcai.commitments.belonging import heirs_under, paths_of, places_now
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.models import Node
from guangcai.zones import rules
from guangcai.zones.enums import OF_THE_TREE, Coverage, ZoneKind
from guangcai.zones.models import Zone, ZoneAgreement, covered
from guangcai.zones.queries.holders import coverage

# What somebody has to see to comes before what is in order.
URGENT = (Coverage.NOBODY, Coverage.OFFERED, Coverage.TO_SIGN, Coverage.AWAY, Coverage.DUE)


@dataclass(frozen=True)
class ZoneRow:
    """A zone and who stands behind it. holder: the agreement held, else the one under way; None: nobody."""

    zone: Zone
    coverage: Coverage
    holder: ZoneAgreement | None


def listed(actor: Actor, *, on: date) -> QuerySet[Zone]:
    """Open zones where the actor sees who lives there, with `order` (nobody first), `place` and `until` to sort by."""
    held = ZoneAgreement.objects.standing(on).filter(zone=OuterRef("pk"), held_since__isnull=False)
    rows = Zone.objects.visible_to(actor).open().filter(under("path", actor.paths_with(Permission.ROSTER_VIEW)))
    place = Coalesce("node__code", "name", output_field=CharField())
    ranks = [When(covered(one, on), then=Value(str(rank))) for rank, one in enumerate(URGENT)]
    return rows.annotate(
        place=place,
        until=Subquery(held.order_by("starts_on").values("until")[:1]),
        order=Concat(Case(*ranks, default=Value(str(len(URGENT)))), place, output_field=CharField()),
    )


def with_holders(zones: QuerySet[Zone], *, actor: Actor, on: date) -> QuerySet[Zone]:
    """With the standing agreements the actor may see, oldest term first: one query for all of them."""
    standing = ZoneAgreement.objects.visible_to(actor).standing(on).with_away().select_related("member")
    standing = standing.order_by("starts_on", "offered_at")
    return zones.select_related("community", "node").prefetch_related(
        Prefetch("agreements", standing, to_attr="standing_now")
    )


def rows_of(zones: Iterable[Zone], *, on: date) -> list[ZoneRow]:
    """Zones read by with_holders, as lists show them. No query."""
    return [row_of(zone, on=on) for zone in zones]


def row_of(zone: Zone, *, on: date) -> ZoneRow:
    agreements: list[ZoneAgreement] = zone.standing_now  # type: ignore[attr-defined]
    held = [row for row in agreements if row.held_since is not None]
    return ZoneRow(zone, coverage(zone, on=on), next(iter([*held, *agreements]), None))


# --- the map --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One place on the map. row: None where it is no zone."""

    name: str
    row: ZoneRow | None


@dataclass(frozen=True)
class Line:
    """One building with its stairwells, or a compound without."""

    own: Cell
    stairwells: tuple[Cell, ...]


@dataclass(frozen=True)
class Map:
    """Compounds and buildings line by line, then the lots."""

    lines: tuple[Line, ...]
    lots: tuple[ZoneRow, ...]


def map_of(community: Node, *, actor: Actor, on: date) -> Map:
    """The zones of a community and of what went over to it, building by building. Four queries."""
    zones = Zone.objects.visible_to(actor).open().filter(path__in=paths_of(community.path)).order_by("name")
    rows = rows_of(with_holders(zones, actor=actor, on=on), on=on)
    of_node = {row.zone.node_id: row for row in rows if row.zone.node_id}
    nodes = Node.objects.in_force(on).filter(path__under=community.path, level__in=OF_THE_TREE).order_by("code")
    below: dict[int | None, list[Node]] = {}
    names: dict[int | None, str] = {}
    for node in nodes:
        below.setdefault(node.parent_id, []).append(node)
        names[node.pk] = names.get(node.parent_id, "") + node.name
    places = [node for found in below.values() for node in found if node.level != ZoneKind.STAIRWELL]
    lines = tuple(
        Line(
            Cell(names[node.pk], of_node.get(node.pk)),
            tuple(
                Cell(one.name, of_node.get(one.pk)) for one in below.get(node.pk, ()) if one.level == ZoneKind.STAIRWELL
            ),
        )
        for node in sorted(places, key=lambda node: node.code)
    )
    return Map(lines, tuple(row for row in rows if row.zone.node_id is None))


# --- the figures ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """Zones; held: the community has confirmed somebody; signed: his agreement is signed and in its term."""

    total: int = 0
    held: int = 0
    signed: int = 0

    @property
    def share(self) -> str:
        """Of the zones, those with a signed agreement: "26.7%"."""
        return rules.share(self.signed, self.total)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.total + other.total, self.held + other.held, self.signed + other.signed)


COLUMNS = {"community": "community__name", "kind": "kind", "path": "path"}


def count_zones(*, paths: Iterable[str], by: Sequence[str] = (), on: date) -> dict[tuple[Any, ...], Figures]:
    """Figures by any of COLUMNS, for homes and statistics (S4). One query, however many zones and places."""
    standing = ZoneAgreement.objects.standing(on).filter(zone=OuterRef("pk"))
    sums: dict[str, Any] = {
        "n_total": Count("pk"),
        "n_held": Count("pk", filter=Exists(standing.filter(confirmed_at__isnull=False))),
        "n_signed": Count("pk", filter=Exists(standing.filter(held_since__isnull=False))),
    }
    zones, names = Zone.objects.open().filter(under("path", list(paths))), [COLUMNS[name] for name in by]
    rows = zones.values(*names).order_by(*names).annotate(**sums) if names else [zones.aggregate(**sums)]
    return {tuple(row[name] for name in names): Figures(row["n_total"], row["n_held"], row["n_signed"]) for row in rows}


@dataclass(frozen=True)
class Area:
    """A place with the places right below it, each with its whole subtree, and their sum."""

    node: Node
    above: Node | None
    rows: tuple[tuple[Node, Figures], ...]
    total: Figures


def area_of(node: Node, *, actor: Actor, on: date) -> Area:
    """Coverage place by place: five queries, however many places and zones. Zones stand where their place is now."""
    children = list(Node.objects.in_force(on).filter(parent=node).exclude(level__in=OF_THE_TREE).order_by("code"))
    paths = [node.path, *heirs_under(node.path).paths]
    by_path = {path: found for (path,), found in count_zones(paths=paths, by=("path",), on=on).items()}
    now = places_now(by_path)

    def under_it(place: Node) -> Figures:
        return sum((found for path, found in by_path.items() if now[path].startswith(place.path)), Figures())

    above = node.parent if node.parent and actor.can(Permission.ZONE_VIEW, node.parent.path) else None
    return Area(node, above, tuple((child, under_it(child)) for child in children or [node]), under_it(node))
