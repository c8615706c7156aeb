"""How much members carry already: for other rooms."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from guangcai.zones.models import ZoneAgreement


def commitments_of(members: Iterable[UUID]) -> dict[UUID, int]:
    """Member -> zones he holds or has offered to hold; who has none is left out. One query, a renewal counts once."""
    rows = ZoneAgreement.objects.live().filter(member__in=list(members))
    return dict(rows.order_by().values_list("member").annotate(Count("zone", distinct=True)))
