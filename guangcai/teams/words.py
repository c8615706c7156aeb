"""What teams say of themselves in plain words."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from guangcai.commitments.enums import CommitmentState
from guangcai.core.errors import Text
from guangcai.core.pinyin import surname
from guangcai.members.models import Member
from guangcai.teams.models import Team, TeamMembership

STATES: Final[dict[str, Text]] = {
    CommitmentState.OFFERED: pgettext_lazy("team", "Asked to join"),
    CommitmentState.CONFIRMED: pgettext_lazy("team", "Invited"),
    CommitmentState.HELD: pgettext_lazy("team", "In the team"),
    CommitmentState.ENDED: pgettext_lazy("team", "Left"),
}


def state_of(row: TeamMembership) -> str:
    """How far joining has come; who declined or was not taken on never was in."""
    if row.state == CommitmentState.ENDED and row.held_since is None:
        return pgettext("team", "Did not join")
    return str(STATES[row.state])


def basis_of(team: Team) -> str:
    """What brings its people together: "An occupation: teachers"; "" without a basis."""
    return f"{team.get_basis_display()}{_(': ')}{team.basis_words}" if team.basis else ""


def public_name(member: Member) -> str:
    """How the plate calls a member: the surname, and the address that members use among themselves.

    Not the first name (A54 says "first name + role"): in Chinese the bare first name is how family speaks, and with
    the team beside it the whole person is found; surname and address are what plates on doors carry.
    """
    return _("Comrade %(surname)s") % {"surname": surname(member.name)}
