"""What the screens of this room share: its lists as one bar, the places and units a form offers."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.councils.queries.rights import run_by
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, WorkUnit


def room_tabs(current: str) -> list[Tab]:
    """The five lists of the room, as one bar on each of them."""
    words = {
        "bodies": pgettext("menu", "Councils"),
        "proposals": pgettext("menu", "Proposals"),
        "pledges": pgettext("menu", "Promises of units"),
        "agreements": pgettext("menu", "Joint-building agreements"),
        "contests": pgettext("menu", "Project competition"),
    }
    return [Tab(label, reverse(f"councils:{name}"), name == current) for name, label in words.items()]


def nodes_with(request: ActorRequest, permission: Permission, *levels: Level) -> QuerySet[Node]:
    """Places of these levels where the actor holds `permission`; 403 without one."""
    places = Node.objects.in_force(timezone.localdate()).held_by(request.actor, permission).filter(level__in=levels)
    if not places:
        request.actor.require(permission, next(iter(request.actor.paths_with(Permission.COUNCIL_VIEW)), "/"))
    return places.order_by("path")


def units_in_sight(request: ActorRequest) -> QuerySet[WorkUnit]:
    return WorkUnit.objects.visible_to(request.actor).in_force(timezone.localdate()).order_by("name")


def places_run(request: ActorRequest) -> QuerySet[Node]:
    """Districts, streets and communities whose bodies the actor runs; 403 without one."""
    levels = (Level.DISTRICT, Level.STREET, Level.COMMUNITY)
    rows = Node.objects.in_force(timezone.localdate()).filter(level__in=levels)
    rows = rows.filter(run_by(request.actor, level="level"))
    if not rows:
        request.actor.require(
            Permission.COUNCIL_EDIT, next(iter(request.actor.paths_with(Permission.COUNCIL_VIEW)), "/")
        )
    return rows.order_by("path")
