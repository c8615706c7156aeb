"""What councils allow: pure checks and sums, no database, no clock."""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import Conflict, RuleBroken, Text
from guangcai.core.text import is_blank
from guangcai.councils.enums import BodyKind, MinutesStage, PartyClass, ProposalState, Verdict
from guangcai.orgs.policies import MeetingRhythm

S = ProposalState
NAME_LENGTH: Final = 60
TITLE_LENGTH: Final = 80
LINE_LENGTH: Final = 120
NOTE_LENGTH: Final = 200
TEXT_LENGTH: Final = 500
LONG_TEXT: Final = 1000
MINUTES_LENGTH: Final = 10_000
MOST_LINES: Final = 30
MOST_OF_AN_ITEM: Final = 1_000_000
MEASURE_LENGTH: Final = 20
MONTHS_A_YEAR: Final = 12
MOST_POINTS: Final = 10
WHOLE: Final = 100
DAY: Final = timedelta(days=1)
# A promise for the year 9999 would be one without a day; an agreement is renewed rather than made for ever.
FARTHEST_PROMISE: Final = timedelta(days=5 * 366)
LONGEST_TERM: Final = timedelta(days=5 * 366)
# Meetings and competitions are planned for a year; what lies further away is a slip of the pen.
FARTHEST_MEETING: Final = timedelta(days=731)
EARLIEST: Final = date(1949, 10, 1)


def check_said(text: str, missing: Text, *, field: str, longest: int) -> str:
    """`text` without white space around it. Raises RuleBroken with the words `missing`, or for one too long."""
    found = text.strip()
    if not found:
        raise RuleBroken(missing, field=field, code=f"{field}_missing")
    if len(found) > longest:
        words = _("At most %(number)d characters.") % {"number": longest}
        raise RuleBroken(words, field=field, code=f"{field}_long")
    return found


# --- bodies ---------------------------------------------------------------------------------------------------------


def check_body_live(*, is_live: bool) -> None:
    if not is_live:
        raise RuleBroken(_("This body has ended. Set up a new one."), code="body_ended")


def check_near(day: date, *, today: date, field: str, code: str) -> None:
    if day > today + FARTHEST_MEETING:
        words = _("This day lies more than two years away: check the year.")
        raise RuleBroken(words, field=field, code=code)


def check_set_up(*, set_up_on: date, today: date) -> None:
    if set_up_on < EARLIEST:
        words = _("The body was set up before 1 October 1949: check the year.")
        raise RuleBroken(words, field="set_up_on", code="set_up_early")
    if set_up_on > today:
        raise RuleBroken(_("A body is noted once it is set up: choose today or earlier."), field="set_up_on")


def check_name_free(*, is_taken: bool) -> None:
    if is_taken:
        raise RuleBroken(_("A body of this name stands here already."), field="name", code="name_taken")


def check_nothing_planned(*, is_planned: bool) -> None:
    if is_planned:
        raise RuleBroken(_("A meeting is called. Hold it or call it off first."), field="reason", code="meeting_open")


def check_seat(party: str, *, has_member: bool, has_unit: bool, has_name: bool) -> None:
    """A seat is held by exactly one: a member, a unit, or a named party."""
    if [has_member, has_unit, has_name].count(True) != 1:
        words = _("Name one: a member, a work unit, or somebody else by name.")
        raise RuleBroken(words, field="party_name", code="seat_of_one")
    if party == PartyClass.UNIT and not has_unit:
        raise RuleBroken(_("Choose the work unit."), field="work_unit", code="unit_missing")
    if party == PartyClass.MEMBER and not has_member:
        raise RuleBroken(_("Choose the member."), field="member", code="member_missing")


def check_seat_free(*, is_taken: bool, has_chair: bool) -> None:
    if is_taken:
        raise RuleBroken(_("He or it has a seat in this body already."), code="seat_taken")
    if has_chair:
        raise RuleBroken(_("This body has a chair. End that seat first."), field="role", code="chair_taken")


