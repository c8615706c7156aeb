"""What the views of the roster ask first: may you see this person, which community do you work for."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import Member
from guangcai.members.queries import with_links
from guangcai.orgs.forms.communities import communities_of
from guangcai.orgs.models import Node


def asked(actor: Actor, permission: Permission) -> None:
    """Raises Forbidden for somebody who holds the right nowhere: the whole page is not his."""
    if not actor.holds(permission):
        raise Forbidden()


def member_of(request: ActorRequest, key: UUID) -> Member:
    """The member on the actor's roster, ended ones too; 404 outside."""
    area = under("path", request.actor.paths_with(Permission.ROSTER_VIEW))
    return get_object_or_404(with_links(Member.objects.visible_to(request.actor).filter(area)), pk=key)


def community_of(request: ActorRequest, permission: Permission) -> Node:
    """The community the page works for: the one the actor has, or of several the one in the address (`community`).

    Raises Forbidden for somebody who holds the right in no community; 404 for a community outside his area.
    """
    asked(request.actor, permission)
    communities = communities_of(request.actor, permission)
    if code := request.GET.get("community"):
        return get_object_or_404(communities, code=code)
    first = communities.first()
    if first is None:
        raise Forbidden()
    return first
