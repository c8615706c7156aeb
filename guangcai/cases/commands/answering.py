"""The last word: the desk calls back, the asker says solved or not, and what nobody answered is closed in the end."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.cases import rules
from guangcai.cases.commands.locks import lock_case, lock_visible
from guangcai.cases.commands.steps import take_step
from guangcai.cases.enums import CallOutcome, CaseState, CloseCode, Side, StepKind
from guangcai.cases.models import Case
from guangcai.cases.parts import is_asker, is_worker
from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.orgs.policies import CaseTime, in_force_at


@transaction.atomic
def call_back(*, case: Case, outcome: str, is_satisfied: bool | None, note: str = "", by: Actor, now: datetime) -> Case:
    """The desk asks whether it is solved and notes what was said. It does not end the case: the asker may still answer.

    Not by whoever did it (maker is not checker). is_satisfied: None exactly when nobody was reached.
    Raises RuleBroken(field). Sources: J4, §2.10 (回访).
    """
    row = lock_visible(case.pk, by)
    by.require(Permission.CASE_EDIT, row.path)
    if outcome not in CallOutcome.values:
        raise RuleBroken(_("Choose what the call-back found."), field="outcome", code="outcome_unknown")
    rules.check_call_back(outcome=outcome, is_satisfied=is_satisfied)
    rules.check_note(note, required=outcome in (CallOutcome.EXPLAINED, CallOutcome.REFUSED))
    if is_worker(row.assignment, by) or (by.member_id and _did(row) == by.member_id):
        raise RuleBroken(_("Somebody else calls back: you did this job yourself."), code="own_job")
    facts = {"outcome": outcome, "is_satisfied": is_satisfied}
    take_step(row, StepKind.CALLED_BACK, side=Side.DESK, by=by, now=now, note=note, **facts)
    return row


def _did(row: Case) -> UUID | None:
    """Who of a team did it, as its leader said."""
    steps = row.steps.filter(kind=StepKind.DONE).order_by("-number")
    return steps.values_list("member_id", flat=True).first()


@transaction.atomic
def confirm_solved(
    *, case: Case, by: Actor, now: datetime, code: str = "", is_satisfied: bool | None = None, note: str = ""
) -> Case:
    """The asker says: solved. Nobody else can (constraint case_step_asker_says_solved). Harmless twice.

    The asker is the member who asked, or whoever has the code of the case. Raises OutOfScope for anybody else.
    """
    row = _lock_own(case, by=by, code=code)
    if row.state == CaseState.SOLVED:
        return row
    rules.check_note(note)
    facts = {"is_satisfied": is_satisfied}
    take_step(row, StepKind.CONFIRMED, side=Side.ASKER, by=by, now=now, note=note, **facts)
    return row


@transaction.atomic
def reopen(*, case: Case, note: str, by: Actor, now: datetime, code: str = "") -> Case:
    """The asker says: not solved. The same case goes back to the desk; its clock was never stopped.

    Within the days of the rule after the call-back, or after an end without one. Raises RuleBroken later, with what
    to do instead. Source: 诉求人不满意的重办, docs/adr/0023.
    """
    row = _lock_own(case, by=by, code=code)
    rules.check_note(note, required=True)
    rules.next_state(CaseState(row.state), StepKind.REOPENED)
    days = in_force_at(CaseTime, path=row.path, on=localdate(now)).answer_days
    is_unanswered = row.state == CaseState.CALLED_BACK or row.close_code == CloseCode.UNANSWERED
    last_word_at = row.called_back_at if is_unanswered else row.ended_at
    rules.check_reopen(last_word_at=last_word_at, answer_days=days, now=now)
    take_step(row, StepKind.REOPENED, side=Side.ASKER, by=by, now=now, note=note)
    return row


def _lock_own(case: Case, *, by: Actor, code: str) -> Case:
    row = lock_case(case.pk)
    if not is_asker(row, by, code):
        raise OutOfScope()
    return row
