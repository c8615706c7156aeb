"""Where a table's own rows begin and end: titles above, headers of one or two rows, notes and totals below.

People's tables are made for print. The header is the row that holds most of the names we know.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from guangcai.core import lexicon

Row = Sequence[str]
SEPARATOR = "/"
_LOOK_AT = 30
_NOT_THE_NAME = re.compile(
    r"[(\uff08\[\u3010][^)\uff09\]\u3011]*[)\uff09\]\u3011]|[\s*\u203b:\uff1a\u3001,\uff0c./\uff0f_-]"
)
_LEADING_WORD = re.compile(r"[\s(\uff08]*([^\s:\uff1a)\uff09\d]+)")


@dataclass(frozen=True)
class Header:
    """names: one per column, two rows joined as "contact/mobile", "" for a column without a name.

    top and depth: position (from 0) and number of the header's rows; matches: columns whose name is known.
    """

    names: tuple[str, ...]
    top: int
    depth: int
    matches: int

    @property
    def first_row(self) -> int:
        """Position (from 0) of the first row below the header."""
        return self.top + self.depth


def plain_name(name: str) -> str:
    """A header as it is compared: without remarks in brackets, spaces, stars and colons."""
    return _NOT_THE_NAME.sub("", name).lower()


def find_header(rows: Sequence[Row], known_headers: Collection[str]) -> Header | None:
    """The header among the first 30 rows, or None when no row holds a known name.

    Of a joined name ("contact/mobile") the whole or its last part may be known.
    """
    known = frozenset(plain_name(name) for name in known_headers) - {""}
    best: Header | None = None
    for top in range(min(_LOOK_AT, len(rows))):
        for header in _headers_at(rows, top, known):
            if header.matches and (best is None or header.matches > best.matches):
                best = header
    return best


def own_rows(rows: Iterable[Row], header: Header, first_row: int = 1) -> Iterator[tuple[int, Row]]:
    """The table's own rows with their numbers in the sheet: no blank rows, totals, notes or repeated headers.

    first_row: the sheet's number of rows[0] (Table.first_row).
    """
    heading = _filled(header.names)
    for at, row in enumerate(rows):
        if at < header.first_row:
            continue
        first = next((cell for cell in row if cell and not cell.isspace()), None)
        if first is None:
            continue
        # A numbered row is none of these: most rows are decided here.
        if (first.isascii() and first.isdigit()) or not _is_foreign(first, row, heading):
            yield first_row + at, row


def _is_foreign(first: str, row: Row, heading: list[str]) -> bool:
    """A total, a note, or the header once more."""
    if _is_total(first) or (_begins_as_note(first) and sum(1 for cell in row if cell.strip()) <= 2):
        return True
    return _one_line(first) == heading[0] and _filled(row) == heading


def _headers_at(rows: Sequence[Row], top: int, known: frozenset[str]) -> Iterator[Header]:
    upper = [_one_line(cell) for cell in rows[top]]
    if sum(1 for name in upper if name) > 1 or plain_name("".join(upper)) in known:
        yield Header(tuple(upper), top, 1, _matches(upper, known))
    if top + 1 < len(rows) and _is_second_row(upper, rows[top + 1]):
        names = _joined(upper, [_one_line(cell) for cell in rows[top + 1]])
        yield Header(tuple(names), top, 2, _matches(names, known))


def _one_line(cell: str) -> str:
    return re.sub(r"\s+", "", cell) if not cell.isascii() else " ".join(cell.split())


def _matches(names: Iterable[str], known: frozenset[str]) -> int:
    return len({name for name in names if _is_known(name, known)})


def _is_known(name: str, known: frozenset[str]) -> bool:
    return plain_name(name) in known or plain_name(name.rpartition(SEPARATOR)[2]) in known


def _is_second_row(upper: list[str], lower: Row) -> bool:
    """Whether `lower` only fills groups: every name in it stands under a merged cell of `upper`."""
    filled = [at for at, cell in enumerate(lower) if cell.strip()]
    if not filled or not any(upper):
        return False
    return all(_in_group(upper, at) for at in filled if at < len(upper))


def _in_group(upper: list[str], at: int) -> bool:
    """A merged cell keeps its text in its first column: the group is that column and the empty ones after it."""
    if not upper[at]:
        return any(upper[:at])
    return at + 1 < len(upper) and not upper[at + 1]


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    names, group = [], ""
    for above, below in zip(upper, lower, strict=False):
        group = above or group
        names.append(f"{group}{SEPARATOR}{below}" if below and group else above or below)
    return names


def _filled(row: Iterable[str]) -> list[str]:
    return [_one_line(cell) for cell in row if cell.strip()]


def _is_total(first: str) -> bool:
    return _one_line(first).lower().rstrip(":\uff1a") in _plain_words("total_words")


def _begins_as_note(first: str) -> bool:
    """ "Note: ...", "Filled in by: ..."; a note fills at most two cells."""
    match = _LEADING_WORD.match(first)
    return match is not None and match[1].lower() in _plain_words("note_words")


@cache
def _plain_words(name: str) -> frozenset[str]:
    return frozenset(word.replace(" ", "") for word in lexicon.words(name))
