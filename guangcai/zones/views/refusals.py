"""A refusal with its next step: the button that stands beside the reason. No dead ends."""

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.core.errors import DomainError
from guangcai.core.screens import Refused
from guangcai.zones.models import Zone


def refused(error: DomainError, zone: Zone, *, own: bool = True) -> Refused:
    """A refusal on a zone, with what helps. own: the reader is the member himself, not the desk for him."""
    other = (_("Look at other zones"), reverse("zones:mine"))
    people = (_("Choose somebody else"), reverse("zones:people", args=[zone.pk]))
    look = (_("See the zone"), zone.get_absolute_url())
    steps = dict.fromkeys(("ended", "own_already", "not_confirmed", "too_early", "not_signed", "own_commitment"), look)
    steps |= {"zone_ended": (_("See all zones"), reverse("zones:list")), "has_holder": other if own else look}
    step = steps.get(error.code, other if own else people)
    return Refused(error.code, str(error.message), *step)
