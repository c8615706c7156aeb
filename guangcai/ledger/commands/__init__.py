"""Everything that writes the ledger. Other rooms call these, never the tables."""

from guangcai.ledger.commands.certificates import issue_certificate
from guangcai.ledger.commands.confirming import Confirmation, Refused, confirm, decline
from guangcai.ledger.commands.notes import may_verify, note_export
from guangcai.ledger.commands.objections import Correction, answer_objection, raise_objection
from guangcai.ledger.commands.recording import Service, back_fill, record_many, record_service
from guangcai.ledger.commands.reversing import reverse
from guangcai.ledger.commands.samples import check_sample, draw_sample
from guangcai.ledger.commands.totals import rebuild_year_totals

__all__ = [
    "Confirmation",
    "Correction",
    "Refused",
    "Service",
    "answer_objection",
    "back_fill",
    "check_sample",
    "confirm",
    "decline",
    "draw_sample",
    "issue_certificate",
    "may_verify",
    "note_export",
    "raise_objection",
    "rebuild_year_totals",
    "record_many",
    "record_service",
    "reverse",
]
