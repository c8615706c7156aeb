"""The one place where a case changes its state: a step is written, and the case repeats it."""

from datetime import datetime
from typing import Any

from guangcai.cases import hooks, rules
from guangcai.cases.enums import CaseState, Side, StepKind
from guangcai.cases.models import Case, CaseStep, StepNote
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.database.fixed import insert
from guangcai.core.text import is_blank

OVER = (CaseState.CLOSED, CaseState.SOLVED)
# Nobody has it any more.
FREED = (CaseState.TO_DISPATCH, CaseState.TO_RULE)


def take_step(
    case: Case, kind: StepKind, *, side: Side, by: Actor, now: datetime, note: str = "", **facts: Any
) -> CaseStep:
    """Write one step of a locked case, move its state, and save what the case repeats of it.

    facts: the columns of CaseStep that this kind has. Clocks never run backwards: a step is not earlier than the one
    before it. Raises Conflict when the state does not allow the step.
    """
    is_first = kind == StepKind.RAISED
    before = None if is_first else case.steps.order_by("-number").only("number", "at").first()
    rules.check_side(kind, side)
    state = rules.next_state(CaseState(case.state) if before else None, kind)
    step = CaseStep(
        district_code=case.district_code,
        case=case,
        number=before.number + 1 if before else 1,
        kind=kind,
        state=state,
        at=max(now, before.at) if before else now,
        side=side,
        by=by.user_id,
        **facts,
    )
    insert(step)
    if not is_blank(note):
        StepNote.objects.create(step=step, district_code=step.district_code, note=note.strip())
    if not is_first:  # The row says it already: it was written with this step.
        _repeat(case, step)
    hooks.tell_listeners(case, at=step.at, now=now)
    if not is_first:
        audit.record(Tag.CASE_STEP, by=by, on=case, now=now, step=kind.value, state=state.value, side=side.value)
    return step


def _repeat(case: Case, step: CaseStep) -> None:
    """What the case says of its steps, for lists and rates (invariant cases.state.as_stepped)."""
    case.state = step.state
    if step.worker:
        case.assignment = step
    elif step.state in FREED:
        case.assignment = None
    if step.kind in rules.CONTACTS and case.responded_at is None:
        case.responded_at = step.at
    if step.kind == StepKind.DONE:
        case.done_at = step.at
    if step.kind in (StepKind.RETURNED, StepKind.DISPUTED):
        case.returns += 1
    if step.kind == StepKind.NOTICED:
        case.noticed_at = step.at
    _repeat_word(case, step)
    case.ended_at = step.at if step.state in OVER else None
    case.close_code = step.close_code if step.state == CaseState.CLOSED else ""
    if step.state != CaseState.CLOSED:
        case.duplicate_of = None
    case.save()


def _repeat_word(case: Case, step: CaseStep) -> None:
    """What the asker said last, on the phone or himself."""
    if step.kind == StepKind.CALLED_BACK:
        case.called_back_at = step.at
        case.is_solved, case.is_satisfied = rules.solved_by(step.outcome), step.is_satisfied
    elif step.kind == StepKind.CONFIRMED:
        case.is_solved = True
        case.is_satisfied = step.is_satisfied if step.is_satisfied is not None else case.is_satisfied
    elif step.kind == StepKind.REOPENED:
        case.is_solved, case.is_satisfied = False, None
