"""Small problems, by hand and at random, and their best plan found by trying everything."""

from itertools import combinations, product

import numpy as np
from hypothesis import strategies as st

from guangcai.matching.enums import NeedKind
from guangcai.matching.problem import Problem
from guangcai.matching.scoring import eligible, points
from guangcai.matching.tables import NO_SKILL, Member, Members, Need, Needs, Position
from guangcai.matching.weights import Limits, Weights

WEIGHTS = Weights(
    stairwell=0,
    building=5,
    compound=15,
    community=30,
    elsewhere=80,
    per_100_metres=0,
    without_skill=40,
    without_certificate=10,
    without_time=25,
    time_unknown=8,
    per_commitment=6,
    per_hour_served=1,
    hours_counted=16,
)
LIMITS = Limits(households_each=5)
KINDS = 3
HOUSEHOLD = NeedKind.HOUSEHOLD


def problem_of(members, needs, *, weights=WEIGHTS, limits=LIMITS, pinned=(), forbidden=()):
    tables = Members.of(members, kinds=KINDS), Needs.of(needs)
    return Problem.of(*tables, weights=weights, limits=limits, pinned=pinned, forbidden=forbidden)


def told(plan):
    """The pairs of a plan as ids."""
    return [(each.need, each.member) for each in plan]


positions = st.builds(Position, community=st.integers(1, 2), compound=st.integers(0, 2), building=st.integers(0, 2))
kinds = st.frozensets(st.integers(0, KINDS - 1))
weeks = st.sampled_from([0, 1, 2, 3, 1 << 15])
members = st.builds(
    Member,
    id=st.integers(0, 9),
    capacity=st.integers(-1, 3),
    households=st.integers(0, 3),
    skills=kinds,
    certified=kinds,
    free=weeks,
    position=positions,
    load=st.integers(0, 2),
    missing_minutes=st.sampled_from([-30, 0, 90, 960]),
    work_unit=st.integers(0, 2),
)
needs = st.builds(
    Need,
    id=st.integers(0, 9),
    kind=st.sampled_from(NeedKind),
    places=st.integers(0, 2),
    skill=st.integers(NO_SKILL, KINDS - 1),
    wanted=weeks,
    position=positions,
    consent=st.sampled_from([True, True, True, False]),
    tier=st.integers(0, 2),
    work_unit=st.integers(0, 2),
).flatmap(
    lambda need: st.booleans().map(
        lambda required: need if need.skill == NO_SKILL else Need(**{**need.__dict__, "certificate": required})
    )
)
pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2)


@st.composite
def asked(draw, pins=True):
    """(members, needs, choices) of a small problem: at most 4 members and 3 needs."""
    people = draw(st.lists(members, min_size=1, max_size=4, unique_by=lambda each: each.id))
    wanted = draw(st.lists(needs, min_size=1, max_size=3, unique_by=lambda each: each.id))
    everybody = st.tuples(*(st.sampled_from([each.id for each in rows]) for rows in (wanted, people)))
    limits = Limits(
        households_each=draw(st.integers(0, 4)),
        barred_units=draw(st.frozensets(st.tuples(st.integers(1, 2), st.integers(1, 2)), max_size=2)),
        candidates=draw(st.sampled_from([2, 20])),
        fewest=draw(st.integers(1, 2)),
    )
    pinned = draw(st.lists(everybody, max_size=2)) if pins else []
    return people, wanted, {"limits": limits, "pinned": pinned, "forbidden": draw(st.lists(everybody, max_size=2))}


def every_plan(problem, *, fixed=frozenset(), among=None):
    """Every set of pairs that keeps the hard rules: `fixed` pairs in all of them, the rest taken from `among`."""
    rows = np.arange(len(problem.needs))[:, None], np.arange(len(problem.members))[None, :]
    allowed = eligible(problem, *rows)
    choices = []
    for need, places in enumerate(problem.needs.places.tolist()):
        may = [m for m in range(len(problem.members)) if allowed[need, m] and (among is None or (need, m) in among)]
        choices.append([set(c) for size in range(places + 1) for c in combinations(may, size)])
    for plan in product(*choices):
        chosen = {(need, member) for need, several in enumerate(plan) for member in several}
        if fixed <= chosen and fits(problem, chosen):
            yield frozenset(chosen)


def fits(problem, chosen):
    """Whether nobody has more than he may."""
    anything, households = problem.room
    for member in range(len(problem.members)):
        own = [need for need, each in chosen if each == member]
        held = [need for need in own if problem.needs.kind[need] == HOUSEHOLD]
        if len(own) > anything[member] or len(held) > households[member]:
            return False
    return True


def worth(problem, chosen):
    """How good a plan is, the best first: places filled, by tier from the most urgent on, then points."""
    tiers = [int(problem.needs.tier[need]) for need, _member in chosen]
    filled = tuple(-tiers.count(tier) for tier in range(3))
    return -len(chosen), filled, cost_of(problem, chosen)


def cost_of(problem, chosen):
    need, member = (np.array([pair[side] for pair in chosen], dtype=int) for side in (0, 1))
    return int(np.broadcast_to(points(problem, need, member), need.shape).sum())
