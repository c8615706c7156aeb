"""How much members carry already: for other rooms."""

from uuid import UUID

from guangcai.commitments.load import Whom, by_member
from guangcai.zones.models import ZoneAgreement


def commitments_of(members: Whom) -> dict[UUID, int]:
    """Member -> zones he holds or has offered to hold, a renewal once; who has none is left out."""
    return by_member(ZoneAgreement.objects.live(), members, each="zone")
