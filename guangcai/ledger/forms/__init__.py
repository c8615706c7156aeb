"""What people type about entries: parsed here, judged by the commands."""

from guangcai.ledger.forms.entries import BackFillForm, ReasonForm
from guangcai.ledger.forms.papers import PeriodForm, VerificationForm
from guangcai.ledger.forms.review import AnswerForm, CheckForm, MonthForm, ObjectionForm

__all__ = [
    "AnswerForm",
    "BackFillForm",
    "CheckForm",
    "MonthForm",
    "ObjectionForm",
    "PeriodForm",
    "ReasonForm",
    "VerificationForm",
]
