"""The agreement on paper, for both sides to sign: Word to be changed, PDF to be printed as it is.

Word comes from a template, whose words are Chinese whatever language the screen has (docs/adr/0016).
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from guangcai.core import documents
from guangcai.mediation.enums import PartySide
from guangcai.mediation.models import Agreement, Mediation
from guangcai.mediation.queries.page import sides_of


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _values(row: Mediation, agreement: Agreement) -> dict[str, Any]:
    """What both papers print: the only place where both names stand beside what was agreed."""
    sides = sides_of(row)
    live = row.assignments.live().select_related("mediator")
    with override(settings.LANGUAGE_CODE):
        names = {side: _(", ").join(one.name for one in people) for side, people in sides.items()}
        lines = agreement.step.written.note.splitlines()
        return {
            "number": row.number,
            "community": row.community.name,
            "cause": row.cause.name,
            "first": names.get(PartySide.FIRST, ""),
            "second": names.get(PartySide.SECOND, ""),
            "mediators": _(", ").join(one.mediator.name for one in live),
            "items": "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)),
            "signed_on": _day(agreement.signed_on),
        }


def agreement_docx(row: Mediation, agreement: Agreement) -> bytes:
    """The agreement by the district's template (print/agreement.docx)."""
    return documents.docx("mediation/agreement.docx", _values(row, agreement))


def agreement_pdf(row: Mediation, agreement: Agreement) -> bytes:
    values = _values(row, agreement)
    with override(settings.LANGUAGE_CODE):
        words = {
            "title": _("Agreement between neighbours"),
            "subtitle": _("No. %(number)s") % values,
            "parties": [
                (_("Party A"), values["first"]),
                (_("Party B"), values["second"]),
                (_("Cause"), values["cause"]),
                (_("Mediated by"), values["mediators"]),
            ],
            "opening": _("Both parties talked it over at %(community)s and agreed of their own free will:") % values,
            "ending": _("Each party keeps one copy. The community asks both parties later whether it holds."),
            "signatures": [_("Party A (signature)"), _("Party B (signature)"), _("Mediator (signature)")],
            "date": _("Date: %(day)s") % {"day": values["signed_on"]},
        }
    made_at = agreement.step.at.replace(microsecond=0)
    return documents.pdf("mediation/agreement.typ", values | words, made_at=made_at)
