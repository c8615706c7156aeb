"""Zones on the member's phone, and what waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from guangcai.commitments.belonging import paths_for
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import Member
from guangcai.zones.enums import Coverage
from guangcai.zones.models import Zone, ZoneAgreement

SHOWN = 60


def own_agreements(actor: Actor, *, on: date) -> list[ZoneAgreement]:
    """The actor's own standing agreements: first to sign, then to renew (`is_due`). One query."""
    renewal = ZoneAgreement.objects.live().filter(renews=OuterRef("pk"))
    rows = ZoneAgreement.objects.visible_to(actor).standing(on).filter(member=actor.member_id)
    rows = rows.select_related("zone__community").annotate(is_renewed=Exists(renewal)).order_by("until", "offered_at")
    found = list(rows) if actor.member_id else []
    for row in found:
        near = row.remind_on is not None and row.remind_on <= on
        row.is_due = near and row.held_since is not None and not row.is_renewed
    return sorted(found, key=lambda row: (row.state != "confirmed", not row.is_due))


def free_near(member: Member, *, by: Actor, on: date, text: str = "") -> QuerySet[Zone]:
    """Zones of the member's community that nobody holds, those of his own building first. Two queries."""
    rows = Zone.objects.visible_to(by).open().filter(path__in=paths_for(member.path)).covered(Coverage.NOBODY, on=on)
    if text:
        rows = rows.filter(name__icontains=text)
    home = member.building.path if member.building else "-"
    near = Case(When(node__path__startswith=home, then=Value(0)), default=Value(1))
    return rows.select_related("node").order_by(near, "node__code", "name", "pk")


@dataclass(frozen=True)
class Due:
    """What waits for the community: offers to confirm, agreements to renew, holders who moved away."""

    offers: int
    renewals: int
    away: int


def due(actor: Actor, *, paths: Iterable[str], on: date) -> Due:
    """Numbers for the desk under `paths`, where the actor runs zones. One query."""
    mine = under("path", actor.paths_with(Permission.ZONE_EDIT)) & under("path", list(paths))
    rows = ZoneAgreement.objects.standing(on).filter(mine)
    held = ZoneAgreement.objects.standing(on).filter(held_since__isnull=False)
    found = rows.aggregate(
        offers=Count("pk", filter=Q(confirmed_at=None) & ~Q(member=actor.member_id)),
        renewals=Count("pk", filter=Exists(held.due(on).filter(pk=OuterRef("pk")))),
        away=Count("pk", filter=Exists(held.away().filter(pk=OuterRef("pk")))),
    )
    return Due(**found)
