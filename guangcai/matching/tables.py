"""Members and needs: as rows to write down, as arrays to compute with.

A room above fills the arrays straight from its query (a column each), or gives rows to `Members.of` and `Needs.of`.
Places of the tree, work units and kinds of skill are whole numbers that the caller gives out: units and places from 1
on with 0 for "not known", kinds of skill from 0 on. Ids are of one sortable type (int, str or UUID).
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from guangcai.matching.enums import NeedKind

Ints = NDArray[Any]
Flags = NDArray[np.bool_]

NO_SKILL = -1
NOT_KNOWN = np.iinfo(np.int32).min  # a coordinate
PARTS = 3  # of a day: morning, afternoon, evening
MORNING, AFTERNOON, EVENING = range(PARTS)
DAYS = 7


def half_days(*times: tuple[int, int]) -> int:
    """Half-days of a week as bits: (day, part) -> bit day * 3 + part; days from Monday 0, parts MORNING to EVENING."""
    return sum(1 << (day * PARTS + part) for day, part in set(times))


@dataclass(frozen=True)
class Position:
    """Where somebody lives or something is wanted. `metres` is (east, north) on one plane grid of the district."""

    community: int = 0
    compound: int = 0
    building: int = 0
    stairwell: int = 0
    metres: tuple[int, int] | None = None

    def numbers(self) -> tuple[int, int, int, int]:
        return (self.stairwell, self.building, self.compound, self.community)


@dataclass(frozen=True)
class Member:
    """One who may be asked. `capacity`: how much more he may take on; `households`: how many he holds now."""

    id: Hashable
    capacity: int = 1
    households: int = 0
    skills: frozenset[int] = frozenset()
    certified: frozenset[int] = frozenset()
    free: int = 0
    position: Position = Position()
    load: int = 0
    missing_minutes: int = 0
    work_unit: int = 0


@dataclass(frozen=True)
class Need:
    """One post, household or shift. `wanted` half-days: 0 is any; `skill`: NO_SKILL is any; `tier`: 0 comes first."""

    id: Hashable
    kind: NeedKind = NeedKind.POST
    places: int = 1
    skill: int = NO_SKILL
    certificate: bool = False
    wanted: int = 0
    position: Position = Position()
    consent: bool = True
    tier: int = 0
    work_unit: int = 0


class Table:
    """Columns of one length. Canonical when sorted by id: the same rows in any order give the same answer."""

    ids: tuple[Any, ...]

    def __post_init__(self) -> None:
        if len(set(self.ids)) != len(self.ids):
            raise ValueError("an id stands twice")
        for field in fields(self):  # type: ignore[arg-type]
            if len(getattr(self, field.name)) != len(self.ids):
                raise ValueError(f"{field.name} has another length than ids")

    def __len__(self) -> int:
        return len(self.ids)

    def canonical(self) -> Self:
        """The same rows sorted by id."""
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        if order == list(range(len(order))):
            return self
        rows = np.array(order, dtype=np.int64)
        columns = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "ids"}  # type: ignore[arg-type]
        return replace(self, ids=tuple(self.ids[row] for row in order), **columns)  # type: ignore[type-var]


@dataclass(frozen=True)
class Members(Table):
    """Members as columns. Shapes: position (n, 4) as stairwell, building, compound, community; metres (n, 2);
    skills and certified (n, kinds); all others (n,)."""

    ids: tuple[Any, ...]
    capacity: Ints
    households: Ints
    skills: Flags
    certified: Flags
    free: Ints
    position: Ints
    metres: Ints
    load: Ints
    missing_minutes: Ints
    work_unit: Ints

    @classmethod
    def of(cls, rows: Sequence[Member], *, kinds: int = 0) -> "Members":
        """Columns of these rows; `kinds`: how many kinds of skill are numbered."""
        return cls(
            ids=tuple(row.id for row in rows),
            capacity=column(row.capacity for row in rows),
            households=column(row.households for row in rows),
            # A certificate proves the skill.
            skills=ticked([row.skills | row.certified for row in rows], kinds),
            certified=ticked([row.certified for row in rows], kinds),
            free=column(row.free for row in rows),
            position=square([row.position.numbers() for row in rows], 4),
            metres=square([row.position.metres or (NOT_KNOWN, NOT_KNOWN) for row in rows], 2),
            load=column(row.load for row in rows),
            missing_minutes=column(row.missing_minutes for row in rows),
            work_unit=column(row.work_unit for row in rows),
        )


@dataclass(frozen=True)
class Needs(Table):
    """Needs as columns; shapes as in Members."""

    ids: tuple[Any, ...]
    kind: Ints
    places: Ints
    skill: Ints
    certificate: Flags
    wanted: Ints
    position: Ints
    metres: Ints
    consent: Flags
    tier: Ints
    work_unit: Ints

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.certificate & (self.skill == NO_SKILL)).any():
            raise ValueError("a certificate of which skill?")
        if (self.places < 0).any():
            raise ValueError("places cannot be negative")

    @classmethod
    def of(cls, rows: Sequence[Need]) -> "Needs":
        return cls(
            ids=tuple(row.id for row in rows),
            kind=column(row.kind for row in rows),
            places=column(row.places for row in rows),
            skill=column(row.skill for row in rows),
            certificate=np.array([row.certificate for row in rows], dtype=bool),
            wanted=column(row.wanted for row in rows),
            position=square([row.position.numbers() for row in rows], 4),
            metres=square([row.position.metres or (NOT_KNOWN, NOT_KNOWN) for row in rows], 2),
            consent=np.array([row.consent for row in rows], dtype=bool),
            tier=column(row.tier for row in rows),
            work_unit=column(row.work_unit for row in rows),
        )


def column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int32)


def square(rows: Sequence[tuple[int, ...]], width: int) -> Ints:
    return np.array(rows, dtype=np.int32).reshape(len(rows), width)


def ticked(rows: Sequence[frozenset[int]], kinds: int) -> Flags:
    ticks = np.zeros((len(rows), kinds), dtype=bool)
    for row, held in enumerate(rows):
        ticks[row, sorted(held)] = True
    return ticks
