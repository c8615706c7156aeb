"""B4: a district's members and households matched: proposals with their sentences, beside the bare solver and a greedy.

    python -m benchmarks.matching [--members 30000] [--households 150000] [--communities 300] [--quick]

Prints JSON. Each part runs in a process of its own, one after the other: `whole` and `communities` are the program (all
of it: candidates, solver, places filled afterwards, a sentence for every pair); `bare` and `bare_communities` are
OR-tools' SimpleMinCostFlow alone on exactly the arcs that the program gave its solver, as one graph and community by
community; `greedy` takes the cheapest arc first. The district is made in memory; to measure from a database to stored
proposals, put a reading room's columns in the place of `district` and its writing behind `rows`.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from guangcai.matching.alternatives import alternatives
from guangcai.matching.enums import Binding, NeedKind, Origin, Reach
from guangcai.matching.flow import penalties
from guangcai.matching.plan import Plan, nearest, propose
from guangcai.matching.problem import Problem
from guangcai.matching.sentences import reasons
from guangcai.matching.tables import NO_SKILL, NOT_KNOWN, Members, Needs
from guangcai.matching.weights import Limits, Weights

SEED = 20261122
SKILLS = tuple(f"skill {number}" for number in range(12))
WEIGHTS = Weights(
    stairwell=0, building=5, compound=15, community=30, elsewhere=80, per_100_metres=0, without_skill=40,
    without_certificate=10, without_time=25, time_unknown=8, per_commitment=6, per_hour_served=1, hours_counted=16,
)  # fmt: skip


def district(members: int, households: int, communities: int) -> Problem:
    """A district of compounds of buildings of stairwells; nearly as many households as all members may take."""
    dice = np.random.default_rng(SEED)
    weights = dice.uniform(0.85, 1.15, communities)
    limits = Limits(households_each=5, barred_units=frozenset((unit, unit + 1) for unit in range(1, 200)))
    tables = some_members(dice, members, weights / weights.sum()), some_needs(dice, households, communities)
    return Problem.of(*tables, weights=WEIGHTS, limits=limits)


def positions(dice: np.random.Generator, community: Any) -> Any:
    """Stairwell, building, compound, community: 4 compounds of 6 buildings of 4 stairwells in each community."""
    compound = community * 4 + dice.integers(0, 4, len(community))
    building = compound * 6 + dice.integers(0, 6, len(community))
    stairwell = building * 4 + dice.integers(0, 4, len(community))
    return np.stack([stairwell, building, compound, community], axis=1).astype(np.int32)


def no_metres(count: int) -> Any:
    return np.full((count, 2), NOT_KNOWN, dtype=np.int32)


def some_members(dice: np.random.Generator, count: int, weights: Any) -> Members:
    certified = dice.random((count, len(SKILLS))) < 0.04
    return Members(
        ids=tuple(range(count)),
        capacity=np.full(count, 5, dtype=np.int32),
        households=np.zeros(count, dtype=np.int32),
        skills=certified | (dice.random((count, len(SKILLS))) < 0.1),
        certified=certified,
        free=np.where(dice.random(count) < 0.2, 0, dice.integers(0, 1 << 21, count) & dice.integers(0, 1 << 21, count)),
        position=positions(dice, 1 + dice.choice(len(weights), count, p=weights)),
        metres=no_metres(count),
        load=dice.integers(0, 3, count),
        missing_minutes=dice.integers(0, 17, count) * 60,
        work_unit=dice.integers(1, 1001, count),
    )


def some_needs(dice: np.random.Generator, count: int, communities: int) -> Needs:
    skill = np.where(dice.random(count) < 0.2, dice.integers(0, len(SKILLS), count), NO_SKILL)
    wanted = (1 << dice.integers(0, 21, count)) | (1 << dice.integers(0, 21, count))
    return Needs(
        ids=tuple(range(count)),
        kind=np.full(count, NeedKind.HOUSEHOLD),
        places=np.ones(count, dtype=np.int32),
        skill=skill,
        certificate=(skill != NO_SKILL) & (dice.random(count) < 0.15),
        wanted=np.where(dice.random(count) < 0.6, wanted, 0),
        position=positions(dice, dice.integers(1, communities + 1, count)),
        metres=no_metres(count),
        consent=dice.random(count) < 0.98,
        tier=dice.choice(3, count, p=[0.1, 0.3, 0.6]),
        work_unit=dice.integers(1, 1001, count),
    )


class Watch:
    """Seconds of wall and of processor since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        return {
            "seconds": round(time.perf_counter() - self.wall, 3),
            "cpu_seconds": round(time.process_time() - self.cpu, 3),
        }


def rows(plan: Plan) -> list[tuple[Any, ...]]:
    """What would be stored: need, member, points, sentence."""
    said = reasons(plan.problem, plan.need, plan.member, skills=SKILLS)
    return [(each.need, each.member, each.points, why) for each, why in zip(plan, said, strict=True)]


