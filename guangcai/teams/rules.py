"""What teams allow: pure checks, no database, no clock.

Nobody is assigned (Order 685 art 25): a team asks, and who is asked joins or does not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.rules import Limit
from guangcai.core.errors import RuleBroken
from guangcai.core.scoping import covers
from guangcai.core.text import is_blank
from guangcai.orgs.enums import Level
from guangcai.teams.enums import FeedbackTone, LeaderRole, TeamBasis, TeamKind, TeamVerb

NAME_LENGTH: Final = 60
LOG_LENGTH: Final = 500
NOTE_LENGTH: Final = 200
ANSWER_LENGTH: Final = 500
TEXT_LENGTH: Final = 1000
PHONE_LENGTH: Final = 30
MOST_PEOPLE: Final = 2000
# Longer ago than this a log is no longer written from memory.
OLDEST_LOG: Final = timedelta(days=366)
# A stairwell behind one network address still writes freely; one plate does not drown in a day.
FEEDBACK_OF_ADDRESS: Final = Limit("plate_address", most=20, window=timedelta(days=1))
FEEDBACK_OF_PLATE: Final = Limit("plate", most=50, window=timedelta(days=1))

# Which kind may stand under which (A15, A16); None: under no team.
PARENTS: Final[Mapping[TeamKind, Collection[TeamKind | None]]] = {
    TeamKind.ASSOCIATION: (None, TeamKind.ASSOCIATION),
    TeamKind.BRIGADE: (None, TeamKind.ASSOCIATION),
    TeamKind.DETACHMENT: (None, TeamKind.ASSOCIATION, TeamKind.BRIGADE),
    TeamKind.TEAM: (None, TeamKind.ASSOCIATION, TeamKind.BRIGADE, TeamKind.DETACHMENT),
}
# At which level of the territory a kind stands.
LEVELS: Final[Mapping[TeamKind, Collection[Level]]] = {
    TeamKind.ASSOCIATION: (Level.DISTRICT, Level.STREET),
    TeamKind.BRIGADE: (Level.DISTRICT, Level.STREET),
    TeamKind.DETACHMENT: (Level.STREET, Level.COMMUNITY),
    TeamKind.TEAM: (Level.COMMUNITY,),
}
# What a role in a team allows its holder, for that team alone, as long as he holds it.
ROLE_MAY: Final[Mapping[LeaderRole, Collection[TeamVerb]]] = {
    LeaderRole.LEADER: (TeamVerb.SEE_ROSTER, TeamVerb.WRITE_LOG, TeamVerb.CONFIRM),
    LeaderRole.DEPUTY: (TeamVerb.SEE_ROSTER, TeamVerb.WRITE_LOG),
}


# --- the team -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Above:
    """The team above: its kind and where it stands."""

    kind: TeamKind
    path: str
    is_live: bool = True


def check_place(kind: TeamKind, *, level: str, path: str, above: Above | None) -> None:
    """Raises RuleBroken unless a team of `kind` may stand at a node of `level` and `path`, under `above`."""
    if level not in LEVELS[kind]:
        raise RuleBroken(_("A team of this kind does not stand at this place."), field="node", code="wrong_level")
    if (above.kind if above else None) not in PARENTS[kind]:
        words = _("It stands under an association, a brigade or a detachment, never under its own kind or one below.")
        raise RuleBroken(words, field="parent", code="wrong_parent")
    if above is not None and not above.is_live:
        raise RuleBroken(_("The team above has ended."), field="parent", code="parent_ended")
    if above is not None and not covers([above.path], path):
        raise RuleBroken(_("The team above serves another place."), field="parent", code="parent_elsewhere")


def check_basis(kind: TeamKind, basis: str, *, has_skill: bool, has_place: bool, has_occupation: bool) -> None:
    """Raises RuleBroken(field) unless the basis is named together with its one row (A14)."""
    if basis and kind in (TeamKind.ASSOCIATION, TeamKind.BRIGADE):
        words = _("An association or a brigade is open to everybody of its area: leave the basis empty.")
        raise RuleBroken(words, field="basis", code="basis_above")
    if not basis and kind == TeamKind.TEAM:
        raise RuleBroken(_("Say what brings its people together."), field="basis", code="basis_missing")
    wanted = {
        TeamBasis.SKILL: (has_skill, "skill", _("Say which skill.")),
        TeamBasis.RESIDENCE: (has_place, "residence", _("Say where they live.")),
        TeamBasis.OCCUPATION: (has_occupation, "occupation", _("Say which occupation.")),
    }
    if basis:
        is_there, field, words = wanted[TeamBasis(basis)]
        if not is_there:
            raise RuleBroken(words, field=field, code=f"{field}_missing")


def check_residence(*, residence: str, path: str) -> None:
    """Raises RuleBroken for a building of another community."""
    if not covers([path], residence):
        raise RuleBroken(_("This place lies elsewhere."), field="residence", code="residence_elsewhere")


def check_name(name: str, *, field: str = "name", taken: bool = False) -> None:
    if is_blank(name):
        raise RuleBroken(_("Give the team a name."), field=field, code="name_missing")
    if len(name.strip()) > NAME_LENGTH:
        words = _("At most %(number)d characters.") % {"number": NAME_LENGTH}
        raise RuleBroken(words, field=field, code="name_long")
    if taken:
        raise RuleBroken(_("A team here goes by this name already."), field=field, code="name_taken")


def check_can_end(*, children: int) -> None:
    """A team with live teams under it does not end: they would hang in the air."""
    if children:
        words = _("%(number)d teams stand under it: end or move them first.") % {"number": children}
        raise RuleBroken(words, code="has_children")


def check_team_live(*, is_live: bool) -> None:
    if not is_live:
        raise RuleBroken(_("This team has ended."), code="team_ended")


# --- joining --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Joiner:
    """What is known of somebody who is to join. declined: he said no to an invitation of this team."""

    path: str
    is_on_roster: bool
    is_reported_in: bool
    declined: bool = False


def check_joiner(joiner: Joiner, *, team_path: str) -> None:
    """Raises RuleBroken unless he is on the roster of the area that the team serves."""
    if not joiner.is_on_roster or not joiner.is_reported_in:
        raise RuleBroken(_("Only somebody who has reported in to a community joins a team."), code="not_on_roster")
    if not covers([team_path], joiner.path):
        raise RuleBroken(_("This team serves another area."), code="other_area")


def check_invitable(joiner: Joiner) -> None:
    """Nobody is asked twice (two messages a matter at most); who changes his mind joins by himself."""
    if joiner.declined:
        raise RuleBroken(_("He declined before: he can still join by himself."), code="declined_before")


def check_accepts(*, is_invited: bool) -> None:
    if not is_invited:
        raise RuleBroken(_("The team has not answered yet."), code="not_invited")


# --- leading --------------------------------------------------------------------------------------------------------


def may(role: str | None, verb: TeamVerb) -> bool:
    """Whether a role held today in a team allows `verb` for it."""
    return role is not None and verb in ROLE_MAY[LeaderRole(role)]


def check_leader(*, is_held: bool, has_leader: bool, has_role: bool, role: LeaderRole) -> None:
    """Raises RuleBroken: who leads is in the team, one leader at a time, one role a person."""
    if not is_held:
        raise RuleBroken(_("Only a member of the team can lead it."), field="member", code="not_in_team")
    if has_role:
        raise RuleBroken(_("This member has a role in the team already: end that first."), field="member", code="role")
    if has_leader and role == LeaderRole.LEADER:
        raise RuleBroken(_("The team has a leader: end that first."), field="role", code="has_leader")


# --- the log --------------------------------------------------------------------------------------------------------


def check_log(*, held_on: date, content: str, people: int, today: date) -> None:
    """Raises RuleBroken(field) for what is missing or cannot be."""
    if held_on > today:
        raise RuleBroken(_("This day has not come yet."), field="held_on", code="day_ahead")
    if today - held_on > OLDEST_LOG:
        raise RuleBroken(_("This is more than a year ago."), field="held_on", code="day_old")
    if is_blank(content):
        raise RuleBroken(_("Say what was done."), field="content", code="content_missing")
    if len(content.strip()) > LOG_LENGTH:
        words = _("At most %(number)d characters.") % {"number": LOG_LENGTH}
        raise RuleBroken(words, field="content", code="content_long")
    if not 1 <= people <= MOST_PEOPLE:
        raise RuleBroken(_("Say how many took part, from 1 on."), field="people", code="people_range")


def check_correction(*, reason: str, is_corrected: bool) -> None:
    if is_corrected:
        raise RuleBroken(_("This entry was corrected already: correct the newer one."), code="corrected")
    if is_blank(reason):
        raise RuleBroken(_("Say what was wrong."), field="reason", code="reason_missing")


# --- plates ---------------------------------------------------------------------------------------------------------


def check_feedback(text: str, phone: str, tone: str) -> None:
    """Raises RuleBroken(field) for nothing said, or too much."""
    if tone not in FeedbackTone.values:
        raise RuleBroken(_("Choose how you mean it."), field="tone", code="tone_unknown")
    if is_blank(text):
        raise RuleBroken(_("Write something first."), field="text", code="text_missing")
    if len(text.strip()) > TEXT_LENGTH:
        words = _("At most %(number)d characters.") % {"number": TEXT_LENGTH}
        raise RuleBroken(words, field="text", code="text_long")
    if len(phone.strip()) > PHONE_LENGTH:
        words = _("At most %(number)d characters.") % {"number": PHONE_LENGTH}
        raise RuleBroken(words, field="phone", code="phone_long")


def check_not_flooding(*, of_address: int, of_plate: int) -> None:
    """Raises RuleBroken when one network address, or all together under one plate, wrote too much today."""
    if of_address > FEEDBACK_OF_ADDRESS.most or of_plate > FEEDBACK_OF_PLATE.most:
        words = _("A lot has come from here today. Write again tomorrow, or tell the community desk.")
        raise RuleBroken(words, code="too_many")
