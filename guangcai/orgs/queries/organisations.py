"""Reads of organisations beside the territory."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, under
from guangcai.orgs.enums import PartyPresence
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


def count_presence(*, actor: Actor, on: date) -> dict[str, int]:
    """New organisations in sight by PartyPresence: branch, instructor, neither. One query. Source: A94."""
    rows: Any = WorkUnit.objects.visible_to(actor).new_organisations(on).order_by()
    counted: dict[str, int] = dict(rows.values_list("presence").annotate(Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in PartyPresence}


def presence_of(unit: WorkUnit, *, on: date) -> PartyPresence | None:
    """Of a new organisation in force, whether the Party is there; None for any other unit. One query."""
    rows: Any = WorkUnit.objects.new_organisations(on).filter(pk=unit.pk)
    found = rows.values_list("presence", flat=True).first()
    return PartyPresence(found) if found else None


def residences_of(unit: WorkUnit) -> QuerySet[ResidentUnit]:
    return unit.residences.select_related("community").order_by("until", "-since")


def liaisons_of(unit: WorkUnit, *, on: date) -> QuerySet[Grant]:
    return unit.grants.filter(ended_at=None).in_force(on).select_related("user").order_by("pk")


def office_holders_at(node_id: int) -> QuerySet[OfficeHolder]:
    """Who holds an office today in the organisations that stand at a node."""
    rows = OfficeHolder.objects.filter(party_organisation__node_id=node_id, until=None)
    return rows.select_related("party_organisation").order_by("party_organisation__name", "since", "pk")
