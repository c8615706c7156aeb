"""The board as a workbook: what was asked, how it stands, and nobody's name."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.cases.enums import WorkerKind
from guangcai.cases.models import Case
from guangcai.core.publication import findings
from guangcai.core.spreadsheet import Sheet, write_workbook

HIDDEN = "***"
# Persons: the list says what they are, not who.
PERSONS = (WorkerKind.TECHNICIAN, WorkerKind.MEMBER)


def board_workbook(cases: Iterable[Case], *, name: str) -> bytes:
    """Rows as the board shows them. Telephones, numbers and addresses within the words are hidden."""
    columns = [pgettext("case", "Number"), pgettext("case", "Item"), pgettext("case", "What is asked"), _("Community")]
    columns += [_("Building"), pgettext("case", "Came in"), _("State"), pgettext("case", "Who has it")]
    columns += [pgettext("case", "Raised"), pgettext("case", "Answer by"), pgettext("case", "Solution by")]
    columns += [pgettext("case", "Ended"), pgettext("requests", "Sent back")]
    return write_workbook([Sheet(name, columns, [_cells(row) for row in cases])])


def _cells(row: Case) -> Sequence[str | int]:
    what = [row.number, row.item.name, masked(row.what), row.community.name, row.place.name if row.place else ""]
    stands = [row.get_channel_display(), row.get_state_display(), _worker(row)]
    moments = [_moment(at) for at in (row.raised_at, row.due_response, row.due_solution, row.ended_at)]
    return [*what, *stands, *moments, row.returns]


def masked(text: str) -> str:
    """The words without what must not leave the house. Longest first, so that no half of a number stays."""
    for found in sorted(findings(text), key=lambda one: -len(one.text)):
        text = text.replace(found.text, HIDDEN)
    # Found in a disguise that does not stand in the text as it was typed: nothing of it leaves.
    return HIDDEN if findings(text) else text


def _worker(row: Case) -> str:
    assigned = row.assignment
    if assigned is None:
        return ""
    return str(assigned.get_worker_display()) if assigned.worker in PERSONS else assigned.worker_name


def _moment(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else ""
