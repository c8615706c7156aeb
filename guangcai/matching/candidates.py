"""Which pairs the solver looks at: the best K members of every need, found block by block, never need x member at once.

A need is compared with the members of its own community. One that finds fewer than `fewest` there looks over the whole
set (those with the certificate, when it requires one). So no need is without a candidate while somebody may serve it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from guangcai.matching.enums import Reach
from guangcai.matching.problem import Problem
from guangcai.matching.scoring import eligible, points
from guangcai.matching.tables import NO_SKILL, Flags, Ints

CELLS = 1 << 20  # pairs compared at once: some 60 MB of working memory
COMMUNITY = 3  # column of position
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Arcs:
    """Possible pairs by need, then member: rows and points, three columns of one length."""

    need: Ints
    member: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.need)

    def where(self, kept: Flags | Ints) -> "Arcs":
        return Arcs(self.need[kept], self.member[kept], self.cost[kept])

    @classmethod
    def of(cls, parts: "list[Arcs]") -> "Arcs":
        """All of them, sorted."""
        if not parts:
            return cls(*(np.empty(0, dtype=np.int64) for _ in range(3)))
        need, member, cost = (np.concatenate([getattr(p, name) for p in parts]) for name in ("need", "member", "cost"))
        order = np.argsort(need * (member.max(initial=0) + 1) + member, kind="stable")
        return cls(need[order], member[order], cost[order])


def candidate_arcs(problem: Problem, reach: Reach) -> Arcs:
    """The best `limits.candidates` members of every need with places, by points; equal points are spread evenly."""
    open_needs = np.flatnonzero((problem.needs.places > 0) & problem.needs.consent)
    free_members = np.flatnonzero(problem.room_for(open_needs) > 0)
    near: list[Arcs] = []
    for need, member in communities(problem, open_needs, free_members):
        near += blocks(problem, need, member)
    if reach is Reach.COMMUNITY:
        return Arcs.of(near)
    found = sum((np.bincount(part.need, minlength=len(problem.needs)) for part in near), np.zeros(len(problem.needs)))
    few = found < problem.limits.fewest
    wide: list[Arcs] = []
    for need, member in pools(problem, open_needs[few[open_needs]], free_members):
        wide += blocks(problem, need, member)
    return Arcs.of([part.where(~few[part.need]) for part in near] + wide)


def communities(problem: Problem, need: Ints, member: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Needs and members of one community at a time; communities without either are passed over."""
    here, there = problem.needs.position[need, COMMUNITY], problem.members.position[member, COMMUNITY]
    need, member = need[np.argsort(here, kind="stable")], member[np.argsort(there, kind="stable")]
    here, there = np.sort(here), np.sort(there)
    both = np.intersect1d(here, there)
    bounds = [np.searchsorted(side, both, edge) for side in (here, there) for edge in ("left", "right")]
    for need_from, need_to, member_from, member_to in np.stack(bounds, axis=1).reshape(-1, 4):
        yield need[need_from:need_to], member[member_from:member_to]


def pools(problem: Problem, need: Ints, member: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Needs that require one certificate, with its holders; at last those that require none, with everybody."""
    required = np.where(problem.needs.certificate[need], problem.needs.skill[need], NO_SKILL)
    for kind in np.unique(required):
        holders = member if kind == NO_SKILL else member[problem.members.certified[member, kind]]
        if holders.size:
            yield need[required == kind], holders


def blocks(problem: Problem, need: Ints, member: Ints) -> Iterator[Arcs]:
    """The best candidates of these needs among these members, so many needs at a time as fit in memory."""
    step = max(CELLS // len(member), 1)
    for start in range(0, len(need), step):
        yield best(problem, need[start : start + step], member)


def best(problem: Problem, need: Ints, member: Ints) -> Arcs:
    """One block. Ties go round the members, starting elsewhere for each need: else all would name the same K."""
    most, everybody = problem.limits.candidates, len(problem.members)
    rows, columns = need[:, None], member[None, :]
    key = points(problem, rows, columns) * everybody + (columns - rows) % everybody
    key = np.where(eligible(problem, rows, columns), key, NEVER)
    if len(member) > most:
        # Back in the order of members: what comes sorted is gathered faster.
        columns = np.sort(np.argpartition(key, most - 1, axis=1)[:, :most], axis=1)
        key = np.take_along_axis(key, columns, axis=1)
        columns = member[columns]
    row, column = np.nonzero(key != NEVER)
    chosen = np.broadcast_to(columns, key.shape)[row, column]
    return Arcs(need[row], chosen, key[row, column] // everybody)
