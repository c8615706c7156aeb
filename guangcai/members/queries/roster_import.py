"""Reads of the roster import: whose list a name means, and what the pages of a batch show."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.phones import mask, normalise
from guangcai.members.enums import BatchState
from guangcai.members.models import Member, RosterBatch, RosterRow
from guangcai.members.queries.roster import with_links
from guangcai.members.roster_import.columns import Columns
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.matching import REASONS, Why
from guangcai.orgs.enums import Level
from guangcai.orgs.models import WorkUnit
from guangcai.orgs.queries import node_named

# More unknown units than this are mended in the file, not one by one.
MOST_UNITS = 500


def import_target(*, community: str = "", work_unit: str = "", on: date) -> Target:
    """The list that a code or a name means, with or without the word for community. Raises RuleBroken."""
    if work_unit:
        return Target(work_unit=_unit_named(work_unit.strip()))
    return Target(community=node_named(community, level=Level.COMMUNITY, on=on))


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unit_named(text: str) -> WorkUnit:
    units = WorkUnit.objects.select_related("node").filter(ended_on=None)
    if unit := units.filter(name=text).first():
        return unit
    found = list(units.filter(Q(short_name=text) | Q(aliases__contains=[text])).order_by("pk")[:2])
    if len(found) != 1:
        raise RuleBroken(_("No single work unit is called “%(text)s”.") % {"text": text}, code="no_unit")
    return found[0]


@dataclass(frozen=True)
class Cell:
    """One cell of a waiting row as a form shows it. `message` is empty for a cell that is fine."""

    at: int
    label: str
    text: str
    message: str = ""


@dataclass(frozen=True)
class WaitingRow:
    """A row with problems: its cells that are wrong, the row's name, and what concerns the whole row."""

    number: int
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Side:
    name: str
    work_unit: str
    building: str
    phone: str


@dataclass(frozen=True)
class Doubt:
    """A row beside the member it may be. `known` is None for somebody the actor may not see."""

    number: int
    reason: str
    is_same: bool | None
    row: Side
    known: Side | None


def batches(actor: Actor) -> "QuerySet[RosterBatch]":
    """The files sent for the lists the actor keeps, the latest first."""
    rows = RosterBatch.objects.visible_to(actor).exclude(state=BatchState.DISCARDED)
    return rows.select_related("community", "work_unit", "work_unit__node").order_by("-read_at", "pk")


def problem_rows(batch: RosterBatch) -> "QuerySet[RosterRow]":
    return RosterRow.objects.filter(batch=batch).exclude(problems=[]).order_by("number")


def doubtful_rows(batch: RosterBatch) -> "QuerySet[RosterRow]":
    """Rows that may be somebody known, other than by phone and name."""
    rows = RosterRow.objects.filter(batch=batch).exclude(match=None).exclude(why=Why.SAME_PERSON)
    return rows.order_by("number")


def waiting_rows(rows: Iterable[RosterRow], columns: Columns) -> list[WaitingRow]:
    """Rows with problems, opened for mending."""
    name_at = columns.position("name")
    shown = []
    for row in rows:
        stored = json.loads(row.cells)
        texts = stored["cells"]
        cells = tuple(
            Cell(at, columns.label(at), texts[at] if 0 <= at < len(texts) else "", message)
            for at, _code, message in stored["said"]
        )
        shown.append(WaitingRow(row.number, texts[name_at] if 0 <= name_at < len(texts) else "", cells))
    return shown


def doubts(rows: Iterable[RosterRow], columns: Columns, *, actor: Actor) -> list[Doubt]:
    """Rows side by side with the members they may be; two queries however many rows."""
    rows = list(rows)
    visible = Member.objects.visible_to(actor).filter(pk__in=[row.match_id for row in rows])
    members: dict[Any, Member] = {member.pk: member for member in with_links(visible)}
    return [
        Doubt(
            row.number, _reason(row.why), row.is_same_person, _row_side(row, columns), _side(members.get(row.match_id))
        )
        for row in rows
    ]


def units_nobody_knows(batch: RosterBatch, columns: Columns) -> dict[str, int]:
    """Names of units in rows refused for that reason, with how many rows; what was chosen is left out."""
    at = columns.position("work_unit")
    found: dict[str, int] = {}
    rows = problem_rows(batch).filter(
        Q(problems__contains=[{"code": "work_unit_unknown"}]) | Q(problems__contains=[{"code": "work_unit_near"}])
    )
    for row in rows[:MOST_UNITS]:
        name = json.loads(row.cells)["cells"][at].strip()
        found[name] = found.get(name, 0) + 1
    return found


def _reason(why: str) -> str:
    return str(REASONS[Why(why)]) if why else ""


def _row_side(row: RosterRow, columns: Columns) -> Side:
    cells = json.loads(row.cells)["cells"]

    def text(name: str) -> str:
        at = columns.position(name)
        return cells[at] if 0 <= at < len(cells) else ""

    return Side(text("name"), text("work_unit"), text("building"), mask_any(text("phone")))


def _side(member: Member | None) -> Side | None:
    if member is None:
        return None
    unit = getattr(member, "unit_name", "") or ""
    return Side(member.name, unit, str(member.building or ""), mask(member.phone))


def mask_any(text: str) -> str:
    """A phone as it was typed, masked: only the last four signs stay."""
    try:
        return mask(normalise(text)) if text else ""
    except RuleBroken:
        return f"****{text.strip()[-4:]}"


def samples(batch: RosterBatch, count: int) -> list[str]:
    """The first filled cells of each column, joined: what a column holds, without its phones."""
    columns = Columns.from_json(batch.columns)
    rows = [json.loads(row.cells)["cells"] for row in RosterRow.objects.filter(batch=batch).order_by("number")[:count]]
    shown = []
    for at, name in enumerate(columns.fields):
        cells = [row[at] for row in rows if at < len(row) and row[at]]
        shown.append(" · ".join(mask_any(cell) if name == "phone" else cell[:20] for cell in cells))
    return shown
