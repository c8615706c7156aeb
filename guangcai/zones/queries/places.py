"""Places of the tree below a community: which have no zone yet, and who leads on each level (A12)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from guangcai.core.actor import Actor
from guangcai.core.scoping import ancestors, under
from guangcai.orgs.models import Node
from guangcai.zones.enums import OF_THE_TREE, ZoneKind
from guangcai.zones.models import Zone, ZoneAgreement


@dataclass(frozen=True)
class Place:
    """A place that could be a zone. name: with the places above it, below the community."""

    node_id: int
    kind: ZoneKind
    name: str


def places_without(community: Node, *, on: date, kinds: Collection[str] = OF_THE_TREE) -> list[Place]:
    """Places below the community without a zone, by code. Two queries, however many places."""
    nodes = list(Node.objects.in_force(on).filter(path__under=community.path, level__in=OF_THE_TREE).order_by("code"))
    zones = Zone.objects.open().filter(under("node__path", [community.path]))
    taken = set(zones.values_list("node_id", flat=True))
    names = {node.path: node.name for node in nodes}
    return [
        Place(node.pk, ZoneKind(node.level), "".join(names.get(path, "") for path in ancestors(node.path)))
        for node in nodes
        if node.level in kinds and node.pk not in taken
    ]


@dataclass(frozen=True)
class Lead:
    """One level of the tree and who leads there. agreement: None where nobody does, or the actor may not see who."""

    node: Node
    zone: Zone | None
    agreement: ZoneAgreement | None


def lead_of(node: Node, *, actor: Actor, on: date) -> ZoneAgreement | None:
    """The agreement by which somebody leads at this place today. One query."""
    rows = ZoneAgreement.objects.visible_to(actor).standing(on).filter(zone__node=node, zone__ended_at=None)
    return rows.filter(held_since__lte=on).select_related("member").first()


def leads_of(node: Node, *, actor: Actor, on: date) -> list[Lead]:
    """From the level below the community down to `node`, then its children: who leads since when. Three queries."""
    above = Node.objects.filter(path__in=ancestors(node.path), level__in=OF_THE_TREE)
    below = Node.objects.in_force(on).filter(parent=node, level__in=OF_THE_TREE)
    nodes = [*above.order_by("path"), *below.order_by("code")]
    held = ZoneAgreement.objects.visible_to(actor).standing(on).filter(held_since__lte=on).select_related("member")
    rows = Zone.objects.visible_to(actor).open().filter(node__in=nodes)
    zones = {zone.node_id: zone for zone in rows.prefetch_related(Prefetch("agreements", held, to_attr="held_now"))}
    return [_lead(one, zones.get(one.pk)) for one in nodes]


def _lead(node: Node, zone: Zone | None) -> Lead:
    held = zone.held_now if zone else []  # type: ignore[attr-defined]
    return Lead(node, zone, held[0] if held else None)
