"""Communities to choose from: on a form those one runs, in a filter those one sees."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node
from guangcai.orgs.models.tree import NodeQuerySet


def communities_of(actor: Actor, permission: Permission) -> NodeQuerySet:
    """Communities in force today where the actor holds `permission`, by code."""
    return Node.objects.in_force(localdate()).communities().held_by(actor, permission).order_by("code")


def communities_run(actor: Actor, permission: Permission) -> NodeQuerySet:
    """The same; Forbidden without one, OutOfScope to whoever has no place in the tree at all."""
    places = communities_of(actor, permission)
    if not places:
        actor.require(permission, next((held.path for held in actor.holdings if held.path), "/"))
    return places


def seen_with(permission: Permission) -> Callable[[HttpRequest | None], NodeQuerySet]:
    """What a filter offers: the communities where whoever asks holds `permission`."""

    def seen(request: HttpRequest | None) -> NodeQuerySet:
        actor: Any = getattr(request, "actor", None)
        return communities_of(actor, permission) if actor else Node.objects.none()

    return seen
