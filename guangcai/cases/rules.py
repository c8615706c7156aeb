"""The life of a case and what each step asks: pure, no database, no clock (docs/adr/0023).

Every state has a way to an end; only the asker's own steps lead to "solved"; a reopened case is the same case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from guangcai.cases.enums import (
    CLOSED_BY_DESK,
    RULED_BY_STREET,
    CallOutcome,
    CaseState,
    CloseCode,
    FieldKind,
    Side,
    StepKind,
    TimeCount,
    WorkerKind,
)
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.text import is_blank
from guangcai.core.workdays import NO_OVERRIDES, SHANGHAI, Overrides, add_working_days, add_working_minutes

LONGEST_WHAT: Final = 500
LONGEST_NOTE: Final = 300
LONGEST_ANSWER: Final = 200
MOST_FIELDS: Final = 12
LONGEST_NAME: Final = 60
# Counted from the end of a case.
RETENTION: Final = timedelta(days=3 * 365 + 1)
PHOTOS_KEPT: Final = timedelta(days=90)

S, K = CaseState, StepKind
_ASSIGNED = {
    K.RETURNED: S.TO_DISPATCH,
    K.DISPUTED: S.TO_RULE,
    K.RELEASED: S.TO_DISPATCH,
    K.CLOSED: S.CLOSED,
}
_WATCHED = (K.NOTICED, K.ESCALATED)
# The whole life on one screen. A step that is not named here cannot be taken.
MOVES: Final[Mapping[CaseState | None, Mapping[StepKind, CaseState]]] = {
    None: {K.RAISED: S.TO_DISPATCH},
    S.TO_DISPATCH: {
        K.DISPATCHED: S.DISPATCHED,
        K.CONTACTED: S.TO_DISPATCH,
        K.NOTICED: S.TO_DISPATCH,
        K.ESCALATED: S.TO_RULE,
        K.CLOSED: S.CLOSED,
    },
    S.DISPATCHED: {
        **_ASSIGNED,
        K.ACCEPTED: S.ACCEPTED,
        K.DECLINED: S.TO_DISPATCH,
        K.CONTACTED: S.DISPATCHED,
        K.NOTICED: S.DISPATCHED,
        K.ESCALATED: S.TO_RULE,
    },
    S.ACCEPTED: {
        **_ASSIGNED,
        K.CONTACTED: S.ACCEPTED,
        K.APPOINTED: S.APPOINTED,
        K.DONE: S.DONE,
        K.NOTICED: S.ACCEPTED,
        K.ESCALATED: S.TO_RULE,
    },
    S.APPOINTED: {
        **_ASSIGNED,
        K.CONTACTED: S.APPOINTED,
        K.APPOINTED: S.APPOINTED,
        K.DONE: S.DONE,
        K.NOTICED: S.APPOINTED,
        K.ESCALATED: S.TO_RULE,
    },
    S.TO_RULE: {K.RULED: S.DISPATCHED, K.RULED_OUT: S.CLOSED, K.CLOSED: S.CLOSED, K.NOTICED: S.TO_RULE},
    S.DONE: {
        K.CALLED_BACK: S.CALLED_BACK,
        K.CONFIRMED: S.SOLVED,
        K.REOPENED: S.TO_DISPATCH,
        K.CLOSED: S.CLOSED,
    },
    S.CALLED_BACK: {
        # Not reached the first time: tried again.
        K.CALLED_BACK: S.CALLED_BACK,
        K.CONFIRMED: S.SOLVED,
        K.REOPENED: S.TO_DISPATCH,
        K.CLOSED: S.CLOSED,
    },
    S.CLOSED: {K.REOPENED: S.TO_DISPATCH},
    S.SOLVED: {K.REOPENED: S.TO_DISPATCH},
}
# By these alone the asker is known to have been spoken to.
CONTACTS: Final = frozenset({K.CONTACTED, K.APPOINTED, K.DONE})
# Said by the asker and by nobody else.
OF_ASKER: Final = frozenset({K.CONFIRMED, K.REOPENED})
_PERSONS = (WorkerKind.TECHNICIAN, WorkerKind.MEMBER, WorkerKind.TEAM, WorkerKind.BODY)


# --- the life -------------------------------------------------------------------------------------------------------


def next_state(state: CaseState | None, step: StepKind) -> CaseState:
    """The state after `step`. Raises Conflict in words: somebody else was first, or it is too early."""
    found = MOVES[state].get(step) if state in MOVES else None
    if found is None:
        words = _("This cannot be done now: the case is “%(state)s”. Reload the page and look first.")
        raise Conflict(words % {"state": state.label if state else ""}, code="step_not_now")
    return found


def check_side(step: StepKind, side: Side) -> None:
    """The asker's word is his own. A programming fault, never shown: no screen offers it to anybody else."""
    if step in OF_ASKER and side != Side.ASKER:
        raise ValueError(f"{step} is said by the asker alone")


