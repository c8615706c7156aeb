"""Verbs of feedback and appraisal."""

from guangcai.appraisal.commands.appraisals import (
    add_duty_elsewhere,
    add_exemption,
    approve_appraisals,
    end_exemption,
    give_opinion,
    give_opinions,
    send_appraisals,
    write_own_words,
)
from guangcai.appraisal.commands.drafting import draft_appraisals
from guangcai.appraisal.commands.feedback import (
    answer_sheet,
    approve_sheets,
    hand_over_sheet,
    mark_read,
    reply_to_dispute,
    write_remark,
)
from guangcai.appraisal.commands.objections import answer_objection, object_to_appraisal
from guangcai.appraisal.commands.quarter import (
    Closed,
    ask_to_close,
    close_quarter,
    draft_missing_supplements,
    draft_supplements,
)

__all__ = [
    "Closed",
    "add_duty_elsewhere",
    "add_exemption",
    "answer_objection",
    "answer_sheet",
    "approve_appraisals",
    "approve_sheets",
    "ask_to_close",
    "close_quarter",
    "draft_appraisals",
    "draft_missing_supplements",
    "draft_supplements",
    "end_exemption",
    "give_opinion",
    "give_opinions",
    "hand_over_sheet",
    "mark_read",
    "object_to_appraisal",
    "reply_to_dispute",
    "send_appraisals",
    "write_own_words",
    "write_remark",
]
