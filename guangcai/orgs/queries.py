"""Reads of the tree and of rights."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from guangcai.core.actor import Actor, Holding
from guangcai.core.errors import RuleBroken
from guangcai.orgs.models import Grant, Node
from guangcai.orgs.roles import ROLES, Role
from django.utils.translation import gettext_lazy as _


def actor_of(*, user_id: UUID, member_id: UUID | None, on: date) -> Actor:
    """The actor a user is on the local date `on`: one query, no cache, so that an ended grant ends at once."""
    grants = Grant.objects.in_force(on).filter(user_id=user_id, ended_at=None)
    return Actor(user_id=user_id, member_id=member_id, holdings=tuple(_holdings(grants)))


def _holdings(grants: Iterable[Grant]) -> Iterable[Holding]:
    for grant in grants:
        yield Holding(
            role=grant.role,
            permissions=ROLES[Role(grant.role)],
            path=grant.path if grant.node_id else "",
            node_id=grant.node_id,
            work_unit_id=grant.work_unit_id,
        )


def node_named(text: str, *, level: str = "", on: date) -> Node:
    """The one node in force whose code or name is `text`, for the command line and imports.

    Raises RuleBroken when there is none, or more than one of that name.
    """
    nodes = Node.objects.in_force(on)
    if level:
        nodes = nodes.filter(level=level)
    found = list(nodes.filter(code=text)[:1]) or list(nodes.filter(name=text)[:2])
    if not found:
        raise RuleBroken(_("There is no place with the code or name “%(text)s”.") % {"text": text}, code="no_node")
    if len(found) > 1:
        raise RuleBroken(
            _("Several places are called “%(text)s”: give the code instead.") % {"text": text}, code="many_nodes"
        )
    return found[0]
