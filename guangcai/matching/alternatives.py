"""What it would cost to ask somebody else: exact, whoever has to make room included.

The plan is a cheapest flow. Forcing one unit from a need to another member keeps it cheapest when the unit comes back
to the need along the shortest path of what can still be changed (successive shortest paths). So one search of
distances towards the need prices all its candidates at once, without solving anything again.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcai.matching.candidates import Arcs
from guangcai.matching.enums import NeedKind, Origin
from guangcai.matching.flow import Network, margin, network, penalties
from guangcai.matching.plan import Plan, ranking
from guangcai.matching.problem import Problem
from guangcai.matching.tables import Flags, Ints

FAR = 1 << 60


@dataclass(frozen=True)
class Alternative:
    """Asking `member` instead: `points` of the pair, `more` points than the plan in all (negative only where a pin or
    a later filling stands in the way). displaces: another pair changes; leaves_out: another place stays empty."""

    member: Any
    points: int
    more: int
    displaces: bool
    leaves_out: bool


def alternatives(plan: Plan, need_id: Hashable, *, most: int = 5) -> list[Alternative]:
    """The next candidates of a need that are not proposed for it, cheapest for the whole plan first.

    The `most` nearest of them by points are priced, exactly on the arcs the solver saw; pins of other needs and pairs
    filled in afterwards stay. Raises ValueError when there is no such need.
    """
    problem, need = plan.problem, plan.problem.need_row(need_id)
    own = plan.member[plan.rows_of_need(need)]
    members, cost = ranking(problem, need, plan.reach)
    fresh = ~np.isin(members, own)
    members, cost = members[fresh][:most], cost[fresh][:most]
    if not members.size:
        return []
    found = [
        Alternative(problem.members.ids[member], int(points), *change)
        for member, points, change in zip(members, cost, priced(plan, need, members, cost), strict=True)
        if change is not None
    ]
    return sorted(found, key=lambda each: (each.leaves_out, each.more))


def priced(plan: Plan, need: int, members: Ints, cost: Ints) -> list[tuple[int, bool, bool] | None]:
    """(more points, displaces, leaves out) for forcing the need to each member; None where no change makes room."""
    rest, arcs, used = movable(plan, need, members, cost)
    highest = max(int(part.max(initial=0)) for part in (plan.arcs.cost, plan.points, cost))
    unit = margin(rest, highest)
    graph = network(rest, arcs, penalties(rest, highest))
    flow = flow_of(graph, rest, arcs, used)
    need_rows, member_rows = np.unique(arcs.need), np.unique(arcs.member)
    target = int(np.searchsorted(need_rows, need))
    gates = graph.end - len(need_rows) - len(member_rows)
    start = len(need_rows) + np.searchsorted(member_rows, members)
    start += gates if rest.needs.kind[need] == NeedKind.HOUSEHOLD else 0
    keeping = distances(graph, flow, target, leaving=False)[start]
    leaving = distances(graph, flow, target, leaving=True)[start]
    # Room of its own: the member can take one more without anybody moving.
    free = room_left(graph, flow, len(need_rows), len(member_rows), start)
    found: list[tuple[int, bool, bool] | None] = []
    for points, keep, leave, is_free in zip(cost.tolist(), keeping.tolist(), leaving.tolist(), free, strict=True):
        if leave >= FAR // 2:
            found.append(None)
            continue
        leaves = keep >= FAR // 2
        more = points + (leave if leaves else keep)
        found.append((more - unit * round(more / unit), not is_free, leaves))
    return found


def movable(plan: Plan, need: int, members: Ints, cost: Ints) -> tuple[Problem, Arcs, Flags]:
    """What may change: (the problem without what stays, the arcs of the parts concerned, which of them are used).

    Pins of other needs and pairs filled in later stay; pairs of this need are arcs, whatever their origin.
    """
    stays = (plan.origin != Origin.EXACT) & (plan.need != need)
    rest = plan.problem.after(plan.need[stays], plan.member[stays])
    part = plan.part
    own = plan.rows_of_need(need)
    touched = np.isin(plan.arcs.member, np.concatenate([members, plan.member[own]])) | (plan.arcs.need == need)
    kept = np.isin(part[plan.arcs.need], part[plan.arcs.need[touched]]) & (rest.needs.places[plan.arcs.need] > 0)
    kept &= plan.arcs.need != need
    mine = np.concatenate([plan.member[own], members])
    columns = (
        np.concatenate([plan.arcs.need[kept], np.full(len(mine), need)]),
        np.concatenate([plan.arcs.member[kept], mine]),
        np.concatenate([plan.arcs.cost[kept], plan.points[own], cost]),
    )
    order = np.lexsort((columns[1], columns[0]))
    arcs = Arcs(*(column[order] for column in columns))
    width = len(plan.problem.members)
    used = np.isin(arcs.need * width + arcs.member, plan.need * width + plan.member)
    return rest, arcs, used


def flow_of(graph: Network, rest: Problem, arcs: Arcs, used: Flags) -> Ints:
    """The plan as a flow on the arcs of the graph."""
    flow = np.zeros(len(graph.tail), dtype=np.int64)
    flow[: graph.pairs] = used
    served = np.bincount(graph.tail[: graph.pairs][used], minlength=graph.needs)
    left = slice(graph.pairs, graph.pairs + graph.needs)
    flow[left] = graph.capacity[left] - served
    into = np.bincount(graph.head[: graph.pairs][used], minlength=graph.end + 1)
    # Gates first: what passes them reaches the member too. They are the last arcs, members' own come before.
    after = graph.pairs + graph.needs
    gated = np.arange(after, len(graph.tail))[graph.head[after:] != graph.end]
    flow[gated] = into[graph.tail[gated]]
    np.add.at(into, graph.head[gated], flow[gated])
    plain = np.arange(after, len(graph.tail))[graph.head[after:] == graph.end]
    flow[plain] = into[graph.tail[plain]]
    return flow


def room_left(graph: Network, flow: Ints, needs: int, members: int, start: Ints) -> Flags:
    """Whether one unit more can go straight from each start to the end."""
    after = graph.pairs + graph.needs
    spare = np.zeros(graph.end + 1, dtype=np.int64)
    spare[graph.tail[after:]] = graph.capacity[after:] - flow[after:]
    behind = np.where(start >= needs + members, start - members, start)
    return (spare[start] > 0) & (spare[behind] > 0)


def distances(graph: Network, flow: Ints, target: int, *, leaving: bool) -> Ints:
    """Points of the cheapest way from every node to the target in what can still change (Bellman-Ford, whole columns).

    leaving: whether another place may be left out on the way.
    """
    # No cheapest way to the target passes it before, nor takes a pair that is only being priced.
    forward = (flow < graph.capacity) & (graph.tail != target)
    if not leaving:
        forward[graph.pairs : graph.pairs + graph.needs] = False
    back = flow > 0
    tail = np.concatenate([graph.tail[forward], graph.head[back]])
    head = np.concatenate([graph.head[forward], graph.tail[back]])
    cost = np.concatenate([graph.cost[forward], -graph.cost[back]])
    order = np.argsort(tail, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    nodes, starts = np.unique(tail, return_index=True)
    distance = np.full(graph.end + 1, FAR, dtype=np.int64)
    distance[target] = 0
    for _step in range(graph.end + 2):
        nearer = distance.copy()
        nearer[nodes] = np.minimum(distance[nodes], np.minimum.reduceat(distance[head] + cost, starts))
        if (nearer == distance).all():
            return distance
        distance = nearer
    raise ArithmeticError("the plan is not the cheapest one: a round of changes would make it cheaper")