def return_step(*, returns: int) -> StepKind:
    """The first return goes back to the desk, every later one to the street (§2.10: no tug of war)."""
    return K.DISPUTED if returns else K.RETURNED


def check_note(note: str, *, required: bool = False) -> None:
    if required and is_blank(note):
        raise RuleBroken(_("Say why, in a few words."), field="note", code="note_missing")
    if len(note) > LONGEST_NOTE:
        words = _("At most %(number)d characters.") % {"number": LONGEST_NOTE}
        raise RuleBroken(words, field="note", code="note_long")


def check_decline(worker: str) -> None:
    """A person may decline; a unit that was asked says why it gives the case back, with a reason that is counted."""
    if worker not in _PERSONS:
        raise RuleBroken(_("A unit returns a case with a reason instead of declining it."), code="unit_returns")


def check_appointment(at: datetime, *, now: datetime) -> None:
    if at <= now:
        raise RuleBroken(_("The appointment lies in the past."), field="appointed_for", code="appointment_past")
    if at > now + timedelta(days=60):
        raise RuleBroken(_("An appointment is within 60 days."), field="appointed_for", code="appointment_far")


def check_call_back(*, outcome: str, is_satisfied: bool | None) -> None:
    """Who was not reached has not said whether he is satisfied; everybody else is asked."""
    if outcome == CallOutcome.UNREACHABLE and is_satisfied is not None:
        words = _("Nobody was reached: leave out whether the asker is satisfied.")
        raise RuleBroken(words, field="is_satisfied", code="nobody_reached")
    if outcome != CallOutcome.UNREACHABLE and is_satisfied is None:
        words = _("Ask whether the asker is satisfied, and note it.")
        raise RuleBroken(words, field="is_satisfied", code="satisfaction_missing")


def solved_by(outcome: str) -> bool | None:
    """What a call-back says of the solution; None when nobody was reached."""
    return None if outcome == CallOutcome.UNREACHABLE else outcome == CallOutcome.SOLVED


def check_close(*, code: str, has_other: bool, note: str) -> None:
    """The desk closes a double, a withdrawn case, and one with another door; the rest the street rules."""
    if code not in CLOSED_BY_DESK:
        raise RuleBroken(_("Choose one of the reasons."), field="close_code", code="close_code_unknown")
    if code == CloseCode.DUPLICATE and not has_other:
        raise RuleBroken(_("Say of which case it is a double."), field="duplicate_of", code="other_missing")
    check_note(note, required=code != CloseCode.DUPLICATE)


def check_rule_out(*, code: str, note: str) -> None:
    if code not in RULED_BY_STREET:
        raise RuleBroken(_("Choose one of the reasons."), field="close_code", code="close_code_unknown")
    check_note(note, required=True)


def check_reopen(*, last_word_at: datetime | None, answer_days: int, now: datetime) -> None:
    """last_word_at: of the call-back, or of the end without one; None while nobody has called back."""
    if last_word_at is not None and now > last_word_at + timedelta(days=answer_days):
        words = _("It is more than %(days)d days ago: raise a new request and name this one.")
        raise RuleBroken(words % {"days": answer_days}, code="answer_late")


def is_unanswered(*, called_back_at: datetime, answer_days: int, now: datetime) -> bool:
    """Whether the time in which the asker may still answer is over."""
    return now > called_back_at + timedelta(days=answer_days)


# --- the clock ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Times:
    """How long an item may take; solution_days are working days when office hours are counted."""

    response_hours: int
    solution_days: int
    counted_in: TimeCount = TimeCount.CALENDAR


@dataclass(frozen=True)
class Due:
    response: datetime
    solution: datetime


