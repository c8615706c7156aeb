"""How much somebody carries already: for whoever looks for people."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from guangcai.teams.models import TeamMembership


def commitments_of(members: Iterable[UUID]) -> dict[UUID, int]:
    """How many teams each member is in now; who is in none is left out. One statement."""
    held = TeamMembership.objects.held().filter(member__in=list(members))
    return dict(held.values_list("member_id").annotate(Count("pk")).order_by())
