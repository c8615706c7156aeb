"""Tables out: workbooks built from nothing and CSV, in which no cell is ever a formula.

An export never starts from a file that held data: Excel keeps hidden sheets, names and caches.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from guangcai.core.workdays import SHANGHAI

Cell = str | int | float | Decimal | date | datetime | None
_LONGEST_CELL = 32_767
_LONGEST_SHEET_NAME = 31
_NARROWEST, _WIDEST = 6, 60
# Widths are measured on the first rows only.
_MEASURED_ROWS = 200
# Beyond this many rows the workbook is written through to disk row by row.
_SMALL = 5_000
_DATE_FORMAT, _TIME_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
# Signs that begin a formula, also in full width, after whatever white space a spreadsheet ignores.
_FORMULA = re.compile("^[\\s\ufeff\x00]*[=+\\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]|^[\t\r\n\x00]")
# A reader that parts cells at another sign than the comma must not find a formula either.
_INNER_FORMULA = re.compile('([;\t\r\n|"]\\s*)([=@+\uff1d\uff20\uff0b])')
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Sheet:
    """rows: one cell per column. number_formats: column position -> Excel format, such as {3: "0.00"}."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    number_formats: Mapping[int, str] = field(default_factory=dict)


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx: bold frozen header, columns as wide as their text, text as text, numbers and dates as such."""
    sources = [iter(sheet.rows) for sheet in sheets]
    heads = [list(islice(source, _SMALL)) for source in sources]
    big = any(len(head) == _SMALL for head in heads)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": big, "in_memory": not big})
    formats = _Formats(book)
    taken: set[str] = set()
    for sheet, head, source in zip(sheets, heads, sources, strict=True):
        page = book.add_worksheet(_sheet_name(sheet.name, taken))
        _write_head(page, sheet, head, formats)
        _write_rows(page, sheet, chain(head, source), formats)
    book.close()
    return out.getvalue()


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV in UTF-8 with a byte order mark, every cell quoted, formulas made harmless by a leading apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([harmless(name) for name in columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also when it parts cells at ; or a tab."""
    inner = _INNER_FORMULA.sub(r"\1'\2", text)
    return "'" + inner if _FORMULA.match(inner) else inner


def _csv_cell(cell: Cell) -> str | int | float | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, (date, datetime)):
        return _local(cell).isoformat(sep=" ", timespec="minutes") if isinstance(cell, datetime) else cell.isoformat()
    return cell if isinstance(cell, (int, float, Decimal)) else harmless(str(cell))


class _Formats:
    """A workbook's formats, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._by_pattern: dict[str, Format] = {}
        self.heading: Format = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})

    def number(self, pattern: str | None) -> Format | None:
        if pattern is None:
            return None
        if pattern not in self._by_pattern:
            self._by_pattern[pattern] = self._book.add_format({"num_format": pattern})
        return self._by_pattern[pattern]


def _write_head(page: Worksheet, sheet: Sheet, head: Sequence[Sequence[Cell]], formats: _Formats) -> None:
    page.freeze_panes(1, 0)
    for column, name in enumerate(sheet.columns):
        shown = [row[column] for row in head[:_MEASURED_ROWS] if column < len(row)]
        page.set_column(column, column, _column_width([name, *shown]))
        page.write_string(0, column, _writable(name), formats.heading)


def _write_rows(page: Worksheet, sheet: Sheet, rows: Iterable[Sequence[Cell]], formats: _Formats) -> None:
    number_formats = {column: formats.number(pattern) for column, pattern in sheet.number_formats.items()}
    day, moment = formats.number(_DATE_FORMAT), formats.number(_TIME_FORMAT)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                page.write_string(number, column, _writable(cell))
            elif isinstance(cell, datetime):
                page.write_datetime(number, column, _local(cell).replace(tzinfo=None), moment)
            elif isinstance(cell, date):
                page.write_datetime(number, column, cell, day)
            elif isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
                page.write_number(number, column, cell, number_formats.get(column))
            else:
                page.write_string(number, column, _writable(str(cell)))


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI) if moment.tzinfo else moment


def _writable(text: str) -> str:
    """Without what XML cannot hold, and no longer than a cell may be."""
    return _UNWRITABLE.sub("", text)[:_LONGEST_CELL]


def _column_width(cells: Iterable[Any]) -> int:
    widest = max((_text_width(line) for cell in cells for line in str(cell or "").split("\n")), default=0)
    return max(_NARROWEST, min(_WIDEST, widest + 2))


def _text_width(text: str) -> int:
    """Columns of a fixed-width font: Chinese characters take two."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel accepts, and one that no other sheet has."""
    base = re.sub(r"[\[\]:*?/\\]|^'|'$", " ", _UNWRITABLE.sub("", name)).strip()[:_LONGEST_SHEET_NAME] or "Sheet"
    found, number = base, 1
    while found.lower() in taken:
        number += 1
        found = f"{base[: _LONGEST_SHEET_NAME - 4]} {number}"
    taken.add(found.lower())
    return found
