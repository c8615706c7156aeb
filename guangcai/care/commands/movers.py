"""How pairings follow when two records of one person become one (members.merging)."""

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.care.enums import PairingKind
from guangcai.care.models import CareOffer, Pairing
from guangcai.core.errors import RuleBroken
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.orgs.policies import HouseholdLimit, in_force_at


@merging.mover("care.pairing.member")
def pairings(merge: Merge) -> int:
    """They move: a household has one live pairing of a kind, so the two records never hold the same one.

    Raises RuleBroken when together they hold more contact households than the rule allows: the desk hands one over
    first.
    """
    live = Pairing.objects.live().filter(kind=PairingKind.CONTACT, member__in=[merge.kept, merge.gone])
    held = list(live.values_list("member_id", "path"))
    if held and len({member for member, _path in held}) == 2:
        limit = in_force_at(HouseholdLimit, path=held[0][1], on=localdate(merge.now)).households
        if len(held) > limit:
            words = _("Together both records look after %(held)d households, %(most)d at most: hand one over first.")
            raise RuleBroken(words % {"held": len(held), "most": limit}, code="merge_in_the_way")
    return Pairing.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.mover("care.careoffer.member")
def offers(merge: Merge) -> int:
    """They move; where both records have an open offer, that of the record that goes is taken back."""
    both = CareOffer.objects.filter(withdrawn_at=None)
    if both.filter(member=merge.kept).exists():
        both.filter(member=merge.gone).update(withdrawn_at=merge.now)
    return CareOffer.objects.filter(member=merge.gone).update(member=merge.kept)
