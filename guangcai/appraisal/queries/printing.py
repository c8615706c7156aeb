"""A feedback sheet and an appraisal on paper: Excel and Word from the same rows as the screen."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from guangcai.appraisal.models import Appraisal, FeedbackLine, FeedbackSheet
from guangcai.appraisal.queries.sheets import lines
from guangcai.appraisal.queries.yearly import objection_to
from guangcai.appraisal.rules import Quarter
from guangcai.core.documents import docx, docx_register
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.units import hours


def _heads() -> list[str]:
    return [_("Name"), _("Hours"), _("Deeds"), _("Services"), _("Kinds of service"), _("Remark")]


def _cells(line: FeedbackLine) -> list[str | int]:
    remark = line.remark or (_("Exempt") if line.is_exempt else "")
    return [line.member.name, hours(line.minutes), line.deeds, line.services, line.posts, remark]


def sheet_workbook(sheet: FeedbackSheet) -> bytes:
    """The sheet as .xlsx: one row a member."""
    rows = [_cells(line) for line in lines(sheet)]
    return write_workbook([Sheet(name=sheet.quarter, columns=_heads(), rows=rows)])


def sheet_document(sheet: FeedbackSheet) -> bytes:
    """The sheet as .docx by the district's template (print/feedback.docx), handed over where a unit has no account."""
    quarter = Quarter.parse(sheet.quarter)
    names = ("name", "hours", "deeds", "services", "posts", "remark")
    with override(settings.LANGUAGE_CODE):
        rows = [dict(zip(names, _cells(line), strict=True)) for line in lines(sheet)]
        values = {
            "supplement": sheet.supplement_no,
            "work_unit": sheet.work_unit.name,
            "community": sheet.community.name,
            "number": sheet.number or _("draft"),
            "year": quarter.year,
            "quarter": quarter.number,
            "as_of": date_format(localdate(sheet.as_of), "DATE_FORMAT"),
            "count": len(rows),
            "lines": rows,
        }
    return docx("appraisal/feedback.docx", values)


def appraisal_document(appraisal: Appraisal) -> bytes:
    """One member's yearly appraisal as .docx."""
    objection = objection_to(appraisal)
    rows = [
        [_("Name"), appraisal.member.name],
        [_("Year"), str(appraisal.year)],
        [_("Hours"), f"{hours(appraisal.minutes)} / {hours(appraisal.duty_minutes)}"],
        [_("Deeds"), f"{appraisal.deeds} / {appraisal.duty_deeds}"],
        [_("Duty"), appraisal.get_verdict_display()],
        [_("Own words"), appraisal.own_words],
        [_("The community's opinion"), _opinion(appraisal)],
        [_("Objection"), objection.text if objection else ""],
        [_("Answer"), objection.answer if objection else ""],
    ]
    title = _("Yearly appraisal of a member by the community")
    return docx_register(
        title, [_("Item"), _("Content")], rows, lines_above=[str(appraisal.community)], landscape=False
    )


def _opinion(appraisal: Appraisal) -> str:
    """The opinion once it is approved: a draft is printed without."""
    return f"{appraisal.get_opinion_display()} {appraisal.opinion_text}".strip() if appraisal.approved_at else ""
