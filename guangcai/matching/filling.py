"""Places still empty after the solver: filled by moving others aside, when somebody somewhere has room.

An exact solver on K candidates may leave a place empty that all pairs together could fill. A search along "who may
serve it, whom he serves now, who else may serve that one" finds the way to a member with room if there is one
(augmenting paths, over all pairs that keep the hard rules). So no place stays empty that a plan could fill as well.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from guangcai.matching.candidates import COMMUNITY
from guangcai.matching.enums import NeedKind, Reach
from guangcai.matching.problem import Problem
from guangcai.matching.scoring import certified, eligible, not_excluded, not_superior, points
from guangcai.matching.tables import Ints

# Needs looked at in one call, at a millisecond each in a district of 30,000 members; a bound for the worst case only.
SEARCHED = 20_000
Step = tuple[int, int]  # (need that asks, member that it would take over)


@dataclass
class Filling:
    """The state of the search. pairs: need -> members, of those that may be moved."""

    problem: Problem  # without the pins
    reach: Reach
    pairs: dict[int, set[int]]
    needs_of: dict[int, set[int]] = field(default_factory=dict)
    moved: set[tuple[int, int]] = field(default_factory=set)
    # A need from which no way was found has none later either.
    closed: set[int] = field(default_factory=set)
    searched: int = 0

    def __post_init__(self) -> None:
        for need, members in self.pairs.items():
            for member in members:
                self.needs_of.setdefault(member, set()).add(need)
        self.rest = self.problem.after(*self.columns())

    def columns(self) -> tuple[Ints, Ints]:
        both = sorted((need, member) for need, members in self.pairs.items() for member in members)
        table = np.array(both, dtype=np.int64).reshape(len(both), 2)
        return table[:, 0], table[:, 1]

    def fill(self, empty: Ints) -> None:
        """Fill what can be filled of these needs, the most urgent first."""
        for need in empty[np.argsort(self.rest.needs.tier[empty], kind="stable")].tolist():
            while self.rest.needs.places[need] > 0 and self.fill_one(need):
                self.rest = self.problem.after(*self.columns())

    def fill_one(self, wanting: int) -> bool:
        """Fill one place of a need; False where nobody can make room."""
        came_from: dict[int, Step] = {}
        seen: set[tuple[int, bool]] = set()
        queue = deque([wanting])
        asked = {wanting} | self.closed
        while queue and self.searched < SEARCHED:
            need = queue.popleft()
            self.searched += 1
            if (free := self.best_free(need)) is not None:
                self.shift(need, free, came_from)
                return True
            for member in self.able(need):
                for other in self.movable(need, member, seen):
                    if other not in asked:
                        asked.add(other)
                        came_from[other] = (need, member)
                        queue.append(other)
        if not queue:
            self.closed |= asked
        return False

    def within(self, need: int) -> Ints:
        """Rows of the members whom the reach allows."""
        there = self.problem.members.position[:, COMMUNITY]
        if self.reach is Reach.DISTRICT:
            return np.arange(len(there))
        return np.flatnonzero(there == self.problem.needs.position[need, COMMUNITY])

    def best_free(self, need: int) -> int | None:
        """The member with room who costs least, the first by id among equals."""
        near, row = self.within(need), np.array([need])
        near = near[eligible(self.rest, row, near)]
        if not near.size:
            return None
        cost = np.broadcast_to(points(self.rest, row, near), near.shape)
        return int(near[np.argmin(cost)])

    def able(self, need: int) -> list[int]:
        """Members who may serve the need but for room, and do not yet."""
        near, row = self.within(need), np.array([need])
        for rule in (certified, not_excluded, not_superior):
            near = near[rule(self.rest, row, near)]
        found: list[int] = near.tolist()
        return found

    def movable(self, need: int, member: int, seen: set[tuple[int, bool]]) -> list[int]:
        """The needs of a member whose moving away would make room for this one."""
        kind = self.problem.needs.kind
        household = bool(kind[need] == NeedKind.HOUSEHOLD)
        if (member, household) in seen:
            return []
        seen.add((member, household))
        gate_shut = household and self.rest.members.households[member] >= self.problem.limits.households_each
        own = sorted(self.needs_of.get(member, ()))
        return [other for other in own if not gate_shut or kind[other] == NeedKind.HOUSEHOLD]

    def shift(self, need: int, member: int, came_from: dict[int, Step]) -> None:
        """The last of the way takes the member with room, each before takes over what the next gives up."""
        while True:
            self.pairs.setdefault(need, set()).add(member)
            self.needs_of.setdefault(member, set()).add(need)
            self.moved.add((need, member))
            if need not in came_from:
                return
            asking, given_up = came_from[need]
            self.pairs[need].discard(given_up)
            self.needs_of[given_up].discard(need)
            self.moved.discard((need, given_up))
            need, member = asking, given_up


def fillable(rest: Problem, reach: Reach) -> Ints:
    """Needs with empty places in whose reach somebody has room left."""
    empty = np.flatnonzero((rest.needs.places > 0) & rest.needs.consent)
    has_room = rest.room_for(np.arange(len(rest.needs))) > 0
    if reach is Reach.DISTRICT:
        return empty if has_room.any() else empty[:0]
    roomy = np.unique(rest.members.position[has_room, COMMUNITY])
    return empty[np.isin(rest.needs.position[empty, COMMUNITY], roomy)]
