"""What holds for rounds and invitations: pure checks, no database, no clock."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.invitations.enums import Answer


def check_open(*, closed_at: datetime | None) -> None:
    if closed_at is not None:
        raise RuleBroken(_("This round is settled already. Start a new one."), code="round_closed")


def check_anything(*, needs: int, members: int) -> None:
    """A round without needs or without people proposes nothing."""
    if not needs:
        raise RuleBroken(_("Nothing looks for people here at the moment."), code="no_needs")
    if not members:
        raise RuleBroken(_("Nobody is on the roster of this community yet."), code="no_members")


def check_verb(verb: str, *, known: Collection[str]) -> None:
    """A form that was spoiled on the way decides nothing."""
    if verb not in known:
        raise RuleBroken(_("Choose what to do with the ticked rows."), code="no_verb")


def check_chosen(*, count: int) -> None:
    if not count:
        raise RuleBroken(_("Tick at least one row."), code="nobody")


def check_choice(*, is_wanted: bool, is_member: bool, is_proposed: bool) -> None:
    """Whether somebody else may stand in a row of the round."""
    if not is_wanted:
        raise RuleBroken(_("This does not look for people any more."), code="not_wanted")
    if not is_member:
        raise RuleBroken(_("Only members on the roster of this community are asked."), code="not_on_roster")
    if is_proposed:
        raise RuleBroken(_("This member is proposed for it already."), code="proposed_already")


def check_to_send(*, accepted: int) -> None:
    if not accepted:
        raise RuleBroken(_("Nobody was accepted yet: accept at least one proposal first."), code="nobody_accepted")


def check_invited(*, is_on_roster: bool, is_in_area: bool, is_wanted: bool) -> None:
    """Who may be asked for what. The rest is judged when he takes it on himself."""
    if not is_wanted:
        raise RuleBroken(_("This does not look for people any more."), code="not_wanted")
    if not (is_on_roster and is_in_area):
        raise RuleBroken(_("Only members on the roster of this community are asked."), code="not_on_roster")


def answer_of(*, is_taken: bool, declined_at: datetime | None, is_wanted: bool) -> Answer:
    """What came of an invitation, for the one who sent it. Silence is no answer and counts nowhere."""
    if is_taken:
        return Answer.TAKEN
    if declined_at is not None:
        return Answer.DECLINED
    return Answer.OPEN if is_wanted else Answer.OVER
