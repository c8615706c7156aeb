"""A feedback sheet and an appraisal on paper: Excel and Word from the same rows as the screen."""

from django.utils.translation import gettext as _

from guangcai.appraisal.models import Appraisal, FeedbackLine, FeedbackSheet
from guangcai.appraisal.queries.sheets import lines
from guangcai.core.documents import docx_register
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.units import hours


def _heads() -> list[str]:
    return [_("Name"), _("Hours"), _("Deeds"), _("Services"), _("Kinds of service"), _("Remark")]


def _cells(line: FeedbackLine) -> list[str | int]:
    remark = line.remark or (_("Exempt") if line.is_exempt else "")
    return [line.member.name, hours(line.minutes), line.deeds, line.services, line.posts, remark]


def sheet_title(sheet: FeedbackSheet) -> str:
    kind = _("Supplement %(number)s") % {"number": sheet.supplement_no} if sheet.supplement_no else ""
    return " ".join(part for part in (_("Quarterly feedback"), sheet.quarter, str(sheet.community), kind) if part)


def sheet_workbook(sheet: FeedbackSheet) -> bytes:
    """The sheet as .xlsx: one row a member."""
    rows = [_cells(line) for line in lines(sheet)]
    return write_workbook([Sheet(name=sheet.quarter, columns=_heads(), rows=rows)])


def sheet_document(sheet: FeedbackSheet) -> bytes:
    """The sheet as .docx, to be handed over where a unit has no account."""
    above = [
        _("To: %(unit)s") % {"unit": sheet.work_unit.name},
        _("Number: %(number)s") % {"number": sheet.number or _("draft")},
    ]
    below = [_("Acknowledged by (signature): ____________    Date: ____________")]
    return docx_register(
        sheet_title(sheet), _heads(), [_cells(line) for line in lines(sheet)], lines_above=above, lines_below=below
    )


def appraisal_document(appraisal: Appraisal) -> bytes:
    """One member's yearly appraisal as .docx."""
    rows = [
        [_("Name"), appraisal.member.name],
        [_("Year"), str(appraisal.year)],
        [_("Hours"), f"{hours(appraisal.minutes)} / {hours(appraisal.duty_minutes)}"],
        [_("Deeds"), f"{appraisal.deeds} / {appraisal.duty_deeds}"],
        [_("Duty"), appraisal.get_verdict_display()],
        [_("Own words"), appraisal.own_words],
        [_("The community's opinion"), _opinion(appraisal)],
        [_("Objection"), appraisal.objection],
        [_("Answer"), appraisal.objection_answer],
    ]
    title = _("Yearly appraisal of a member by the community")
    return docx_register(
        title, [_("Item"), _("Content")], rows, lines_above=[str(appraisal.community)], landscape=False
    )


def _opinion(appraisal: Appraisal) -> str:
    """The opinion once it is approved: a draft is printed without."""
    return f"{appraisal.get_opinion_display()} {appraisal.opinion_text}".strip() if appraisal.approved_at else ""
