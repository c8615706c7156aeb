"""Who can be asked, as the columns that matching works on. A fixed number of statements, however many people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db.models import Q

from guangcai.care.queries import load as care
from guangcai.core.scoping import under
from guangcai.invitations.queries import load
from guangcai.invitations.queries.places import Places
from guangcai.ledger.models import YearTotal
from guangcai.matching.tables import AFTERNOON, EVENING, MORNING, NOT_KNOWN, Members, half_days
from guangcai.members.enums import DayPart
from guangcai.members.models import Employment, Intention, Member, Skill, SkillKind
from guangcai.orgs.policies import AnnualDuty, MatchFit

WORKDAYS, WEEKEND = range(5), range(5, 7)
BITS: Final[dict[str, int]] = {
    DayPart.WEEKDAY_MORNING: half_days(*((day, MORNING) for day in WORKDAYS)),
    DayPart.WEEKDAY_AFTERNOON: half_days(*((day, AFTERNOON) for day in WORKDAYS)),
    DayPart.WEEKDAY_EVENING: half_days(*((day, EVENING) for day in WORKDAYS)),
    DayPart.WEEKEND_MORNING: half_days(*((day, MORNING) for day in WEEKEND)),
    DayPart.WEEKEND_AFTERNOON: half_days(*((day, AFTERNOON) for day in WEEKEND)),
    DayPart.WEEKEND_EVENING: half_days(*((day, EVENING) for day in WEEKEND)),
}


@dataclass(frozen=True)
class Kinds:
    """Kinds of skills, numbered in one order for members and needs."""

    number: Mapping[int, int]
    names: tuple[str, ...]
    needs_certificate: Any

    @classmethod
    def read(cls) -> "Kinds":
        rows = list(SkillKind.objects.order_by("pk").values_list("pk", "name", "needs_certificate"))
        return cls(
            number={pk: at for at, (pk, _name, _needs) in enumerate(rows)},
            names=tuple(name for _pk, name, _needs in rows),
            needs_certificate=np.array([needs for _pk, _name, needs in rows], dtype=bool),
        )


@dataclass(frozen=True)
class People:
    """Members in the order of `keys`; row n of `table` has the id n. categories: as registered, by row."""

    keys: tuple[UUID, ...]
    table: Members
    categories: tuple[str, ...]
    births: tuple[date | None, ...]


def people(path: str, *, places: Places, kinds: Kinds, duty: AnnualDuty, fit: MatchFit, on: date) -> People:
    """Everybody on the roster under `path` on the local date `on`, with what speaks for and against asking him.

    load counts what he has taken on anywhere; he may take on `fit.commitments` in all. missing: of this year's duty.
    Whoever calls has checked the right to ask people there.
    """
    asked = Member.objects.current().filter(under("path", [path]))
    columns = ("pk", "community_id", "building_id", "category", "birth_date")
    rows = list(asked.order_by("pk").values_list(*columns))
    keys = tuple(row[0] for row in rows)
    at = {key: number for number, key in enumerate(keys)}
    here = Q(member__ended_at=None) & under("member__path", [path])
    taken = load.by_row(asked.values("pk"), keys)
    skills, certified = _skills(at, here, kinds, on)
    table = Members(
        ids=tuple(range(len(keys))),
        capacity=np.maximum(fit.commitments - taken, 0).astype(np.int32),
        households=load.column(care.households_of(asked.values("pk")), keys),
        skills=skills,
        certified=certified,
        free=_free(at, here),
        position=places.positions([(building, community) for _pk, community, building, *_rest in rows]),
        metres=np.full((len(keys), 2), NOT_KNOWN, dtype=np.int32),
        load=taken,
        missing_minutes=_missing(at, here, duty, on),
        work_unit=_units(at, here),
    )
    return People(keys, table, tuple(row[3] for row in rows), tuple(row[4] for row in rows))


def _skills(at: Mapping[UUID, int], here: Q, kinds: Kinds, on: date) -> tuple[Any, Any]:
    """(can do it, has a certificate in force), members x kinds. Without one where it is needed he cannot do it."""
    can, proved = (np.zeros((len(at), len(kinds.names)), dtype=bool) for _table in range(2))
    rows = Skill.objects.filter(here).values_list("member_id", "kind_id", "certificate", "expires_on")
    for member, kind, certificate, expires_on in rows.iterator():
        row, column = at.get(member), kinds.number[kind]
        if row is None or (expires_on is not None and expires_on < on):
            continue
        can[row, column] = True
        proved[row, column] = bool(certificate)
    return can, proved


def _free(at: Mapping[UUID, int], here: Q) -> Any:
    """Half-days on which a member offers any service."""
    free = np.zeros(len(at), dtype=np.int32)
    for member, times in Intention.objects.filter(here).values_list("member_id", "times").iterator():
        if (row := at.get(member)) is not None:
            for part in times:
                free[row] |= BITS[part]
    return free


def _missing(at: Mapping[UUID, int], here: Q, duty: AnnualDuty, on: date) -> Any:
    missing = np.full(len(at), duty.minutes, dtype=np.int32)
    rows = YearTotal.objects.filter(here, year=on.year).values_list("member_id", "minutes")
    for member, minutes in rows.iterator():
        if (row := at.get(member)) is not None:
            missing[row] = max(0, duty.minutes - minutes)
    return missing


def _units(at: Mapping[UUID, int], here: Q) -> Any:
    units = np.zeros(len(at), dtype=np.int32)
    for member, unit in Employment.objects.filter(here, until=None).values_list("member_id", "work_unit_id").iterator():
        if (row := at.get(member)) is not None:
            units[row] = unit
    return units
