"""Workbooks (xlsx, xls, ods) through calamine: the first visible sheet that holds something."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import python_calamine as calamine

from guangcai.core.table_reader import limits
from guangcai.core.table_reader.cells import row_text
from guangcai.core.table_reader.limits import Refused


@dataclass
class Sheet:
    """What is known before the rows come."""

    kind: str
    name: str
    rows: Iterator[list[str]]
    first_row: int = 1
    first_column: int = 1
    other_sheets: list[str] = field(default_factory=list)


def open_sheet(content: bytes, kind: str, wanted: str | None) -> Sheet:
    """The wanted sheet, else the first visible one with a cell in it. Hidden sheets do not exist for us."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except calamine.PasswordError as locked:
        raise Refused("protected") from locked
    except (calamine.CalamineError, ValueError, OSError) as broken:
        raise Refused("damaged") from broken
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if wanted is not None and wanted not in visible:
        raise Refused("sheet_missing", sheet=wanted)
    return _first_filled(book, kind, [wanted] if wanted is not None else visible, visible)


def _holds_something(book: calamine.CalamineWorkbook, name: str) -> bool:
    """Whether somebody should be told that this sheet is not read; one that cannot be read counts as empty."""
    try:
        return book.get_sheet_by_name(name).start is not None
    except (calamine.CalamineError, ValueError, OSError):
        return False


def _first_filled(book: calamine.CalamineWorkbook, kind: str, names: list[str], visible: list[str]) -> Sheet:
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
        except (calamine.CalamineError, ValueError, OSError) as broken:
            raise Refused("damaged") from broken
        if sheet.start is None or sheet.height == 0:
            continue
        limits.check_shape(sheet.height, sheet.width)
        row, column = sheet.start
        others = [other for other in visible if other != name and _holds_something(book, other)]
        # iter_rows begins at the sheet's first row, filled or not.
        rows = (row_text(cells) for cells in islice(sheet.iter_rows(), row, None))
        return Sheet(kind, name, rows, row + 1, column + 1, others)
    raise Refused("no_rows")
