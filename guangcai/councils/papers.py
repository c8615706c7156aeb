"""The joint-building agreement on paper: Word to be changed and signed, PDF to be printed as it is.

Word comes from a template, whose words are Chinese whatever language the screen has (docs/adr/0016).
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from guangcai.core import documents
from guangcai.councils.enums import Side
from guangcai.councils.models import JointAgreement
from guangcai.councils.wording import items_in_words, party_of


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def _values(row: JointAgreement) -> dict[str, Any]:
    """What both papers print."""
    with override(settings.LANGUAGE_CODE):
        items = list(row.items.all())
        return {
            "number": row.number,
            "community": party_of(row.community),
            "unit": row.work_unit.name,
            "since": _day(row.starts_on),
            "until": _day(row.until),
            "unit_items": items_in_words(one for one in items if one.side == Side.UNIT),
            "community_items": items_in_words(one for one in items if one.side == Side.COMMUNITY),
            "signed_on": _day(row.signed_on),
            "signer": row.signer_name,
            "on_screen": row.signed_how == "screen",
        }


def agreement_docx(row: JointAgreement) -> bytes:
    """The agreement by the district's template (print/joint_agreement.docx)."""
    return documents.docx("councils/joint_agreement.docx", _values(row))


def agreement_pdf(row: JointAgreement) -> bytes:
    values = _values(row)
    with override(settings.LANGUAGE_CODE):
        words = {
            "title": _("Joint-building agreement"),
            "subtitle": _("No. %(number)s") % values,
            "parties": [
                (_("Party A (community)"), values["community"]),
                (_("Party B (unit)"), values["unit"]),
                (_("Term"), _("%(since)s to %(until)s") % values),
            ],
            "opening": _("Both parties build the community together and have agreed as follows."),
            "sections": [
                (_("What Party B does"), values["unit_items"]),
                (_("What Party A does"), values["community_items"]),
                (
                    _("Ending"),
                    _("Either side may end this agreement by telling the other why. Both look at it once a year."),
                ),
            ],
            "signatures": [_("Party A (seal)"), _("Party B (seal)")],
            "signed": _("Signed on the screen by %(signer)s on %(signed_on)s.") % values if values["on_screen"] else "",
            "date": _("Date"),
        }
    made_at = row.signed_at or row.drawn_up_at
    return documents.pdf("councils/joint_agreement.typ", values | words, made_at=made_at.replace(microsecond=0))
