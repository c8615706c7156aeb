"""A table of service points as people keep it: which column is what, which row is which point, what is wrong where."""

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken
from guangcai.core.spreadsheet import find_header, own_rows, plain_name, read_table
from guangcai.core.text import clean
from guangcai.orgs.models import Node, WorkUnit
from guangcai.orgs.models.tree import NodeQuerySet
from guangcai.orgs.queries import node_named
from guangcai.places import rules
from guangcai.places.commands import PointContent, PointLine
from guangcai.places.enums import ClubKind, PointKind

MOST_ROWS: Final = 5_000
# The comma of Chinese lists.
COMMA: Final = "\u3001"


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row; `row` counts from 1, as the sheet shows it."""

    row: int
    text: str


@dataclass(frozen=True)
class Setting:
    """What is true of rows that do not say otherwise, and what names may mean."""

    node: Node
    kind: PointKind
    since: date
    nodes: NodeQuerySet
    units: dict[str, WorkUnit]


@dataclass
class Found:
    """What a file holds: lines to be added and problems; only a file without problems is taken in."""

    lines: list[PointLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@cache
def words() -> dict[str, dict[str, list[str]]]:
    text = (files("guangcai.places") / "data" / "point_words.json").read_text("utf-8")
    known: dict[str, dict[str, list[str]]] = json.loads(text)
    return known


def read_points(content: bytes, file_name: str, setting: Setting) -> Found:
    """Every row of the table as a point, or its problem. Raises UnreadableTable, RuleBroken(field="file")."""
    table = read_table(content, file_name)
    rows = table.rows
    known = {plain_name(name): column for column, names in words()["columns"].items() for name in names}
    header = find_header(rows, known)
    columns = [known.get(plain_name(name), "") for name in header.names] if header else []
    if header is None or "name" not in columns:
        raise RuleBroken(_("No column is called name. Name the columns in the first row."), field="file")
    own = list(own_rows(rows, header, table.first_row))
    if len(own) > MOST_ROWS:
        raise RuleBroken(_("More than %(n)d rows: send the list in parts.") % {"n": MOST_ROWS}, field="file")
    reading = _Reading(setting)
    for number, row in own:
        cells = {column: clean(cell) for column, cell in zip(columns, row, strict=False) if column and cell}
        reading.take(number, cells)
    return reading.found


class _Reading:
    """One pass over the rows; a place named twice is looked up once."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.found = setting, Found()
        self.places: dict[str, Node | str] = {}
        self.seen: dict[tuple[int, str, str], int] = {}

    def take(self, number: int, cells: dict[str, str]) -> None:
        try:
            line = self._line(number, cells)
        except RuleBroken as broken:
            self.found.problems.append(Problem(number, str(broken)))
            return
        key = (line.node.pk, line.content.kind, line.content.name)
        if key in self.seen:
            text = _("Stands in row %(row)d already.") % {"row": self.seen[key]}
            self.found.problems.append(Problem(number, text))
            return
        self.seen[key] = number
        self.found.lines.append(line)

    def _line(self, number: int, cells: dict[str, str]) -> PointLine:
        kind = self._kind(cells.get("kind", ""))
        texts: dict[str, Any] = {name: cells.get(name, "") for name in ("address", "hours", "phone", "meets")}
        texts["services"] = cells.get("services", "").replace(COMMA, "\n")
        content = PointContent(
            kind=kind,
            name=cells.get("name", ""),
            since=self.setting.since,
            club_kind=_club_kind(cells.get("name", "")) if kind == PointKind.CLUB else "",
            host=self._host(cells.get("host", "")),
            **texts,
        )
        facts = rules.PointFacts(
            kind, content.name, content.club_kind, content.host is not None, content.phone, content.meets, content.since
        )
        rules.check_point(facts, is_taken=False)
        for name, longest in (("address", 120), ("hours", 120), ("meets", 120), ("services", 1000)):
            if len(getattr(content, name)) > longest:
                raise RuleBroken(_("“%(text)s …” is too long.") % {"text": getattr(content, name)[:20]})
        return PointLine(number, self._node(cells.get("place", "")), content)

    def _kind(self, text: str) -> PointKind:
        if not text:
            return self.setting.kind
        for code, names in words()["kinds"].items():
            if text in names or text == str(PointKind(code).label):
                return PointKind(code)
        raise RuleBroken(_("“%(text)s” is no kind of service point that is known.") % {"text": text})

    def _node(self, text: str) -> Node:
        if not text:
            return self.setting.node
        if text not in self.places:
            try:
                self.places[text] = node_named(text, among=self.setting.nodes, on=self.setting.since)
            except RuleBroken as broken:
                self.places[text] = str(broken)
        found = self.places[text]
        if isinstance(found, str):
            raise RuleBroken(found)
        return found

    def _host(self, text: str) -> WorkUnit | None:
        if text and text not in self.setting.units:
            raise RuleBroken(_("No work unit is called “%(text)s”.") % {"text": text})
        return self.setting.units.get(text)


def _club_kind(name: str) -> str:
    """What a club does, told by its name."""
    for code, parts in words()["clubs"].items():
        if any(part in name for part in parts):
            return code
    return ClubKind.OTHER
