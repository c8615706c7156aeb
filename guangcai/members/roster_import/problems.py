"""What may be wrong with a cell: a stable code, and a sentence that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    "name_missing": _("The name is missing: fill it in, or take the row out."),
    "name_header": _("This is a header, not a name: take the row out."),
    "name_short": _("A name of one character: write the whole name."),
    "name_digits": _("There are digits in the name: take them out."),
    "name_signs": _("“%(sign)s” does not belong in a name: write the name alone, remarks go elsewhere."),
    "name_several": _("Several names in one cell: give each person a row."),
    "name_long": _("The name has more than 60 characters: write the name alone."),
    "name_unreadable": _("A character of the name got lost: type the name again."),
    "phone_repeated": _("The same phone stands in row %(other)d: each person needs a number of his own, or none."),
    "work_unit_unknown": _("No work unit is called “%(value)s”: choose one from the list, or add it."),
    "work_unit_near": _("No work unit is called “%(value)s”. Is “%(near)s” meant? Else choose one, or add it."),
    "date_unknown": _("“%(value)s” is not a date: write it as 1985-03-05."),
    "date_impossible": _("There is no such day as “%(value)s”: look it up and mend it."),
    "date_year_short": _("Write the year with four digits: “%(value)s” may mean two centuries."),
    "date_incomplete": _("“%(value)s” is a year only: give at least the month, such as 1985-03."),
    "date_lunar": _("“%(value)s” is a date of the lunar calendar: write the date of the common calendar."),
    "birth_future": _("The date of birth lies in the future: look it up and mend it."),
    "birth_young": _("A Party member is 18 or older: look up the date of birth."),
    "birth_range": _("This date of birth cannot be right: look up the year."),
    "joined_future": _("The day of joining lies in the future: look it up and mend it."),
    "joined_range": _("This day of joining cannot be right: look up the year."),
    "joined_young": _("A member joins the Party at 18 or later: check the date of birth and the day of joining."),
    "reported_future": _("The day of reporting in lies in the future: look it up and mend it."),
    "value_unknown": _("“%(value)s” is not in the list. Possible are: %(known)s."),
    "value_near": _("“%(value)s” is not in the list. Is “%(near)s” meant?"),
    "community_other": _("The row says “%(value)s”, the file is for “%(target)s”: mend it, or take the row out."),
    "text_long": _("More than %(most)d characters: shorten it."),
    "cell_error": _("The cell shows the error of a formula (%(value)s): type the value itself."),
    "column_repeated": _("Columns %(columns)s mean the same: keep one, or give the other another header."),
    "name_column_missing": _("No column holds the names: give that column its header, “Name”."),
    "no_rows": _("There is no row below the header: fill in the table first."),
    "header_missing": _("No header was found: the row above the names needs words such as name, phone, work unit."),
}


class CellProblem(Exception):
    """One cell is not taken; `code` is one of SENTENCES, or `message` is given (phones have their own)."""

    def __init__(self, code: str, message: str = "", **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
        self._message = message

    @property
    def message(self) -> str:
        return self._message or sentence(self.code, self.details)


@dataclass(frozen=True)
class Problem:
    """A problem with its place: the sheet's row, the column's letter and header, a stable code, what to do."""

    row: int
    column: str
    code: str
    message: str
    at: int = -1  # position of the column, from 0; -1 is the whole table


def sentence(code: str, details: Mapping[str, Any]) -> str:
    return str(SENTENCES[code] % dict(details)) if details else str(SENTENCES[code])
