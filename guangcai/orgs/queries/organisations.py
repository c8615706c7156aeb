"""Reads of organisations beside the territory."""

from datetime import date

from django.db.models import Q, QuerySet

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, under
from guangcai.orgs.models import Grant, OfficeHolder, PartyOrganisation, ResidentUnit, WorkUnit


def party_organisations_of(actor: Actor) -> QuerySet[PartyOrganisation]:
    """Party organisations that stand in the actor's area, above it, or in a unit overseen there."""
    paths = actor.paths_with(Permission.TREE_VIEW)
    above = {above for path in paths for above in ancestors(path)}
    places = under("node__path", paths) | under("work_unit__path", paths)
    return PartyOrganisation.objects.filter(places | Q(node__path__in=above) | Q(work_unit__path__in=above))


def units_matching(text: str, *, actor: Actor) -> QuerySet[WorkUnit]:
    """Units in sight whose name, short name or other name contains `text`."""
    rows = WorkUnit.objects.visible_to(actor).select_related("node")
    if text:
        named = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(aliases__icontains=text)
        rows = rows.filter(named)
    return rows


def residences_of(unit: WorkUnit) -> QuerySet[ResidentUnit]:
    return unit.residences.select_related("community").order_by("until", "-since")


def liaisons_of(unit: WorkUnit, *, on: date) -> QuerySet[Grant]:
    return unit.grants.filter(ended_at=None).in_force(on).select_related("user").order_by("pk")


def office_holders_at(node_id: int) -> QuerySet[OfficeHolder]:
    """Who holds an office today in the organisations that stand at a node."""
    rows = OfficeHolder.objects.filter(party_organisation__node_id=node_id, until=None)
    return rows.select_related("party_organisation").order_by("party_organisation__name", "since", "pk")
