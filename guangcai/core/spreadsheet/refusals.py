"""Why a table cannot be read, in sentences that say what to do."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken

SENTENCES = {
    "empty": _("The file is empty."),
    "too_big": _("The file is larger than %(most)d MB. Split it, or remove pictures from it."),
    "not_a_table": _("This is not a table. Send an Excel file (.xlsx, .xls), an .ods file or a CSV file."),
    "old_format": _("This kind of workbook cannot be read. Open it and save it as .xlsx."),
    "protected": _("The file is protected by a password. Open it, take the password off, and save it again."),
    "damaged": _("The file is damaged or not complete. Open it, save it as .xlsx, and send that."),
    "suspicious": _(
        "The file holds things that no ordinary table holds, so it was not opened. Save it as a new .xlsx."
    ),
    "too_many_cells": _("The table has more than %(most)d filled cells. Split it."),
    "too_many_rows": _("The table has more than %(most)d rows. Split it."),
    "too_many_columns": _("The table has more than %(most)d columns. Remove those that are not needed."),
    "encoding": _("The characters of this file cannot be read. Save it as .xlsx, or as CSV in UTF-8."),
    "no_rows": _("There is nothing in the visible sheets of this file."),
    "sheet_missing": _("There is no visible sheet “%(sheet)s” in this file."),
    "memory": _("The table reaches too far: a cell lies far away from the others. Copy the table into a new file."),
}


class UnreadableTable(RuleBroken):
    """A file that is not read; `code` is one of SENTENCES."""

    def __init__(self, code: str, filename: str = "", **details: Any) -> None:
        super().__init__(SENTENCES[code] % details if details else SENTENCES[code], field="file", code=code)
        self.filename = filename
