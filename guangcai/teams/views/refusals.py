"""A refusal with its next step: the button that stands beside the reason. No dead ends."""

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.core.errors import DomainError
from guangcai.core.screens import Refused
from guangcai.teams.models import Team


def refused(error: DomainError, team: Team) -> Refused:
    """A refusal on a team, with what helps."""
    here = reverse("teams:team", args=[team.pk])
    mine, desk = (_("See my teams"), reverse("teams:mine")), (_("See all teams"), reverse("teams:list"))
    steps = {
        "team_ended": desk,
        "other_area": mine,
        "not_on_roster": mine,
        "not_invited": (_("See the team"), here),
        "own_commitment": (_("See the roster"), f"{here}#roster"),
    }
    action, url = steps.get(error.code, (_("See the team"), here))
    return Refused(error.code, str(error.message), action, url)
