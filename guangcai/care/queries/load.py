"""How many households somebody looks after already: for whoever looks for people."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from guangcai.care.models import CareOffer, Pairing


def commitments_of(members: Iterable[UUID]) -> dict[UUID, int]:
    """Live pairings of every kind, invitations included; who has none is left out. One statement."""
    live = Pairing.objects.live().filter(member__in=list(members))
    return dict(live.values_list("member_id").annotate(Count("pk")).order_by())


def households_of(members: Iterable[UUID]) -> dict[UUID, int]:
    """Live contact households, which the rule limits (A62); who has none is left out. One statement."""
    live = Pairing.objects.live().contacts().filter(member__in=list(members))
    return dict(live.values_list("member_id").annotate(Count("pk")).order_by())


def willing_among(members: Iterable[UUID]) -> dict[UUID, str]:
    """Those who said that they would look after a household, with what they said of it. One statement."""
    rows = CareOffer.objects.open().filter(member__in=list(members))
    return dict(rows.values_list("member_id", "note"))
