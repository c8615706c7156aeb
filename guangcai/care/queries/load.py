"""How many households somebody looks after already: for whoever looks for people."""

from uuid import UUID

from guangcai.care.models import CareOffer, Pairing
from guangcai.commitments.load import Whom, by_member


def commitments_of(members: Whom) -> dict[UUID, int]:
    """Live pairings of every kind, invitations included; who has none is left out."""
    return by_member(Pairing.objects.live(), members)


def households_of(members: Whom) -> dict[UUID, int]:
    """Live contact households, which the rule limits (A62); who has none is left out."""
    return by_member(Pairing.objects.live().contacts(), members)


def willing_among(members: Whom) -> dict[UUID, str]:
    """Those who said that they would look after a household, with what they said of it. One statement."""
    rows = CareOffer.objects.open().filter(member__in=members)
    return dict(rows.values_list("member_id", "note"))
