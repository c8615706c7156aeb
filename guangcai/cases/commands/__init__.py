"""Everything that changes cases. Web, jobs and other rooms call these and nothing else."""

from guangcai.cases.commands.answering import call_back, confirm_solved, is_asker, reopen
from guangcai.cases.commands.closing import (
    close_case,
    close_unanswered,
    escalate,
    notice_overdue,
    rule_out,
    rule_worker,
)
from guangcai.cases.commands.dispatching import Worker, dispatch
from guangcai.cases.commands.raising import AskerDraft, CaseDraft, raise_case
from guangcai.cases.commands.work import (
    JobTime,
    accept,
    decline,
    finish,
    give_back,
    make_appointment,
    note_contact,
)

__all__ = [
    "AskerDraft",
    "CaseDraft",
    "JobTime",
    "Worker",
    "accept",
    "call_back",
    "close_case",
    "close_unanswered",
    "confirm_solved",
    "decline",
    "dispatch",
    "escalate",
    "finish",
    "give_back",
    "is_asker",
    "make_appointment",
    "note_contact",
    "notice_overdue",
    "raise_case",
    "reopen",
    "rule_out",
    "rule_worker",
]
