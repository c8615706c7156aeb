"""What one reader can do with a case now: the buttons of its page."""

from dataclasses import dataclass

from guangcai.cases import rules
from guangcai.cases.enums import CaseState, StepKind, WorkerKind
from guangcai.cases.models import Case
from guangcai.cases.parts import gives_service, has_job, is_asker
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.phones import national


@dataclass(frozen=True)
class Page:
    """Which steps are open to this reader. is_desk: reads everything but the asker's phone.

    worker_phone: where the desk rings up the technician who has it; "" for everybody else.
    """

    is_desk: bool
    is_street: bool
    is_asker: bool
    has_job: bool
    may_dispatch: bool
    may_accept: bool
    may_decline: bool
    may_return: bool
    may_contact: bool
    may_appoint: bool
    may_finish: bool
    may_call_back: bool
    may_close: bool
    may_escalate: bool
    may_rule: bool
    may_confirm: bool
    may_reopen: bool
    may_open_asker: bool
    needs_reason: bool
    worker_phone: str


def page_of(case: Case, actor: Actor) -> Page:
    """By rights and state alone; the command asks again. No statement but for a team's job."""
    can = rules.MOVES[CaseState(case.state)]
    desk = actor.can(Permission.CASE_EDIT, case.path)
    street = actor.can(Permission.CASE_RULE, case.path)
    own, mine = has_job(case, actor), is_asker(case, actor)
    works = desk or own
    is_person = case.assignment is not None and case.assignment.worker != WorkerKind.UNIT
    return Page(
        is_desk=desk,
        is_street=street,
        is_asker=mine,
        has_job=own,
        may_dispatch=desk and StepKind.DISPATCHED in can,
        may_accept=works and StepKind.ACCEPTED in can,
        may_decline=works and is_person and StepKind.DECLINED in can,
        may_return=works and StepKind.RETURNED in can,
        may_contact=works and StepKind.CONTACTED in can and case.responded_at is None,
        may_appoint=works and StepKind.APPOINTED in can,
        may_finish=works and StepKind.DONE in can,
        may_call_back=desk and StepKind.CALLED_BACK in can,
        may_close=desk and StepKind.CLOSED in can,
        may_escalate=desk and StepKind.ESCALATED in can and case.dispatched_at is not None,
        may_rule=street and StepKind.RULED in can,
        may_confirm=mine and StepKind.CONFIRMED in can,
        may_reopen=mine and StepKind.REOPENED in can,
        may_open_asker=(desk and actor.can(Permission.PHONE_OPEN, case.path)) or street,
        needs_reason=street and not desk,
        worker_phone=_worker_phone(case) if desk else "",
    )


def _worker_phone(case: Case) -> str:
    technician = case.assignment.technician if case.assignment else None
    return national(technician.phone) if technician and technician.phone else ""


def may_record_time(case: Case) -> bool:
    """Whether minutes given would become a ledger entry."""
    return gives_service(case.assignment)
