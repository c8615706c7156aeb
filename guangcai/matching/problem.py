"""One matching to be solved: members, needs, points, limits, and what people have decided already."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from guangcai.matching.enums import NeedKind
from guangcai.matching.tables import Flags, Ints, Members, Needs
from guangcai.matching.weights import Limits, Weights

Pair = tuple[Hashable, Hashable]  # id of the need, id of the member


@dataclass(frozen=True)
class Problem:
    """Tables in canonical order; from here on everything is row numbers. Make one with `Problem.of`."""

    members: Members
    needs: Needs
    weights: Weights
    limits: Limits
    pinned: Ints  # (p, 2): row of the need, row of the member
    forbidden: Ints  # sorted codes need * len(members) + member

    @classmethod
    def of(
        cls,
        members: Members,
        needs: Needs,
        *,
        weights: Weights,
        limits: Limits,
        pinned: Iterable[Pair] = (),
        forbidden: Iterable[Pair] = (),
    ) -> "Problem":
        """Pairs are (id of need, id of member). Raises ValueError for a pin that names nobody, or a skill not numbered;
        a forbidden pair that names nobody forbids nothing."""
        members, needs = members.canonical(), needs.canonical()
        if len(needs) and needs.skill.max(initial=-1) >= members.skills.shape[1]:
            raise ValueError("a need names a skill that members have no column for")
        kept, refused = list(pinned), list(forbidden)
        need_rows, member_rows = numbered(needs.ids), numbered(members.ids)
        pins = rows_of(kept, need_rows, member_rows)
        if len(pins) != len(kept):
            raise ValueError("a pinned pair names nobody")
        bars = rows_of(refused, need_rows, member_rows)
        codes = np.unique(bars[:, 0] * len(members) + bars[:, 1])
        return cls(members, needs, weights, limits, np.unique(pins, axis=0), codes)

    @cached_property
    def room(self) -> tuple[Ints, Ints]:
        """(for anything, for households): how much more each member may take on."""
        anything = np.maximum(self.members.capacity, 0)
        households = np.clip(self.limits.households_each - self.members.households, 0, anything)
        return anything, households

    def room_for(self, need: Ints) -> Ints:
        """How much more each member may take on of these needs: only his room for households when all are households.
        Room for a post helps a household only where a post can be moved to make it."""
        anything, households = self.room
        return households if (self.needs.kind[need] == NeedKind.HOUSEHOLD).all() else anything

    @cached_property
    def has_forbidden(self) -> Flags:
        flags = np.zeros(len(self.needs), dtype=bool)
        flags[self.forbidden // max(len(self.members), 1)] = True
        return flags

    @cached_property
    def barred(self) -> tuple[Ints, Ints, Flags] | None:
        """(number of each need's unit, of each member's unit, which numbers may not meet), or None when all may."""
        if not self.limits.barred_units:
            return None
        need_units, need_no = np.unique(self.needs.work_unit, return_inverse=True)
        member_units, member_no = np.unique(self.members.work_unit, return_inverse=True)
        above, below = numbered(need_units.tolist()), numbered(member_units.tolist())
        meets = np.zeros((len(need_units), len(member_units)), dtype=bool)
        for unit, other in self.limits.barred_units:
            if unit in above and other in below:
                meets[above[unit], below[other]] = True
        return need_no, member_no, meets

    @cached_property
    def bars(self) -> Flags:
        """Which needs have a unit that may not meet some other."""
        if self.barred is None:
            return np.zeros(len(self.needs), dtype=bool)
        need_no, _member_no, barred = self.barred
        flags: Flags = np.asarray(barred.any(axis=1))[need_no]
        return flags

    def after(self, need: Ints, member: Ints) -> "Problem":
        """What is left when these pairs are agreed: fewer places, less room, and no pair twice."""
        households = self.needs.kind[need] == NeedKind.HOUSEHOLD
        members = replace(
            self.members,
            capacity=self.members.capacity - np.bincount(member, minlength=len(self.members)),
            households=self.members.households + np.bincount(member[households], minlength=len(self.members)),
        )
        places = self.needs.places - np.bincount(need, minlength=len(self.needs))
        codes = need.astype(np.int64) * len(self.members) + member
        return replace(
            self,
            members=members,
            needs=replace(self.needs, places=places),
            pinned=np.empty((0, 2), dtype=np.int64),
            forbidden=np.sort(np.concatenate([self.forbidden, codes]), kind="stable"),
        )

    def need_row(self, need_id: Hashable) -> int:
        """Raises ValueError when there is no such need."""
        return self.needs.ids.index(need_id)


def numbered(ids: Iterable[Hashable]) -> dict[Hashable, int]:
    return {each: row for row, each in enumerate(ids)}


def rows_of(pairs: list[Pair], needs: Mapping[Any, int], members: Mapping[Any, int]) -> Ints:
    known = [(needs[need], members[member]) for need, member in pairs if need in needs and member in members]
    return np.array(known, dtype=np.int64).reshape(len(known), 2)
