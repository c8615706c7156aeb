"""How much somebody carries already: for whoever looks for people."""

from uuid import UUID

from guangcai.commitments.load import Whom, by_member
from guangcai.teams.models import TeamMembership


def commitments_of(members: Whom) -> dict[UUID, int]:
    """How many teams each member is in now; who is in none is left out."""
    return by_member(TeamMembership.objects.held(), members)
