"""The agreement on paper: Word to be changed and signed, PDF to be printed as it is.

No personal data beyond the names of the parties. Word comes from a template, whose words are Chinese whatever language
the screen has (docs/adr/0016).
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from guangcai.core import documents
from guangcai.core.enums import SignedHow
from guangcai.zones.models import ZoneAgreement
from guangcai.zones.queries.holders import party_of


def _values(row: ZoneAgreement) -> dict[str, Any]:
    """What both papers print; the names as they were signed, before that as they are today."""
    with override(settings.LANGUAGE_CODE):
        return {
            "number": row.number,
            "zone": row.zone.name,
            "kind": row.zone.get_kind_display(),
            "community": row.community_name or party_of(row.community),
            "member": row.holder_name or row.member.name,
            "since": _day(row.starts_on),
            "until": _day(row.until),
            "duties": row.duties,
            "signed_on": _day(row.signed_on),
            "on_screen": row.signed_how == SignedHow.SCREEN,
        }


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def agreement_docx(row: ZoneAgreement) -> bytes:
    """The agreement by the district's template (print/agreement.docx)."""
    return documents.docx("zones/agreement.docx", _values(row))


def agreement_pdf(row: ZoneAgreement) -> bytes:
    values = _values(row)
    with override(settings.LANGUAGE_CODE):
        words = {
            "title": _("Agreement on a responsibility zone"),
            "subtitle": _("No. %(number)s") % values,
            "parties": [
                (_("Party A (community)"), values["community"]),
                (_("Party B (member)"), values["member"]),
                (_("Zone"), values["zone"]),
                (_("Term"), _("%(since)s to %(until)s") % values),
            ],
            "opening": _(
                "Party B takes on the zone “%(zone)s” of his own free will, as a volunteer and without pay. "
                "Both parties agree as follows."
            )
            % values,
            "duties_head": _("What Party B does"),
            "support_head": _("What Party A does"),
            "support": _(
                "Provides what is needed, insures volunteers, records the service and answers what is reported."
            ),
            "ending_head": _("Ending"),
            "ending": _(
                "Either side may end this agreement at any time by telling the other. "
                "Before the term ends both parties agree whether to renew it."
            ),
            "signatures": [_("Party A (seal)"), _("Party B (signature)")],
            "signed": _("Signed on the screen by %(member)s on %(signed_on)s.") % values if values["on_screen"] else "",
            "date": _("Date"),
        }
    made_at = row.signed_at or row.confirmed_at
    assert made_at is not None
    return documents.pdf("zones/agreement.typ", values | words, made_at=made_at.replace(microsecond=0))
