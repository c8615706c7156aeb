"""Looks into a zip before anything parses it: members, sizes, ratios, markup that has no business there."""

import io
import re
import zipfile
import zlib

from guangcai.core.table_reader import limits
from guangcai.core.table_reader.limits import Refused

XLSX, ODS = "xlsx", "ods"
_CHUNK = 256 * 1024
_FORBIDDEN_MARKUP = (b"<!DOCTYPE", b"<!ENTITY")
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_ERROR_TYPE = b' t="e"'
_ERROR = re.compile(rb'(<(?:\w+:)?c\b[^<>]*\st=)"e"')
# <c><v>1</v></c>
_SHORTEST_CELL = 15
# A chunk's empty rows after its last value are counted with it.
_ROWS_IN_A_CHUNK = 10_000


def inspect(content: bytes) -> tuple[str, int]:
    """The kind of workbook in the zip and about how many cells hold something.

    Raises Refused for bombs, doubled or locked members, document types, tables that are too long.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members)
            kind = _kind({member.filename for member in members})
            cells = sum(_cells(archive, member, kind) for member in members if _is_sheet(member.filename, kind))
            return kind, cells
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as broken:
        raise Refused("damaged") from broken


def errors_as_text(content: bytes) -> bytes:
    """The workbook with `#N/A` and its like as text: the parser would show a cell with a formula's error as empty."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        faulty = {m.filename for m in archive.infolist() if _is_sheet(m.filename, XLSX) and _shows_errors(archive, m)}
        if not faulty:
            return content
        mended = io.BytesIO()
        with zipfile.ZipFile(mended, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for member in archive.infolist():
                part = archive.read(member)
                copy.writestr(member.filename, _ERROR.sub(rb'\1"str"', part) if member.filename in faulty else part)
    return mended.getvalue()


def _shows_errors(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    end = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            if _ERROR_TYPE in end + chunk:
                return True
            end = chunk[-len(_ERROR_TYPE) :]
    return False


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(members) > limits.MOST_MEMBERS or len(set(names)) != len(names):
        raise Refused("suspicious")
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused("protected")
    if sum(member.file_size for member in members) > limits.MOST_UNPACKED:
        raise Refused("suspicious")
    for member in members:
        packed = max(member.compress_size, 1)
        if member.file_size > limits.RATIO_FROM and member.file_size / packed > limits.MOST_RATIO:
            raise Refused("suspicious")


def _kind(names: set[str]) -> str:
    if "xl/workbook.xml" in names:
        return XLSX
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        return ODS
    raise Refused("old_format" if "xl/workbook.bin" in names else "not_a_table")


def _is_sheet(name: str, kind: str) -> bool:
    if kind == ODS:
        return name == "content.xml"
    return name.startswith("xl/") and name.endswith(".xml")


def _cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: str) -> int:
    """About how many cells of a part hold something: what it declares when that is plausible, else counted.

    A part that declares too little is stopped by the memory it then gets.
    """
    with archive.open(member) as part:
        start = part.read(_CHUNK)
    if any(word in start for word in _FORBIDDEN_MARKUP):
        raise Refused("suspicious")
    declared = _declared(start)
    return min(declared, member.file_size // _SHORTEST_CELL) if declared else _count(archive, member, kind)


def _declared(start: bytes) -> int:
    """Cells by the sheet's <dimension>, or 0 when it is missing, tiny, or longer than any roster."""
    match = _DIMENSION.search(start)
    if match is None:
        return 0
    left, top, right, bottom = match.groups()
    rows, columns = int(bottom) - int(top) + 1, _column(right) - _column(left) + 1
    if not (1 < rows <= limits.MOST_ROWS and 0 < columns <= limits.MOST_COLUMNS):
        return 0
    return rows * columns if rows * columns <= limits.MOST_CELLS else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _count(archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: str) -> int:
    """Cells with something in them, counted without parsing; rows after the last of them do not count."""
    closing_row = b"table-row>" if kind == ODS else b"row>"
    cells = rows = rows_with_values = 0
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            found = _values(chunk, kind)
            cells += found
            rows += chunk.count(closing_row)
            rows_with_values = rows if found else rows_with_values
            if cells > limits.MOST_CELLS:
                raise Refused("too_many_cells", most=limits.MOST_CELLS)
    if rows_with_values > limits.MOST_ROWS + _ROWS_IN_A_CHUNK:
        raise Refused("too_many_rows", most=limits.MOST_ROWS)
    return cells


def _values(chunk: bytes, kind: str) -> int:
    if kind == ODS:
        return chunk.count(b"<text:p")
    return (chunk.count(b"v>") + chunk.count(b"is>")) // 2