def program(problem: Problem, folder: Path, reach: Reach) -> dict[str, Any]:
    """The program from tables to rows; leaves its arcs for the peers."""
    watch = Watch()
    plan = propose(problem, reach=reach)
    planned = watch.read()
    stored = rows(plan)
    taken = watch.read()
    exact = plan.origin == Origin.EXACT
    asked = int(problem.needs.places[problem.needs.consent].sum())
    np.savez(folder / f"{reach}.npz", need=plan.arcs.need, member=plan.arcs.member, cost=plan.arcs.cost)
    return {
        **taken,
        "without_sentences": planned,
        "proposals": len(stored),
        "example": stored[0][3],
        "arcs": len(plan.arcs),
        "by_solver": {"left_out": asked - int(exact.sum()), "points": int(plan.points[exact].sum())},
        "left_out": sum(each.places for each in plan.left_out if each.binding is not Binding.NO_CONSENT),
        "points": plan.total,
        "one_need": one_need(plan, stored[len(stored) // 2][0]),
    }


def one_need(plan: Plan, need: Any) -> dict[str, dict[str, float]]:
    """What a screen asks for one need: who is near, and what another choice would cost."""
    watch = Watch()
    nearest(plan.problem, need, reach=plan.reach)
    found = watch.read()
    watch = Watch()
    alternatives(plan, need)
    return {"nearest": found, "alternatives": watch.read()}


def bare_flow(problem: Problem, arcs: dict[str, Any], watched: list[dict[str, float]]) -> tuple[int, int]:
    """SimpleMinCostFlow on one graph; (places filled, points). Only the solver's own calls are watched."""
    from ortools.graph.python import min_cost_flow

    needs, need = np.unique(arcs["need"], return_inverse=True)
    members, member = np.unique(arcs["member"], return_inverse=True)
    end = len(needs) + len(members)
    penalty = penalties(problem, int(arcs["cost"].max(initial=0)))[needs]
    tail = np.concatenate([need, np.arange(end)])
    head = np.concatenate([member + len(needs), np.full(end, end)])
    capacity = np.concatenate([np.ones(len(need)), np.ones(len(needs)), problem.room[1][members]]).astype(np.int64)
    cost = np.concatenate([arcs["cost"], penalty, np.zeros(len(members))]).astype(np.int64)
    watch = Watch()
    solver = min_cost_flow.SimpleMinCostFlow()
    numbers = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_nodes_supplies(np.arange(end + 1), np.repeat([1, 0, -len(needs)], [len(needs), len(members), 1]))
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError("the bare solver found no optimum")
    chosen = solver.flows(numbers)[: len(need)] > 0
    watched.append(watch.read())
    return int(chosen.sum()), int(arcs["cost"][chosen].sum())


def bare(problem: Problem, folder: Path, reach: Reach) -> dict[str, Any]:
    """The bare solver on the program's arcs: one graph, or one for each community after the other."""
    arcs = dict(np.load(folder / f"{reach}.npz"))
    community = problem.needs.position[arcs["need"], 3]
    graphs = [slice(None)] if reach is Reach.DISTRICT else [community == each for each in np.unique(community)]
    watched: list[dict[str, float]] = []
    solved = [bare_flow(problem, {name: column[graph] for name, column in arcs.items()}, watched) for graph in graphs]
    filled, points = (sum(column) for column in zip(*solved, strict=True))
    return {**added(watched), **outcome(problem, filled, points)}


def added(watched: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(sum(each[name] for each in watched), 3) for name in watched[0]}


def outcome(problem: Problem, filled: int, points: int) -> dict[str, int]:
    return {"left_out": int(problem.needs.places[problem.needs.consent].sum()) - filled, "points": points}


def greedy(problem: Problem, folder: Path) -> dict[str, Any]:
    """The cheapest arc first, whatever others would need."""
    arcs = dict(np.load(folder / f"{Reach.DISTRICT}.npz"))
    watch = Watch()
    order = np.argsort(arcs["cost"], kind="stable")
    room, served = problem.room[1].tolist(), bytearray(len(problem.needs))
    filled = points = 0
    for need, member, cost in zip(*(arcs[name][order].tolist() for name in ("need", "member", "cost")), strict=True):
        if room[member] and not served[need]:
            room[member] -= 1
            served[need] = 1
            filled, points = filled + 1, points + cost
    return {**watch.read(), **outcome(problem, filled, points)}


PARTS: dict[str, Callable[[Problem, Path], dict[str, Any]]] = {
    "whole": lambda problem, folder: program(problem, folder, Reach.DISTRICT),
    "bare": lambda problem, folder: bare(problem, folder, Reach.DISTRICT),
    "greedy": greedy,
    "communities": lambda problem, folder: program(problem, folder, Reach.COMMUNITY),
    "bare_communities": lambda problem, folder: bare(problem, folder, Reach.COMMUNITY),
}


def run_part(name: str, size: list[int], folder: Path) -> dict[str, Any]:
    """One part in this process. `megabytes` is the peak; `at_start` what interpreter, libraries and tables take."""
    speak_chinese()
    problem = district(*size)
    at_start = peak()
    return {**PARTS[name](problem, folder), "megabytes": peak(), "at_start": at_start}


def speak_chinese() -> None:
    from django.apps import apps
    from django.conf import settings

    settings.configure(LANGUAGE_CODE="zh-hans", USE_I18N=True, INSTALLED_APPS=["guangcai.matching"])
    apps.populate(settings.INSTALLED_APPS)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=30_000)
    parser.add_argument("--households", type=int, default=150_000)
    parser.add_argument("--communities", type=int, default=300)
    parser.add_argument("--quick", action="store_true", help="a thirtieth of the district")
    parser.add_argument("--part", choices=PARTS, help="one part alone, in this process")
    parser.add_argument("--folder", type=Path, help="where arcs lie between the parts")
    given = parser.parse_args()
    size = [n // 30 if given.quick else n for n in (given.members, given.households, given.communities)]
    if given.part:
        print(json.dumps(run_part(given.part, size, given.folder), ensure_ascii=False))
        return
    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, Any] = dict(zip(("members", "households", "communities_in_all"), size, strict=True))
        words = [f"--{name}={n}" for name, n in zip(("members", "households", "communities"), size, strict=True)]
        for name in PARTS:
            command = [sys.executable, "-m", "benchmarks.matching", "--part", name, "--folder", folder, *words]
            figures[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
