"""Everything that writes teams. One function per verb."""

from guangcai.teams.commands.leaders import appoint_leader, end_leadership
from guangcai.teams.commands.lists import load_team_lists
from guangcai.teams.commands.log import LogDraft, correct_log, write_log
from guangcai.teams.commands.memberships import (
    accept_invitation,
    ask_to_join,
    confirm_joining,
    declined_by,
    end_membership,
    invite_known,
    invite_members,
)
from guangcai.teams.commands.plates import Feedback, add_plate_feedback, note_feedback, show_plate, withdraw_plate
from guangcai.teams.commands.proposals import Opened, open_proposed
from guangcai.teams.commands.teams import TeamDraft, add_alias, add_team, change_team, end_team

__all__ = [
    "Feedback",
    "LogDraft",
    "Opened",
    "TeamDraft",
    "accept_invitation",
    "add_alias",
    "add_plate_feedback",
    "add_team",
    "appoint_leader",
    "ask_to_join",
    "change_team",
    "confirm_joining",
    "correct_log",
    "declined_by",
    "end_leadership",
    "end_membership",
    "end_team",
    "invite_known",
    "invite_members",
    "load_team_lists",
    "note_feedback",
    "open_proposed",
    "show_plate",
    "withdraw_plate",
    "write_log",
]
