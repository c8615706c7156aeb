"""What other systems may read of cases: kind, place down to the community, moments and state. Nothing that was written.

Never the asker, a door, a building, the words, an answer or a note; a case that complains of a member or a unit is not
told of at all. Source: Open311 GeoReport v2 as an exchange dialect, docs/adr/0022.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from guangcai.cases.enums import CaseChannel, StateType
from guangcai.cases.models import Case, CaseStep, Item
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node

MOST_TOLD: Final = 1000


@dataclass(frozen=True)
class Told:
    """One case as everybody may read it. item_code: of the catalogue; community_code: twelve digits."""

    number: str
    item_code: str
    item_name: str
    agency: str
    is_open: bool
    standing: str
    requested_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    community: str
    community_code: str


@dataclass(frozen=True)
class Asked:
    """Which cases: by number (then nothing else counts), item, moment of asking, open or over. Empty is all."""

    numbers: Sequence[str] = ()
    item_codes: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    is_open: bool | None = None


def is_jurisdiction(code: str, *, on: date) -> bool:
    """Whether a district of six digits is served here."""
    is_code = len(code) == 6 and code.isascii() and code.isdigit()
    return is_code and Node.objects.in_force(on).communities().filter(code__startswith=code).exists()


def services(*, on: date) -> "QuerySet[Item]":
    """What can be asked for in the whole district: shipped items, and those the district added."""
    rows = Item.objects.in_force(on).filter(Q(node=None) | Q(node__level__in=[Level.DISTRICT, Level.CITY]))
    return rows.select_related("category", "unit").order_by("category__position", "position", "pk")


def community_at(*, code: str, address: str, on: date) -> Node | None:
    """The community meant: by the code of a place in it, or by the longest community name the address holds."""
    rows = Node.objects.in_force(on).communities()
    if code:
        return rows.filter(code=code[:12]).first()
    named = [row for row in rows if row.name and row.name in address]
    return max(named, key=lambda row: len(row.name), default=None)


def told(asked: Asked) -> list[Told]:
    """The newest first, MOST_TOLD at most. One statement."""
    rows = _tellable()
    rows = rows.filter(number__in=asked.numbers) if asked.numbers else _narrowed(rows, asked)
    return [_told(row) for row in rows.order_by("-raised_at", "pk")[:MOST_TOLD]]


def number_of(token: UUID) -> str | None:
    """The number of the case that was sent under a token; None for one that is not told of."""
    return _tellable().filter(pk=token, channel=CaseChannel.EXCHANGE).values_list("number", flat=True).first()


def _tellable() -> "QuerySet[Case]":
    last = CaseStep.objects.filter(case=OuterRef("pk")).order_by("-number").values("at")[:1]
    rows = Case.objects.filter(about_member=None, about_unit=None, anonymised_at=None)
    return rows.select_related("item__unit", "community").annotate(updated_at=Subquery(last))


def _narrowed(rows: "QuerySet[Case]", asked: Asked) -> "QuerySet[Case]":
    if asked.item_codes:
        rows = rows.filter(item__code__in=asked.item_codes)
    if asked.since is not None:
        rows = rows.filter(raised_at__gte=asked.since)
    if asked.until is not None:
        rows = rows.filter(raised_at__lte=asked.until)
    if asked.is_open is not None:
        rows = rows.filter(ended_at__isnull=asked.is_open)
    return rows


def _told(row: Case) -> Told:
    is_closed = row.state_type == StateType.CLOSED
    return Told(
        number=row.number,
        item_code=row.item.code,
        item_name=row.item.name,
        agency=row.item.answered_by,
        is_open=row.ended_at is None,
        standing=row.get_close_code_display() if is_closed else row.get_state_display(),
        requested_at=row.raised_at,
        updated_at=row.updated_at,  # type: ignore[attr-defined]
        expected_at=row.due_solution,
        community=row.community.name,
        community_code=row.community.code,
    )
