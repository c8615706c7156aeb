"""Tables that are text: CSV in any usual encoding and delimiter, and the HTML that many systems call .xls."""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from guangcai.core.table_reader import limits
from guangcai.core.table_reader.books import Sheet
from guangcai.core.table_reader.limits import Refused

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UNTYPED = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
# Old programs end a text file with it.
_END_OF_FILE = "\x1a"
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 30
_MOST_SPAN = 100


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: by mark, else UTF-8, UTF-16 by its line ends, GB18030.

    Raises Refused for binary content and for text in none of these.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    if b"\n\x00" in content[:8192]:
        return _strictly(content, "utf-16-le")
    if b"\x00\n" in content[:8192]:
        return _strictly(content, "utf-16-be")
    if b"\x00" in content:
        raise Refused("not_a_table")
    try:
        return _strictly(content, "utf-8")
    except Refused as refusal:
        if refusal.code != "encoding":
            raise
        return _strictly(content, "gb18030")


def _strictly(content: bytes, encoding: str) -> tuple[str, str]:
    try:
        text = content.decode(encoding).rstrip(_END_OF_FILE)
    except UnicodeDecodeError as foreign:
        raise Refused("encoding") from foreign
    # Pictures and programs decode as well: into what no keyboard types.
    if _UNTYPED.search(text, 0, 20_000):
        raise Refused("not_a_table")
    return text, encoding.removesuffix("-sig")


def open_text(content: bytes) -> Sheet:
    """A CSV, or the largest table of an HTML page. Raises Refused for anything else."""
    text, _encoding = decode(content)
    start = text[:2000].lstrip("\ufeff \r\n\t").lower()
    if start.startswith("<?xml") and "urn:schemas-microsoft-com:office:spreadsheet" in text[:4000]:
        raise Refused("old_format")
    if start.startswith("<") and "<table" in text.lower():
        return _sheet("html", _html_rows(text))
    if start.startswith(("<", "%pdf", "{\\rtf")):
        raise Refused("not_a_table")
    limits.allow(text.count("\n") * 4 + len(text) // 8, len(content) * 4)
    return _sheet("csv", _csv_rows(text))


def _sheet(kind: str, rows: list[list[str]]) -> Sheet:
    first = next((at for at, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if first is None:
        raise Refused("no_rows")
    width = max(len(row) for row in rows)
    limits.check_shape(len(rows), width)
    filled: Iterator[list[str]] = (row + [""] * (width - len(row)) for row in rows[first:])
    return Sheet(kind, "", filled, first_row=first + 1)


def _csv_rows(text: str) -> list[list[str]]:
    """Rows numbered as lines of the table, not of the file: a quoted cell may hold line breaks."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            rows.append(row)
            if len(rows) > limits.MOST_ROWS:
                raise Refused("too_many_rows", most=limits.MOST_ROWS)
    except csv.Error as broken:
        raise Refused("damaged") from broken
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def _delimiter(text: str) -> str:
    """The sign that parts the sample's lines most often and most evenly."""
    sample = "\n".join(text[:20_000].splitlines()[:_SAMPLE_LINES])

    def fitness(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(usual), usual) if usual > 1 else (0, 0)

    return max(_DELIMITERS, key=fitness)


class _Tables(HTMLParser):
    """Rows of every table; spanned cells stay empty, as in a workbook with merged cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._pending: dict[int, int] = {}
        self._span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
            self._pending = {}
        elif tag == "tr" and self.tables:
            self._end_cell()
            self.tables[-1].append([])
            limits.check_shape(len(self.tables[-1]), 1)
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._end_cell()
            given = dict(attrs)
            self._span = (_span(given.get("colspan")), _span(given.get("rowspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        row = self.tables[-1][-1]
        self._skip_spanned(row)
        columns, rows = self._span
        if rows > 1:
            self._pending.update({len(row) + at: rows - 1 for at in range(columns)})
        row.append("".join(self._cell).strip())
        row.extend([""] * (columns - 1))
        limits.check_shape(1, len(row))
        self._cell = None

    def _skip_spanned(self, row: list[str]) -> None:
        while self._pending.get(len(row), 0) and len(self.tables[-1]) > 1:
            self._pending[len(row)] -= 1
            row.append("")


def _span(value: str | None) -> int:
    return max(1, min(_MOST_SPAN, int(value))) if value and value.isdecimal() else 1


def _html_rows(text: str) -> list[list[str]]:
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return max(parser.tables, key=len, default=[])
