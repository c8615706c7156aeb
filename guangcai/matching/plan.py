"""`propose`: whom to ask for every need of a batch. `nearest`: whom to ask for one. Proposals only: nobody is assigned.

First the pins that keep the hard rules, then the exact solver on the candidates, then, for places still empty, members
who have room left and were no candidate, at last a search for others to be moved aside (filling.py).
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from guangcai.matching.candidates import COMMUNITY, Arcs, candidate_arcs
from guangcai.matching.enums import Binding, NeedKind, Origin, Reach
from guangcai.matching.filling import Filling, fillable
from guangcai.matching.flow import parts_of, solve
from guangcai.matching.left_out import LeftOut, name_left_out
from guangcai.matching.problem import Problem
from guangcai.matching.scoring import HARD_RULES, eligible, points
from guangcai.matching.tables import Ints

Columns = tuple[Ints, Ints, Ints]  # needs, members, origins
ORIGINS = tuple(Origin)


class Proposal(NamedTuple):
    """Ask this member for this need. `row` is where it stands in the plan."""

    row: int
    need: Any
    member: Any
    points: int
    origin: Origin


@dataclass(frozen=True)
class RefusedPin:
    """A pair that a person chose and a hard rule forbids."""

    need: Any
    member: Any
    binding: Binding


@dataclass(frozen=True)
class Plan:
    """Pairs as four columns, sorted by need and member (rows of `problem`); what could not be done, with reasons."""

    problem: Problem
    reach: Reach
    need: Ints
    member: Ints
    points: Ints
    origin: Ints
    arcs: Arcs  # what the exact solver saw
    refused_pins: tuple[RefusedPin, ...]
    left_out: tuple[LeftOut, ...]

    def __len__(self) -> int:
        return len(self.need)

    def __iter__(self) -> Iterator[Proposal]:
        needs, members = self.problem.needs.ids, self.problem.members.ids
        columns = (self.need.tolist(), self.member.tolist(), self.points.tolist(), self.origin.tolist())
        for row, (need, member, cost, origin) in enumerate(zip(*columns, strict=True)):
            yield Proposal(row, needs[need], members[member], cost, ORIGINS[origin])

    @cached_property
    def total(self) -> int:
        return int(self.points.sum())

    @cached_property
    def part(self) -> Ints:
        """The connected part of each need (flow.parts_of)."""
        return parts_of(self.problem, self.arcs)

    def rows_of_need(self, need: int) -> slice:
        return slice(int(np.searchsorted(self.need, need)), int(np.searchsorted(self.need, need, "right")))


@dataclass(frozen=True)
class Candidate:
    """One member for one need, best first."""

    member: Any
    points: int
    pinned: bool = False


def propose(problem: Problem, *, reach: Reach = Reach.DISTRICT) -> Plan:
    """The best plan for all needs at once: most urgent and most places first, then fewest points.

    Exact on the candidates (`Limits.candidates` of each need); the same for any order of the rows given.
    reach: COMMUNITY proposes each community for itself in the same call, nobody crosses its border.
    """
    need, member, refused = keep_pins(problem)
    free = rest = problem.after(need, member)
    first = arcs = candidate_arcs(rest, reach)
    found: list[Columns] = [(need, member, np.full(len(need), Origin.PINNED))]
    origin = Origin.EXACT
    while len(arcs):
        chosen = solve(rest, arcs)
        need, member = arcs.need[chosen], arcs.member[chosen]
        found.append((need, member, np.full(len(need), origin)))
        rest = rest.after(need, member)
        arcs, origin = candidate_arcs(rest, reach), Origin.FILLED
    if len(found) > 1 and (hopeful := fillable(rest, reach)).size:
        found, rest = move_aside(free, found, hopeful, reach)
    need, member, origins = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((member, need))
    need, member = need[order], member[order]
    cost = points(problem, need, member)
    left_out = name_left_out(problem, rest, reach)
    return Plan(problem, reach, need, member, cost, origins[order], first, refused, left_out)


def move_aside(free: Problem, found: list[Columns], hopeful: Ints, reach: Reach) -> tuple[list[Columns], Problem]:
    """The pairs after the last filling, and what it left. Pins, the first of `found`, are not moved."""
    need, member, origin = (np.concatenate(column) for column in zip(*found[1:], strict=True))
    community = free.needs.position[:, COMMUNITY]
    stays = (reach is Reach.COMMUNITY) & ~np.isin(community[need], community[hopeful])
    free, others = free.after(need[stays], member[stays]), (need[stays], member[stays], origin[stays])
    need, member, origin = need[~stays], member[~stays], origin[~stays]
    pairs: dict[int, set[int]] = {}
    was: dict[tuple[int, int], int] = {}
    for each, whom, how in zip(need.tolist(), member.tolist(), origin.tolist(), strict=True):
        pairs.setdefault(each, set()).add(whom)
        was[each, whom] = how
    filling = Filling(free, reach, pairs)
    filling.fill(hopeful)
    need, member = filling.columns()
    now = [
        Origin.FILLED if pair in filling.moved else was[pair]
        for pair in zip(need.tolist(), member.tolist(), strict=True)
    ]
    return [found[0], others, (need, member, np.array(now, dtype=np.int64))], filling.rest


def keep_pins(problem: Problem) -> tuple[Ints, Ints, tuple[RefusedPin, ...]]:
    """The pins that keep the hard rules, in the order of ids, as rows of needs and members; and those refused."""
    kept, refused = [], []
    places = problem.needs.places.tolist()
    anything, households = (room.tolist() for room in problem.room)
    for need, member in problem.pinned.tolist():
        binding = broken_rule(problem, need, member)
        is_household = problem.needs.kind[need] == NeedKind.HOUSEHOLD
        if binding is None and places[need] <= 0:
            binding = Binding.NO_PLACE
        elif binding is None and min(anything[member], households[member] if is_household else 1) <= 0:
            binding = Binding.TAKEN
        if binding is None:
            kept.append((need, member))
            places[need] -= 1
            anything[member] -= 1
            households[member] -= is_household
        else:
            refused.append(RefusedPin(problem.needs.ids[need], problem.members.ids[member], binding))
    rows = np.array(kept, dtype=np.int64).reshape(len(kept), 2)
    return rows[:, 0], rows[:, 1], tuple(refused)


def broken_rule(problem: Problem, need: int, member: int) -> Binding | None:
    """The first hard rule that the pair breaks."""
    rows = np.array([need]), np.array([member])
    return next((binding for binding, rule in HARD_RULES.items() if not rule(problem, *rows).all()), None)


def nearest(problem: Problem, need_id: Hashable, *, most: int = 10, reach: Reach = Reach.DISTRICT) -> list[Candidate]:
    """Members for one need, kept pins first, then by points and id; greedy: what other needs would like is not asked.

    The room that pins of other needs take is gone. Raises ValueError when there is no such need.
    """
    row = problem.need_row(need_id)
    need, member, _refused = keep_pins(problem)
    rest = problem.after(need, member)
    ids = problem.members.ids
    own = member[need == row]
    pinned = [
        Candidate(ids[each], int(cost), pinned=True)
        for each, cost in zip(own, points(problem, np.full(len(own), row), own), strict=True)
    ]
    others, cost = ranking(rest, row, reach)
    return (pinned + [Candidate(ids[m], int(c)) for m, c in zip(others[:most], cost, strict=False)])[:most]


def ranking(problem: Problem, need: int, reach: Reach) -> tuple[Ints, Ints]:
    """All members who may serve the need, best first, with their points."""
    everybody = np.arange(len(problem.members))
    row = np.array([need])
    allowed = eligible(problem, row, everybody) & within(problem, need, reach)
    cost = np.broadcast_to(points(problem, row, everybody), everybody.shape)
    order = np.lexsort((everybody, cost))
    order = order[allowed[order]]
    return order, cost[order]


def within(problem: Problem, need: int, reach: Reach) -> Ints:
    """Which members the reach allows for this need."""
    here, there = problem.needs.position[need, COMMUNITY], problem.members.position[:, COMMUNITY]
    return np.broadcast_to(reach is Reach.DISTRICT, there.shape) | (here == there)