def missing_parties(required: Iterable[str], seated: Collection[str]) -> list[str]:
    """Classes of party that the kind of body asks for and nobody speaks for, in their order (A26)."""
    return [str(PartyClass(party).label) for party in required if party not in seated]


# --- meetings -------------------------------------------------------------------------------------------------------


def check_told(*, starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        words = _("People are told before a meeting: choose a time that is still to come.")
        raise RuleBroken(words, field="starts_on", code="told_late")
    check_near(localdate(starts_at), today=localdate(now), field="starts_on", code="meeting_far")


def check_meeting_open(*, is_closed: bool, is_called_off: bool) -> None:
    if is_called_off:
        raise RuleBroken(_("This meeting was called off. Call a new one."), code="called_off")
    if is_closed:
        raise RuleBroken(_("This meeting is closed: what was decided stays."), code="meeting_closed")


def check_close(*, starts_at: datetime, now: datetime, present: int, next_on: date, today: date) -> None:
    if now < starts_at:
        raise RuleBroken(_("The meeting has not begun yet. Close it afterwards."), code="not_begun")
    if not present:
        raise RuleBroken(_("Tick who was there."), field="seats", code="nobody_there")
    if next_on <= today:
        raise RuleBroken(_("Choose a later day for the next meeting."), field="next_on", code="next_past")
    check_near(next_on, today=today, field="next_on", code="next_far")


def check_minutes(stage: MinutesStage, *, before: Sequence[str], is_held: bool) -> None:
    """A draft first, amendments after it, the final version once. Raises Conflict when the final one stands."""
    if not is_held:
        raise RuleBroken(_("Close the meeting first, then write its minutes."), code="not_held")
    if MinutesStage.FINAL in before:
        raise Conflict(
            _("The minutes are final. What is wrong is put right in the next meeting."), code="minutes_final"
        )
    if not before and stage == MinutesStage.AMENDED:
        raise RuleBroken(_("There is no draft to amend yet."), code="no_draft")


# --- cadence --------------------------------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of a shorter month."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def meets_every(kind: str, rhythm: MeetingRhythm) -> int | None:
    """Most months between two meetings; None for a body that meets when there is something to talk about."""
    months = {
        BodyKind.JOINT: rhythm.joint_months,
        BodyKind.COMMITTEE: rhythm.committee_months,
        BodyKind.HEARING: rhythm.hearing_months,
    }
    return months.get(BodyKind(kind))


@dataclass(frozen=True)
class Kept:
    """What a body has kept up. last_met: else the day it was set up; planned_on: of the next meeting that was called;
    menus: first days of months with a menu; last_survey: first day of a month."""

    kind: str
    last_met: date
    wanted_on: date | None = None
    planned_on: date | None = None
    menus: Collection[date] = ()
    last_survey: date | None = None
    since: date | None = None


class Duty(StrEnum):
    MEETING = "meeting"
    MENU = "menu"
    SURVEY = "survey"


@dataclass(frozen=True)
class DueOn:
    """Something a body owes by a day; `month`: the first day of the month a menu or survey is for."""

    duty: Duty
    by: date
    month: date | None = None


def due_of(kept: Kept, rhythm: MeetingRhythm, *, today: date, ahead: int = 30) -> list[DueOn]:
    """What a body owes within `ahead` days or owes already. Sources: A27, A28, A34, A35."""
    found = []
    months = meets_every(kept.kind, rhythm)
    days = [day for day in (kept.wanted_on, months and add_months(kept.last_met, months)) if day]
    if days and (kept.planned_on is None or kept.planned_on > min(days)):
        found.append(DueOn(Duty.MEETING, min(days)))
    if kept.kind == BodyKind.JOINT:
        found += _menus(kept, rhythm, today)
        base = kept.last_survey or (kept.since or kept.last_met).replace(day=1)
        month = add_months(base, rhythm.survey_months)
        found.append(DueOn(Duty.SURVEY, add_months(month, 1) - DAY, month))
    return [one for one in found if one.by <= today + timedelta(days=ahead)]


def _menus(kept: Kept, rhythm: MeetingRhythm, today: date) -> list[DueOn]:
    this = today.replace(day=1)
    wanted = [month for month in (this, add_months(this, 1)) if month not in kept.menus]
    return [DueOn(Duty.MENU, month - timedelta(days=rhythm.menu_days), month) for month in wanted]


def decided_field(proposal: UUID) -> str:
    """What the closing form calls its box for the decision on a proposal."""
    return f"decided_{proposal}"


def check_record_month(*, month: date, today: date, is_menu: bool, is_taken: bool) -> None:
    """A menu is for this month or a coming one, a survey for one that has begun."""
    this = today.replace(day=1)
    if is_menu and not this <= month <= add_months(this, 2):
        raise RuleBroken(_("A menu is for this month or one of the next two."), field="month", code="menu_month")
    if not is_menu and month > this:
        raise RuleBroken(_("A survey is written down once its month has begun."), field="month", code="survey_month")
    if is_taken:
        raise RuleBroken(_("This month has one already."), field="month", code="month_taken")


# --- proposals ------------------------------------------------------------------------------------------------------

MOVES: Final[Mapping[ProposalState, frozenset[ProposalState]]] = {
    S.RAISED: frozenset({S.ACCEPTED, S.REFUSED, S.DROPPED}),
    S.ACCEPTED: frozenset({S.TABLED, S.DROPPED}),
    # Put off to another meeting, or a unit takes it on.
    S.TABLED: frozenset({S.TABLED, S.PLEDGED, S.DROPPED}),
    # A unit that gives up sends it back to the table.
    S.PLEDGED: frozenset({S.UNDERWAY, S.DONE, S.TABLED, S.DROPPED}),
    S.UNDERWAY: frozenset({S.DONE, S.TABLED, S.DROPPED}),
    S.DONE: frozenset({S.JUDGED}),
    # What was not kept goes back to the table; the result is published otherwise.
    S.JUDGED: frozenset({S.PUBLISHED, S.TABLED}),
    S.PUBLISHED: frozenset(),
    S.REFUSED: frozenset(),
    S.DROPPED: frozenset(),
}
OVER: Final = frozenset(state for state, after in MOVES.items() if not after)
TAKES_PLEDGES: Final = frozenset({S.TABLED, S.PLEDGED, S.UNDERWAY})


def check_move(old: str, new: ProposalState) -> None:
    """Raises RuleBroken for a move that the life of a proposal has not. Source: A29, J7."""
    if new not in MOVES[S(old)]:
        words = _("The proposal is “%(old)s”: it cannot become “%(new)s”.") % {"old": S(old).label, "new": new.label}
        raise RuleBroken(words, code="no_such_move")


def check_proposer(*, has_member: bool, name: str) -> None:
    if not has_member and is_blank(name):
        raise RuleBroken(_("Say who proposes it."), field="proposer_name", code="proposer_missing")


def check_takes_pledges(state: str) -> None:
    if state not in TAKES_PLEDGES:
        raise RuleBroken(_("Only a proposal that is on the table takes promises."), code="not_on_the_table")


def check_item_free(*, is_taken: bool) -> None:
    if is_taken:
        words = _("Another unit has promised exactly this. Promise something else, or help it.")
        raise Conflict(words, field="item", code="item_taken")


def check_due(*, due_on: date, today: date) -> None:
    if due_on <= today:
        raise RuleBroken(_("Promise a day that is still to come."), field="due_on", code="due_past")
    if due_on > today + FARTHEST_PROMISE:
        raise RuleBroken(_("Promise a day within the next five years."), field="due_on", code="due_far")


def check_pledge_open(*, is_done: bool, is_withdrawn: bool, state: str) -> None:
    if is_withdrawn:
        raise RuleBroken(_("This promise was withdrawn."), code="pledge_withdrawn")
    if is_done:
        raise RuleBroken(_("This promise is done already."), code="pledge_done")
    if state in OVER:
        raise RuleBroken(_("The proposal is closed: nothing is added to it."), code="proposal_over")


def check_done_on(*, done_on: date, made_on: date, today: date) -> None:
    if not made_on <= done_on <= today:
        words = _("It was done between the promise (%(day)s) and today.") % {"day": made_on}
        raise RuleBroken(words, field="done_on", code="done_day")


def check_quantity(quantity: int | None, measure: str) -> None:
    if bool(quantity) == is_blank(measure):
        raise RuleBroken(_("Give both how much and of what, or neither."), field="quantity", code="quantity_half")


def check_asked(*, own: bool, asked: str) -> None:
    """Whoever writes it down for somebody else says how he said so."""
    if not own and not asked:
        raise RuleBroken(_("Say how he told you so."), field="asked", code="asked_missing")


def check_judging(state: str, *, is_judged: bool) -> None:
    if state not in (S.DONE, S.JUDGED):
        raise RuleBroken(_("It is judged once everything promised is done."), code="not_done")
    if is_judged:
        raise RuleBroken(_("This judgement is given already."), code="judged_already")


def last_word(proposer: str | None, delegates: Sequence[str]) -> Verdict | None:
    """What holds: the word of whoever asked; else what most delegates say, the worse where they are even."""
    if proposer is not None:
        return Verdict(proposer)
    if not delegates:
        return None
    counted = Counter(delegates)
    worst_first = [Verdict.NOT_KEPT, Verdict.PARTLY, Verdict.KEPT]
    return max(worst_first, key=lambda verdict: (counted[verdict], -worst_first.index(verdict)))


def check_back_to_table(state: str, verdict: Verdict | None) -> None:
    if state != S.JUDGED:
        raise RuleBroken(_("Only what was judged goes back to the table."), code="not_judged")
    if verdict == Verdict.KEPT:
        raise RuleBroken(_("It was kept: publish the result."), code="was_kept")


class Standing(StrEnum):
    """How a promise stands on a day."""

    ON_TIME = "on_time"
    SILENT = "silent"
    LATE = "late"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    PARTLY = "partly"
    NOT_KEPT = "not_kept"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Promise:
    """What the standing of a promise depends on. heard_on: of the last note, else the day it was made."""

    due_on: date
    heard_on: date
    done_on: date | None = None
    is_withdrawn: bool = False
    is_dropped: bool = False
    verdict: str | None = None


def standing(promise: Promise, *, today: date, silent_months: int) -> Standing:
    """Nothing is endless: past its day a promise is late; without a word for `silent_months` it is silent."""
    if promise.is_withdrawn:
        return Standing.WITHDRAWN
    if promise.done_on is not None:
        if promise.verdict in (Verdict.NOT_KEPT, Verdict.PARTLY):
            return Standing(promise.verdict)
        return Standing.KEPT if promise.done_on <= promise.due_on else Standing.KEPT_LATE
    if promise.is_dropped:
        return Standing.STOPPED
    if today > promise.due_on:
        return Standing.LATE
    return Standing.SILENT if today > add_months(promise.heard_on, silent_months) else Standing.ON_TIME


# --- agreements -----------------------------------------------------------------------------------------------------


def agreement_number(community_code: str, year: int, number: int) -> str:
    """`GJ210802001002-2026-0003`: whose, which year, which one."""
    return f"GJ{community_code}-{year}-{number:04d}"


def check_term(*, starts_on: date, until: date, today: date) -> None:
    if abs(starts_on - today) > LONGEST_TERM:
        words = _("This day lies more than five years away: check the year.")
        raise RuleBroken(words, field="starts_on", code="term_far")
    if until < starts_on:
        raise RuleBroken(_("The term ends before it begins."), field="until", code="term_back")
    if until > starts_on + LONGEST_TERM:
        raise RuleBroken(_("A term is five years at most: renew it then."), field="until", code="term_long")


def check_items(sides: Collection[str]) -> None:
    if len(sides) < 2:
        raise RuleBroken(
            _("Both sides promise something: give each at least one line."), field="items", code="one_sided"
        )


def check_term_free(*, is_taken: bool) -> None:
    if is_taken:
        words = _("This unit has an agreement with the community in that time. End it, or begin after it.")
        raise Conflict(words, field="starts_on", code="term_taken")


def check_agreement_live(*, is_ended: bool) -> None:
    if is_ended:
        raise RuleBroken(_("This agreement has ended."), code="agreement_ended")


def check_desk_signs(*, on_paper: bool) -> None:
    """On the screen the unit signs for itself; the desk notes what was signed on paper."""
    if not on_paper:
        words = _("Only the unit signs on the screen: note the day of the signed paper instead.")
        raise RuleBroken(words, field="signed_on", code="desk_on_screen")


def check_signature(*, signer: str, is_paper: bool, note: str, signed_on: date, drawn_up_on: date, today: date) -> None:
    if is_blank(signer):
        raise RuleBroken(_("Write the name of who signs."), field="signer_name", code="signer_missing")
    if is_paper and is_blank(note):
        raise RuleBroken(_("Say where the signed paper is kept."), field="paper_note", code="paper_missing")
    if not drawn_up_on <= signed_on <= today:
        words = _("It was signed between the day it was drawn up (%(day)s) and today.") % {"day": drawn_up_on}
        raise RuleBroken(words, field="signed_on", code="signed_day")


def check_delivery(*, is_signed: bool, delivered_on: date, starts_on: date, until: date, today: date) -> None:
    if not is_signed:
        raise RuleBroken(_("Sign the agreement first: then deliveries count."), code="not_signed")
    if not starts_on <= delivered_on <= min(until, today):
        words = _("Deliveries lie in the term and not in the future.")
        raise RuleBroken(words, field="delivered_on", code="delivery_day")


# --- competition ----------------------------------------------------------------------------------------------------


def check_closing_day(*, closes_on: date, today: date) -> None:
    if closes_on <= today:
        raise RuleBroken(_("Choose a closing day after today."), field="closes_on", code="closing_past")
    check_near(closes_on, today=today, field="closes_on", code="closing_far")


def check_weights(weights: Sequence[int]) -> None:
    if sum(weights) != WHOLE:
        words = _("The weights make %(sum)d together: they make 100.") % {"sum": sum(weights)}
        raise RuleBroken(words, field="criteria", code="weights")


def check_contest_open(*, is_published: bool) -> None:
    if is_published:
        raise RuleBroken(_("The result is published: it stays as it is."), code="published")


def check_entering(*, closes_on: date, today: date) -> None:
    if today > closes_on:
        raise RuleBroken(_("Entries closed on %(day)s.") % {"day": closes_on}, code="entries_closed")


def check_points(points: Collection[int]) -> None:
    if any(not 0 <= one <= MOST_POINTS for one in points):
        raise RuleBroken(_("Points go from 0 to 10."), field="points", code="points")


def weighed(scores: Iterable[tuple[int, int, int]]) -> int | None:
    """The mean of the judges' weighed sums in hundredths of a point; None without one. Rows: judge, weight, points."""
    sums: dict[int, int] = {}
    for judge, weight, points in scores:
        sums[judge] = sums.get(judge, 0) + weight * points
    return round(sum(sums.values()) / len(sums)) if sums else None


def check_has_shortlist(*, count: int) -> None:
    if not count:
        raise RuleBroken(_("Make the shortlist first."), code="no_shortlist")
