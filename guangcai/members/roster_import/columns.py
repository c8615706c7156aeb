"""Which column means what: guessed from the header by the words people write, changed by people, remembered."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from guangcai.core.spreadsheet import plain_name
from guangcai.members.roster_import import words
from guangcai.members.roster_import.problems import Problem, sentence

# Read, never stored: where it stands is said in the preview.
ID_NUMBER = "id_number"
UNUSED = "unused"
FIELDS: dict[str, Any] = {
    "name": _("Name"),
    "gender": _("Sex"),
    "birth_date": _("Date of birth"),
    "phone": _("Phone"),
    "work_unit": _("Work unit"),
    "job_title": _("Post at work"),
    "occupation": _("Occupation"),
    "joined_party_on": _("Joined the Party on"),
    "member_type": _("Type"),
    "category": _("Category"),
    "national_volunteer_no": _("National volunteer number"),
    "party_organisation": _("Party organisation"),
    "skills": _("Skills"),
    "intentions": _("Service intentions"),
    "community": _("Community"),
    "compound": _("Compound"),
    "building": _("Building"),
    "stairwell": _("Stairwell"),
    "room": _("Room"),
    "address": _("Address"),
    "reported_on": _("Reported in on"),
}
_NOT_STORED = frozenset({ID_NUMBER, UNUSED, "other_phone"})


@dataclass(frozen=True)
class Columns:
    """fields: one per column, a key of FIELDS, ID_NUMBER, or "" for a column that is not used.

    first_column and header_row count from 1, as the sheet shows them. left_sheets: filled sheets that were not read.
    """

    headers: tuple[str, ...]
    fields: tuple[str, ...]
    first_column: int = 1
    header_row: int = 1
    left_sheets: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    def label(self, at: int) -> str:
        """ "C phone": the column's letter and header, without a colon at its end: sentences set their own."""
        return f"{letters(self.first_column + at)} {self.headers[at]}".rstrip(" :\uff1a") if at >= 0 else ""

    def position(self, name: str) -> int:
        """Where a field stands, -1 when no column has it."""
        return self.fields.index(name) if name in self.fields else -1

    @property
    def key(self) -> str:
        """The same table next time has the same key."""
        return hashlib.sha256("\x1f".join(plain_name(header) for header in self.headers).encode()).hexdigest()

    @property
    def id_number_columns(self) -> list[str]:
        return [self.label(at) for at, name in enumerate(self.fields) if name == ID_NUMBER]

    def as_json(self) -> dict[str, Any]:
        return {
            "headers": list(self.headers),
            "fields": list(self.fields),
            "first_column": self.first_column,
            "header_row": self.header_row,
            "left_sheets": list(self.left_sheets),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Columns":
        columns = cls(
            headers=tuple(stored["headers"]),
            fields=tuple(stored["fields"]),
            first_column=stored["first_column"],
            header_row=stored["header_row"],
            left_sheets=tuple(stored.get("left_sheets", ())),
        )
        return replace(columns, problems=tuple(_problems(columns)))

    def meaning(self, fields: Sequence[str]) -> "Columns":
        """The same columns with other meanings."""
        columns = replace(self, fields=tuple(fields))
        return replace(columns, problems=tuple(_problems(columns)))


def guess(headers: Sequence[str], *, first_column: int = 1, header_row: int = 1) -> Columns:
    """Columns with the meanings their headers suggest. Two of one meaning are a problem, unless one is preferred."""
    found = tuple(_field_of(header) for header in headers)
    columns = Columns(tuple(headers), found, first_column, header_row)
    fields = list(found)
    for name, places in _repeated(columns).items():
        better = [at for at in places if _last(headers[at]) in words.preferred(name)]
        if len(better) == 1:
            for at in places:
                fields[at] = name if at == better[0] else ""
    return columns.meaning(["" if name in (UNUSED, "other_phone") else name for name in fields])


def known_headers() -> list[str]:
    return [word for group in words.table()["columns"].values() for word in group]


def letters(number: int) -> str:
    """3 -> "C", 28 -> "AB": a column as a spreadsheet shows it."""
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _last(header: str) -> str:
    return plain_name(header.rpartition("/")[2])


def _field_of(header: str) -> str:
    table = words.field_by_header()
    whole = table.get(plain_name(header))
    return whole or table.get(_last(header), "")


def _repeated(columns: Columns) -> dict[str, list[int]]:
    places = defaultdict(list)
    for at, name in enumerate(columns.fields):
        if name and name not in _NOT_STORED:
            places[name].append(at)
    return {name: where for name, where in places.items() if len(where) > 1}


def _problems(columns: Columns) -> list[Problem]:
    found = []
    for where in _repeated(columns).values():
        names = ", ".join(columns.label(at) for at in where)
        message = sentence("column_repeated", {"columns": names})
        found.append(Problem(columns.header_row, columns.label(where[-1]), "column_repeated", message, where[-1]))
    if "name" not in columns.fields:
        found.append(Problem(columns.header_row, "", "name_column_missing", sentence("name_column_missing", {})))
    return found