def due(start: datetime, times: Times, *, opens: time, closes: time, overrides: Overrides = NO_OVERRIDES) -> Due:
    """When an answer and a solution are due, counted from the dispatch: the clock does not wait to be accepted."""
    if times.counted_in == TimeCount.CALENDAR:
        return Due(
            response=start + timedelta(hours=times.response_hours), solution=start + timedelta(days=times.solution_days)
        )
    last_day = add_working_days(start.astimezone(SHANGHAI).date(), times.solution_days, overrides)
    response = add_working_minutes(start, times.response_hours * 60, overrides, opens=opens, closes=closes)
    return Due(response=response, solution=datetime.combine(last_day, closes, SHANGHAI))


# --- what is asked --------------------------------------------------------------------------------------------------


def check_fields(fields: Sequence[Mapping[str, Any]]) -> None:
    """Raises RuleBroken(field="fields") unless an item's form is whole: labels differ, a choice has two or more."""
    labels = [str(field.get("label", "")).strip() for field in fields]
    if len(fields) > MOST_FIELDS:
        words = _("At most %(number)d questions: nobody answers more on the phone.") % {"number": MOST_FIELDS}
        raise RuleBroken(words, field="fields", code="fields_many")
    if not all(labels) or len(set(labels)) < len(labels):
        raise RuleBroken(_("Every question needs words of its own."), field="fields", code="field_label")
    for field in fields:
        if field.get("kind") not in FieldKind.values:
            raise RuleBroken(_("Every question is a text, a number or a choice."), field="fields", code="field_kind")
        if field["kind"] == FieldKind.CHOICE and len(field.get("choices") or []) < 2:
            raise RuleBroken(_("A choice offers two answers or more."), field="fields", code="field_choices")


def answers_of(fields: Sequence[Mapping[str, Any]], given: Mapping[str, str]) -> list[dict[str, str]]:
    """What was answered, as it is kept: [{"label", "answer"}], unanswered ones left out.

    given: by label. Raises RuleBroken(field="answers") naming the question.
    """
    kept = []
    for field in fields:
        answer = str(given.get(field["label"], "")).strip()
        _check_answer(field, answer)
        if not is_blank(answer):
            kept.append({"label": field["label"], "answer": answer})
    return kept


def _check_answer(field: Mapping[str, Any], answer: str) -> None:
    name = {"label": field["label"]}
    if is_blank(answer):
        if field.get("required"):
            raise RuleBroken(_("“%(label)s” is not answered yet.") % name, field="answers", code="answer_missing")
        return
    if field["kind"] == FieldKind.NUMBER and not (answer.isascii() and answer.isdigit() and len(answer) <= 9):
        raise RuleBroken(_("“%(label)s” is a whole number.") % name, field="answers", code="answer_number")
    if field["kind"] == FieldKind.CHOICE and answer not in field["choices"]:
        raise RuleBroken(_("“%(label)s”: choose one of the answers.") % name, field="answers", code="answer_choice")
    if len(answer) > LONGEST_ANSWER:
        raise RuleBroken(_("“%(label)s” is answered too long.") % name, field="answers", code="answer_long")


@dataclass(frozen=True)
class Reach:
    """How the asker is reached: what was given, not the words themselves."""

    has_name: bool
    has_phone: bool
    has_flat: bool
    is_member: bool = False


def check_what(what: str) -> None:
    if is_blank(what):
        raise RuleBroken(_("Say what is asked, in one sentence."), field="what", code="what_missing")
    if len(what) > LONGEST_WHAT:
        words = _("At most %(number)d characters.") % {"number": LONGEST_WHAT}
        raise RuleBroken(words, field="what", code="what_long")


def check_reach(reach: Reach, *, is_anonymous: bool) -> None:
    """Who wants an answer can be reached; who stays unnamed leaves no name behind."""
    if is_anonymous:
        if reach.has_name or reach.is_member:
            words = _("Anonymous means without a name: leave the name out, or take the mark away.")
            raise RuleBroken(words, field="name", code="anonymous_named")
        return
    if not (reach.has_phone or reach.has_flat or reach.is_member):
        words = _("Say how the asker is reached: a phone or a flat. Without either, mark the case as anonymous.")
        raise RuleBroken(words, field="phone", code="reach_missing")
