"""The file as a table with a header: what lies above and below the table's own rows is left away."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from guangcai.core.errors import RuleBroken
from guangcai.core.spreadsheet import Header, Table, find_header, own_rows, read_table
from guangcai.members.roster_import.columns import Columns, guess, known_headers
from guangcai.members.roster_import.problems import sentence

_HEAD = 40
_MOST_SHEETS = 5


@dataclass(frozen=True)
class RosterSheet:
    """A read file: its hash, the guessed columns, and the rows with their numbers in the sheet."""

    sha256: str
    table: Table
    header: Header
    columns: Columns

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        return own_rows(self.table, self.header, self.table.first_row)


def open_sheet(content: bytes, filename: str = "", *, sheet: str | None = None) -> RosterSheet:
    """Read a file that people sent: the named sheet, else the first with a header that is known.

    A first sheet that only explains how to fill in the others is passed over.
    Raises UnreadableTable, or RuleBroken(code="header_missing").
    """
    table, header = _with_header(read_table(content, filename, sheet=sheet), content, filename)
    header = replace(header, names=tuple(_without_title(header, table)))
    row = table.first_row + header.top + header.depth - 1
    columns = guess(header.names, first_column=table.first_column, header_row=row)
    columns = replace(columns, left_sheets=table.other_sheets)
    return RosterSheet(hashlib.sha256(content).hexdigest(), table, header, columns)


def _with_header(table: Table, content: bytes, filename: str) -> tuple[Table, Header]:
    others = iter(table.other_sheets[:_MOST_SHEETS])
    while (header := find_header(table.head(_HEAD), known_headers())) is None:
        other = next(others, None)
        if other is None:
            raise RuleBroken(sentence("header_missing", {}), field="file", code="header_missing")
        table = read_table(content, filename, sheet=other)
    return table, header


def _without_title(header: Header, table: Table) -> Sequence[str]:
    """A merged title right above the header looks like a group of all columns: it is none."""
    upper = [cell for cell in table.head(_HEAD)[header.top] if cell.strip()]
    if header.depth == 2 and len(upper) == 1:
        return [name.rpartition("/")[2] for name in header.names]
    return header.names
