"""What zones allow: pure checks, no database, no clock. Nobody is assigned a zone (Order 685 art 25)."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.core.text import clean_name, is_blank
from guangcai.zones.enums import Coverage

LONGEST_NOTE: Final = 200
LONGEST_DUTIES: Final = 1000
MONTHS_A_YEAR: Final = 12
DAY: Final = timedelta(days=1)


# --- the zone -------------------------------------------------------------------------------------------------------


def check_zone_open(*, ended_at: datetime | None) -> None:
    if ended_at is not None:
        raise RuleBroken(_("This is no zone any more."), code="zone_ended")


def check_lot(name: str, *, is_taken: bool) -> None:
    if is_blank(name):
        raise RuleBroken(_("Give the lot a name that people know it by."), field="name", code="name_missing")
    if is_taken:
        raise RuleBroken(_("A lot of this name is a zone already."), field="name", code="name_taken")


# --- who may take it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Applicant:
    """What an offer is judged by. has_holder: somebody else's agreement stands; is_own: it is his already."""

    is_in_area: bool
    is_on_roster: bool = True
    has_holder: bool = False
    is_own: bool = False


def check_offer(applicant: Applicant) -> None:
    """Raises RuleBroken with a code of its own for every reason why a member cannot take a zone."""
    if not applicant.is_on_roster:
        raise RuleBroken(_("You are no longer on the roster of this community."), code="not_on_roster")
    if not applicant.is_in_area:
        raise RuleBroken(_("This is for members who reported to another community."), code="other_area")
    if applicant.is_own:
        raise RuleBroken(_("You have offered to take this zone already."), code="own_already")
    if applicant.has_holder:
        raise RuleBroken(_("Somebody else has taken this zone."), code="has_holder")


def check_renewal(*, held_since: date | None, remind_on: date | None, until: date | None, today: date) -> None:
    """A renewal is offered from the reminder on until the term ends."""
    if held_since is None or remind_on is None or until is None:
        raise RuleBroken(_("Only a signed agreement can be renewed."), code="not_signed")
    if today > until:
        raise RuleBroken(_("The term is over: take the zone as a new one."), code="term_over")
    if today < remind_on:
        words = _("It can be renewed from %(day)s on.") % {"day": remind_on}
        raise RuleBroken(words, code="too_early")


# --- the agreement --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """Term of an agreement: local dates, both ends included; remind_on: from then on a renewal is asked for."""

    starts_on: date
    until: date
    remind_on: date


def term(starts_on: date, *, months: int, remind_days: int) -> Drawn:
    """The term that begins on `starts_on`: `months` whole months, at least one day. Source: A11."""
    whole = starts_on.year * MONTHS_A_YEAR + starts_on.month - 1 + months
    year, month = divmod(whole, MONTHS_A_YEAR)
    after = date(year, month + 1, min(starts_on.day, monthrange(year, month + 1)[1]))
    until = max(starts_on, after - DAY)
    return Drawn(starts_on, until, max(starts_on, until - timedelta(days=remind_days)))


def agreement_number(community_code: str, year: int, number: int) -> str:
    """`ZR210802001002-2026-0017`: whose, which year, which one."""
    return f"ZR{community_code}-{year}-{number:04d}"


def check_duties(duties: str) -> None:
    if is_blank(duties):
        raise RuleBroken(_("Say what is to be done in the zone."), field="duties", code="duties_missing")
    if len(duties) > LONGEST_DUTIES:
        words = _("At most %(number)d characters.") % {"number": LONGEST_DUTIES}
        raise RuleBroken(words, field="duties", code="duties_long")


def check_term_left(*, until: date | None, today: date) -> None:
    if until is not None and until < today:
        raise RuleBroken(_("The term was over before it was signed: take the zone anew."), code="term_over")


def check_signer(*, own: bool, on_paper: bool) -> None:
    """On the screen everybody signs for himself; the desk notes what was signed on paper."""
    if not own and not on_paper:
        raise RuleBroken(_("Only the member signs on the screen: note the signed paper instead."), code="not_own")


def check_signature(typed: str, *, name: str) -> None:
    """On the screen somebody signs by typing his own name."""
    if clean_name(typed) != clean_name(name):
        words = _("Type your name as it stands in the agreement: %(name)s.") % {"name": name}
        raise RuleBroken(words, field="name", code="other_name")


def check_paper(*, signed_on: date, drawn_up_on: date, today: date, note: str) -> None:
    """The desk notes a signed paper: after it was drawn up, not in the future, and how it came."""
    if signed_on > today:
        raise RuleBroken(_("This day is still to come."), field="signed_on", code="future")
    if signed_on < drawn_up_on:
        words = _("The agreement was drawn up on %(day)s.") % {"day": drawn_up_on}
        raise RuleBroken(words, field="signed_on", code="before_drawn_up")
    if is_blank(note):
        missing = _("Say who signed in whose presence and where the paper is kept.")
        raise RuleBroken(missing, field="note", code="note_missing")
    if len(note) > LONGEST_NOTE:
        words = _("At most %(number)d characters.") % {"number": LONGEST_NOTE}
        raise RuleBroken(words, field="note", code="note_long")


# --- the figures ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """One live agreement of a zone whose term is not over, as coverage sees it. is_due: to be renewed."""

    is_confirmed: bool
    is_held: bool
    is_away: bool = False
    is_due: bool = False


def coverage_of(agreements: Sequence[Standing]) -> Coverage:
    """The state of a zone: what somebody has to see to first. A renewal under way does not hide who holds it."""
    if any(one.is_held and one.is_away for one in agreements):
        return Coverage.AWAY
    if any(one.is_due for one in agreements):
        return Coverage.DUE
    if any(one.is_held for one in agreements):
        return Coverage.HELD
    if any(one.is_confirmed for one in agreements):
        return Coverage.TO_SIGN
    return Coverage.OFFERED if agreements else Coverage.NOBODY


def share(part: int, whole: int) -> str:
    """A share with one decimal, rounded half up: 8,000 of 30,000 -> "26.7%"; "" of nothing. Source: S4."""
    if whole == 0:
        return ""
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"
