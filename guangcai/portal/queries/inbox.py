"""Suggestions as the community reads them, and the places a writer can choose from."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from guangcai.core.actor import Actor
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Grant, Node
from guangcai.orgs.roles import Role
from guangcai.portal.models import Suggestion

# A list longer than this is no list for a phone: then the desk sorts out where it belongs.
MOST_PLACES = 300


def inbox(actor: Actor) -> "QuerySet[Suggestion]":
    """Suggestions of the actor's area."""
    return Suggestion.objects.visible_to(actor).select_related("community")


def places(*, on: date) -> "QuerySet[Node]":
    """Communities with a desk: those where somebody reads what is written."""
    served = Grant.objects.in_force(on).filter(node=OuterRef("pk"), role=Role.DESK_WORKER, ended_at=None)
    return Node.objects.in_force(on).communities().filter(Exists(served)).order_by("code")


def district_of(*, on: date) -> Node | None:
    """Where a suggestion goes that names no community: the first district with people in charge."""
    held = Grant.objects.in_force(on).filter(node=OuterRef("pk"), role=Role.DISTRICT_ADMINISTRATOR, ended_at=None)
    rows = Node.objects.in_force(on).filter(level__in=[Level.DISTRICT, Level.CITY])
    return rows.filter(Exists(held)).order_by("code").first()


def followed(key: UUID) -> Suggestion | None:
    """The suggestion whose link somebody kept; the link is the key."""
    return Suggestion.objects.select_related("community").filter(pk=key).first()
