"""Zones of a community: added from the tree in one step, lots one by one; ended with a reason."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import clean
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.zones import rules
from guangcai.zones.commands.locks import end_rows, lock_zone, tell
from guangcai.zones.enums import ZoneEnd, ZoneKind
from guangcai.zones.models import Zone, ZoneAgreement
from guangcai.zones.queries.places import places_without


@transaction.atomic
def add_zones(*, community: Node, kinds: Collection[ZoneKind], by: Actor, now: datetime) -> int:
    """A zone for every place of these kinds below the community that has none; returns how many. Harmless twice.

    Three statements, however many places. Sources: A11, A12.
    """
    by.require(Permission.ZONE_EDIT, community.path)
    _lock(community)
    missing = places_without(community, on=localdate(now), kinds=kinds)
    Zone.objects.bulk_create(
        Zone(
            **of_community(community),
            kind=place.kind,
            node_id=place.node_id,
            name=place.name,
            added_at=now,
            added_by=by.user_id,
        )
        for place in missing
    )
    if missing:
        audit.record(Tag.ZONE_ADD, by=by, on=community, now=now, zones=len(missing))
    return len(missing)


@transaction.atomic
def add_lot(*, community: Node, name: str, by: Actor, now: datetime, id: UUID | None = None) -> Zone:
    """A zone that is no place of the tree: a green, a yard, a car park. The same id sent again is the same zone.

    Raises RuleBroken(field="name").
    """
    by.require(Permission.ZONE_EDIT, community.path)
    _lock(community)
    name = clean(name)
    if found := already(Zone, id, community_id=community.pk, name=name):
        return found
    taken = Zone.objects.open().filter(community=community, node=None, name=name)
    rules.check_lot(name, is_taken=taken.exists())
    row = Zone.objects.create(
        **of_community(community), id=id or new_id(), kind=ZoneKind.LOT, name=name, added_at=now, added_by=by.user_id
    )
    audit.record(Tag.ZONE_ADD, by=by, on=row, now=now, zones=1)
    return row


@transaction.atomic
def end_zone(*, zone: Zone, reason: ZoneEnd, by: Actor, now: datetime) -> Zone:
    """It is no zone any more, and the agreements on it end with it; whoever held it is told. Harmless twice."""
    by.require(Permission.ZONE_EDIT, zone.path)
    row = lock_zone(zone.pk)
    if row.ended_at is not None:
        return row
    row.ended_at, row.ended_by, row.end_reason = now, by.user_id, reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    live = ZoneAgreement.objects.live().filter(zone=row).select_for_update().order_by("pk")
    ended = end_rows(live, reason=EndReason.NOT_NEEDED, by=by, now=now)
    audit.record(Tag.ZONE_END, by=by, on=row, now=now, reason=reason.value, agreements=len(ended))
    tell({one.member_id for one in ended}, "ended", now=now, zone=row.name)
    return row


def _lock(community: Node) -> None:
    """Two desks that add at once wait for each other: the second finds the zones of the first."""
    Node.objects.select_for_update(no_key=True).get(pk=community.pk)
