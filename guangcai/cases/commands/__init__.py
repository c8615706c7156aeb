"""Everything that changes cases. Web, jobs and other rooms call these and nothing else."""

from guangcai.cases.commands.answering import call_back, confirm_solved, reopen
from guangcai.cases.commands.askers import Opened, open_asker
from guangcai.cases.commands.catalogue import ItemDraft, add_item, change_item, end_item, load_case_catalogue
from guangcai.cases.commands.closing import (
    close_case,
    close_unanswered,
    escalate,
    notice_overdue,
    rule_out,
    rule_worker,
)
from guangcai.cases.commands.dispatching import Worker, dispatch
from guangcai.cases.commands.exporting import record_case_export
from guangcai.cases.commands.listening import add_listener, end_listener, send_again
from guangcai.cases.commands.photos import forget_photos
from guangcai.cases.commands.raising import AskerDraft, CaseDraft, raise_case
from guangcai.cases.commands.receiving import Answer, receive_case
from guangcai.cases.commands.retention import anonymise_cases
from guangcai.cases.commands.technicians import (
    Hours,
    TechnicianDraft,
    add_technician,
    change_technician,
    end_technician,
)
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
    "Answer",
    "AskerDraft",
    "CaseDraft",
    "Hours",
    "ItemDraft",
    "JobTime",
    "Opened",
    "TechnicianDraft",
    "Worker",
    "accept",
    "add_item",
    "add_listener",
    "add_technician",
    "anonymise_cases",
    "call_back",
    "change_item",
    "change_technician",
    "close_case",
    "close_unanswered",
    "confirm_solved",
    "decline",
    "dispatch",
    "end_item",
    "end_listener",
    "end_technician",
    "escalate",
    "finish",
    "forget_photos",
    "give_back",
    "load_case_catalogue",
    "make_appointment",
    "note_contact",
    "notice_overdue",
    "open_asker",
    "raise_case",
    "receive_case",
    "record_case_export",
    "reopen",
    "rule_out",
    "rule_worker",
    "send_again",
]
