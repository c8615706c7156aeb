"""Booklet and certificate on paper: Word to be changed and sealed, PDF to be printed as it is.

Word comes from templates, whose words are Chinese whatever language the screen has (docs/adr/0016). The certificate
names the community as recording unit and says that it is no certificate of the national system.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from guangcai.core import documents
from guangcai.core.units import hours
from guangcai.ledger.queries.booklet import Booklet, BookletLine
from guangcai.ledger.queries.certificates import CertificateSheet, Line


def site_address(path: str) -> str:
    """The address people reach a page under: what the QR code holds."""
    return settings.SITE_URL.rstrip("/") + path


def _line(line: BookletLine | Line) -> dict[str, Any]:
    """One act of service as a template's row takes it."""
    return {
        "day": line.served_on.isoformat(),
        "activity": line.activity_name,
        "content": line.content,
        "place": line.place,
        "hours": hours(line.minutes),
    }


# --- booklet --------------------------------------------------------------------------------------------------------


def _booklet_facts(booklet: Booklet) -> list[tuple[str, str]]:
    return [
        (_("Name"), booklet.name),
        (_("Year"), str(booklet.year)),
        (_("Work unit"), booklet.work_unit),
        (_("Community"), booklet.community),
        (_("Confirmed hours"), hours(booklet.minutes)),
        (_("Deeds"), str(booklet.deeds)),
    ]


def _booklet_columns() -> list[str]:
    return [_("Date"), _("Activity"), _("Content of service"), _("Place"), _("Hours"), _("Deeds"), _("Recording unit")]


def _booklet_rows(booklet: Booklet) -> list[list[str]]:
    return [
        [
            line.served_on.isoformat(),
            line.activity_name,
            line.content,
            line.place,
            hours(line.minutes),
            str(line.deeds),
            line.recording_unit,
        ]
        for line in booklet.lines
    ]


def booklet_docx(booklet: Booklet, *, now: datetime) -> bytes:
    """The booklet by the district's template (print/booklet.docx)."""
    with override(settings.LANGUAGE_CODE):
        values = {
            "title": booklet.title,
            "name": booklet.name,
            "year": booklet.year,
            "work_unit": booklet.work_unit,
            "community": booklet.community,
            "hours": hours(booklet.minutes),
            "deeds": booklet.deeds,
            "printed_on": date_format(localdate(now), "DATE_FORMAT"),
            "lines": [
                {**_line(line), "deeds": line.deeds, "recording_unit": line.recording_unit} for line in booklet.lines
            ],
        }
    return documents.docx("ledger/booklet.docx", values)


def booklet_pdf(booklet: Booklet, *, now: datetime) -> bytes:
    values = {
        "title": booklet.title,
        "subtitle": str(booklet.year),
        "facts": _booklet_facts(booklet),
        "columns": _booklet_columns(),
        "rows": _booklet_rows(booklet),
        "printed": _printed_on(now),
        "signatures": [_("Member"), _("Secretary")],
    }
    return documents.pdf("ledger/booklet.typ", values, made_at=now.replace(microsecond=0))


def _printed_on(now: datetime) -> str:
    return _("Printed on %(day)s from confirmed records.") % {"day": date_format(localdate(now), "DATE_FORMAT")}


# --- certificate ----------------------------------------------------------------------------------------------------


def certificate_words(sheet: CertificateSheet) -> dict[str, Any]:
    """The sentences of a certificate, the same on screen, in Word and as PDF."""
    period = {"since": date_format(sheet.since, "DATE_FORMAT"), "until": date_format(sheet.until, "DATE_FORMAT")}
    words = {**period, "name": sheet.holder, "hours": hours(sheet.minutes), "count": len(sheet.lines)}
    return {
        "title": _("Proof of volunteer service"),
        "sentence": _(
            "%(name)s served the community from %(since)s to %(until)s in %(count)d activities, "
            "%(hours)s hours in all, as recorded and confirmed by us and listed below."
        )
        % words,
        "not_national": _(
            "Issued free of charge by the community as recording unit. It is not a certificate of the national "
            "volunteer service system."
        ),
        "unit": _("Recording unit (seal): %(unit)s") % {"unit": sheet.recording_unit},
        "issued": _("Issued on %(day)s") % {"day": date_format(localdate(sheet.issued_at), "DATE_FORMAT")},
    }


def _certificate_columns() -> list[str]:
    return [_("Date"), _("Activity"), _("Content of service"), _("Place"), _("Hours")]


def _certificate_rows(sheet: CertificateSheet) -> list[list[str]]:
    return [
        [line.served_on.isoformat(), line.activity_name, line.content, line.place, hours(line.minutes)]
        for line in sheet.lines
    ]


def certificate_docx(sheet: CertificateSheet, *, url: str) -> bytes:
    """The certificate by the district's template (print/certificate.docx), with the code to check it by."""
    with override(settings.LANGUAGE_CODE):
        days = {
            "since": date_format(sheet.since, "DATE_FORMAT"),
            "until": date_format(sheet.until, "DATE_FORMAT"),
            "issued_on": date_format(localdate(sheet.issued_at), "DATE_FORMAT"),
        }
    values = {
        **days,
        "number": sheet.number,
        "name": sheet.holder,
        "count": len(sheet.lines),
        "hours": hours(sheet.minutes),
        "recording_unit": sheet.recording_unit,
        "code": documents.Code(url),
        "url": url,
        "lines": [_line(line) for line in sheet.lines],
    }
    return documents.docx("ledger/certificate.docx", values)


def certificate_pdf(sheet: CertificateSheet, *, url: str) -> bytes:
    words = certificate_words(sheet)
    values = {
        **words,
        "number": _("No. %(number)s") % {"number": sheet.number},
        "columns": _certificate_columns(),
        "rows": _certificate_rows(sheet),
        "total": _("Total %(hours)s hours") % {"hours": hours(sheet.minutes)},
        "code": documents.qr_svg(url),
        "check": _("Scan to check"),
        "url": url,
    }
    return documents.pdf("ledger/certificate.typ", values, made_at=sheet.issued_at.replace(microsecond=0))
