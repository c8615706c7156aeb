"""The exact solver: minimum cost flow from needs through members, OR-tools' SimpleMinCostFlow.

    need --1, points--> member --room--> end        need --places, penalty--> end    (left out)

A member who may be asked for households and for other things has a gate of his own for households in front. The
penalty of one place left out outweighs every saving of points that leaving it out could bring, and a more urgent tier
outweighs a less urgent one. As many places are filled as the arcs allow; which tiers these are, and then the points,
are the best possible. Parts of the graph that share no member are solved one after the other: same answer, less time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from guangcai.matching.candidates import Arcs
from guangcai.matching.enums import NeedKind
from guangcai.matching.problem import Problem
from guangcai.matching.tables import Flags, Ints


@dataclass(frozen=True)
class Network:
    """Nodes: needs, then members, then their gates for households (only where both kinds are wanted), then the end.

    The first `pairs` arcs are the candidate pairs in their order, the next `needs` those that leave out.
    """

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    supply: Ints
    pairs: int
    needs: int

    @property
    def end(self) -> int:
        return len(self.supply) - 1

    def solve(self) -> Ints:
        """Flow on each arc. Raises ArithmeticError when the points are too large for the solver."""
        solver = min_cost_flow.SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(self.tail, self.head, self.capacity, self.cost)
        solver.set_nodes_supplies(np.arange(len(self.supply)), self.supply)
        if (status := solver.solve()) != solver.OPTIMAL:
            raise ArithmeticError(f"min-cost flow: {status.name}")
        return np.asarray(solver.flows(arcs))


def network(problem: Problem, arcs: Arcs, penalty: Ints) -> Network:
    """The graph of these arcs, its nodes numbered from 0 in the order of rows."""
    need_rows, need = ranked(arcs.need, len(problem.needs))
    member_rows, member = ranked(arcs.member, len(problem.members))
    anything, households = (room[member_rows] for room in problem.room)
    places = problem.needs.places[need_rows]
    is_household = problem.needs.kind[need_rows] == NeedKind.HOUSEHOLD
    needs, members = len(need_rows), len(member_rows)
    gated = is_household.any() and not is_household.all()
    gates = members if gated else 0
    end = needs + members + gates
    heads = needs + member + np.where(is_household[need], gates, 0)
    member_nodes = needs + np.arange(members)
    room = households if is_household.all() else anything
    tails = [need, np.arange(needs), member_nodes]
    all_heads = [heads, np.full(needs, end), np.full(members, end)]
    capacity = [np.ones(len(need)), places, room]
    cost = [arcs.cost, penalty[need_rows], np.zeros(members)]
    if gated:
        tails.append(member_nodes + gates)
        all_heads.append(member_nodes)
        capacity.append(households)
        cost.append(np.zeros(members))
    supply = np.zeros(end + 1, dtype=np.int64)
    supply[:needs] = places
    supply[end] = -places.sum()
    tail, head, caps, costs = (np.concatenate(parts).astype(np.int64) for parts in (tails, all_heads, capacity, cost))
    return Network(tail, head, caps, costs, supply, pairs=len(need), needs=needs)


def ranked(rows: Ints, among: int) -> tuple[Ints, Ints]:
    """The different rows in order, and the rank of each: np.unique without sorting."""
    there = np.zeros(among, dtype=bool)
    there[rows] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[rows]


def margin(problem: Problem, highest: int) -> int:
    """More than the points that filling one place more can cost, when no pair has more than the highest: a path of
    changes passes each node once. Twice as much, so that margins and points can be told apart in one number."""
    longest = min(int(problem.needs.places.sum()), 2 * len(problem.members)) + 2
    return 2 * highest * longest + 1


def penalties(problem: Problem, highest: int) -> Ints:
    """Points for leaving out one place of each need: whole margins, one more for each more urgent tier."""
    tiers, rank = np.unique(problem.needs.tier, return_inverse=True)
    return (len(tiers) - rank).astype(np.int64) * margin(problem, highest)


def solve(problem: Problem, arcs: Arcs) -> Flags:
    """Which arcs are chosen."""
    chosen = np.zeros(len(arcs), dtype=bool)
    penalty = penalties(problem, int(arcs.cost.max(initial=0)))
    for rows in parts(problem, arcs):
        graph = network(problem, arcs.where(rows), penalty)
        chosen[rows] = graph.solve()[: graph.pairs] > 0
    return chosen


def parts(problem: Problem, arcs: Arcs) -> Iterator[Ints]:
    """Rows of the arcs of each connected part. Arcs are sorted by need, so the arcs of a need are one stretch."""
    needs, starts, counts = np.unique(arcs.need, return_index=True, return_counts=True)
    part = parts_of(problem, arcs)[needs]
    order = np.argsort(part, kind="stable")
    for several in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        lengths = counts[several]
        # Each stretch from its start on, written without a loop.
        offsets = np.repeat(starts[several] - np.cumsum(lengths) + lengths, lengths)
        yield offsets + np.arange(lengths.sum())


def parts_of(problem: Problem, arcs: Arcs) -> Ints:
    """For each need the lowest member of its connected part; needs without arcs share the number after the last."""
    label = np.arange(len(problem.members) + 1)
    of_need = np.full(len(problem.needs), len(problem.members))
    if not len(arcs):
        return of_need
    needs, need_starts = np.unique(arcs.need, return_index=True)
    while True:
        of_need[needs] = np.minimum.reduceat(label[arcs.member], need_starts)
        lower = label.copy()
        np.minimum.at(lower, arcs.member, of_need[arcs.need])
        # Whoever leads to a lower member leads to what that one leads to.
        lower = lower[lower]
        if (lower == label).all():
            return of_need
        label = lower
