"""The pledge on paper: Word to be changed and signed, PDF to be printed as it is (docs/adr/0016)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from guangcai.core import documents
from guangcai.pledges.enums import Measure
from guangcai.pledges.models import Pledge, PledgeLine


def line_words(line: PledgeLine) -> str:
    """A line as pledged, with how often where that is counted."""
    if line.measure == Measure.NOTE:
        return line.text
    return _("%(text)s (%(times)d times in the year)") % {"text": line.text, "times": line.times}


def _values(pledge: Pledge) -> dict[str, Any]:
    return {
        "template": pledge.template.name,
        "year": pledge.year,
        "name": pledge.member.name,
        "community": pledge.community.name,
        "lines": [line_words(line) for line in pledge.lines.all()],
        "due_on": date_format(pledge.until, "DATE_FORMAT") if pledge.until else "",
        "made_on": date_format(localdate(pledge.offered_at), "DATE_FORMAT"),
    }


def pledge_docx(pledge: Pledge, *, now: datetime) -> bytes:
    """The pledge by the district's template (print/pledge.docx)."""
    with override(settings.LANGUAGE_CODE):
        values = _values(pledge)
    return documents.docx("pledges/pledge.docx", values)


def pledge_pdf(pledge: Pledge, *, now: datetime) -> bytes:
    with override(settings.LANGUAGE_CODE):
        values = _values(pledge)
        words = {"template": values["template"], "year": pledge.year, **values}
        sheet = {
            "title": _("Pledge of %(year)s: %(template)s") % words,
            "opening": _("I, %(name)s, member in %(community)s, pledge to do by %(due_on)s:") % words,
            "lines": values["lines"],
            "made": _("Pledged on %(made_on)s.") % words,
            "signatures": [_("Member"), pgettext("pledge", "Party organisation of the community (seal)"), _("Date")],
        }
    return documents.pdf("pledges/pledge.typ", sheet, made_at=now.replace(microsecond=0))


def public_columns() -> list[str]:
    return [_("Name"), pgettext("menu", "Pledge"), pgettext("pledge", "What is pledged")]


def public_rows(pledges: list[Pledge]) -> list[list[str]]:
    return [[p.member.name, p.template.name, "\n".join(line_words(line) for line in p.lines.all())] for p in pledges]


def public_title(community: str, year: int) -> str:
    return _("Public pledges of %(community)s, %(year)d") % {"community": community, "year": year}


def public_docx(pledges: list[Pledge], *, community: str, year: int) -> bytes:
    """The list for the notice board: only what was pledged in public."""
    rows = public_rows(pledges)
    return documents.docx_register(public_title(community, year), public_columns(), rows, landscape=False)


def public_pdf(pledges: list[Pledge], *, community: str, year: int, now: datetime) -> bytes:
    values = {"title": public_title(community, year), "columns": public_columns(), "rows": public_rows(pledges)}
    return documents.pdf("pledges/public.typ", values, made_at=now.replace(microsecond=0))
