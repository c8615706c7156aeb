"""Hard rules and points of pairs. Every function takes row numbers of needs and members that broadcast against each
other: two columns for a list of pairs, (h, 1) and (1, m) for a block."""

from collections.abc import Callable

import numpy as np

from guangcai.matching.enums import Binding, Nearness, NeedKind
from guangcai.matching.problem import Problem
from guangcai.matching.tables import NO_SKILL, NOT_KNOWN, Flags, Ints

MINUTES_PER_HOUR = 60
# From "same community, compound, building, stairwell" as bits to the nearest of them.
NEAREST = np.array(
    [4] + [next(level for level in range(4) if bits >> level & 1) for bits in range(1, 16)], dtype=np.int8
)


def where_asked(
    asked: Flags, need: Ints, member: Ints, *, otherwise: int, answer: Callable[[Ints, Ints], Ints]
) -> Ints:
    """The answer where a need asks, else `otherwise`. In a block only the rows that ask are computed."""
    if np.ndim(need) < 2:
        return np.where(asked, answer(need, member), otherwise)
    answered = np.full(np.broadcast_shapes(need.shape, member.shape), otherwise)
    if (rows := np.flatnonzero(asked[:, 0])).size:
        answered[rows] = answer(need[rows], member)
    return answered


def consented(problem: Problem, need: Ints, member: Ints) -> Flags:
    return problem.needs.consent[need] & np.ones(np.shape(member), dtype=bool)


def certified(problem: Problem, need: Ints, member: Ints) -> Flags:
    def holds(need: Ints, member: Ints) -> Flags:
        held: Flags = problem.members.certified[member, problem.needs.skill[need]]
        return held

    required = problem.needs.certificate[need]
    if not required.any():
        return np.ones(np.broadcast_shapes(np.shape(need), np.shape(member)), dtype=bool)
    return where_asked(required, need, member, otherwise=True, answer=holds)


def not_excluded(problem: Problem, need: Ints, member: Ints) -> Flags:
    allowed = np.ones(np.broadcast_shapes(np.shape(need), np.shape(member)), dtype=bool)
    flagged = problem.has_forbidden[need]
    if flagged.any():
        need, member, flagged = np.broadcast_arrays(need, member, flagged)
        codes = need[flagged].astype(np.int64) * len(problem.members) + member[flagged]
        allowed[flagged] = ~np.isin(codes, problem.forbidden)
    return allowed


def not_superior(problem: Problem, need: Ints, member: Ints) -> Flags:
    if problem.barred is None:
        return np.ones(np.broadcast_shapes(np.shape(need), np.shape(member)), dtype=bool)
    need_no, member_no, barred = problem.barred
    return where_asked(
        np.asarray(problem.bars[need]),
        need,
        member,
        otherwise=True,
        answer=lambda need, member: ~barred[need_no[need], member_no[member]],
    )


def has_room(problem: Problem, need: Ints, member: Ints) -> Flags:
    anything, households = problem.room
    is_household = problem.needs.kind[need] == NeedKind.HOUSEHOLD
    return np.where(is_household, households[member], anything[member]) > 0


# In the order in which a reason is named: what no other member could mend comes first.
HARD_RULES: dict[Binding, Callable[[Problem, Ints, Ints], Flags]] = {
    Binding.NO_CONSENT: consented,
    Binding.NO_CERTIFICATE: certified,
    Binding.EXCLUDED: not_excluded,
    Binding.SUPERIOR: not_superior,
    Binding.FULL: has_room,
}


def eligible(problem: Problem, need: Ints, member: Ints) -> Flags:
    """Whether the pair keeps every hard rule."""
    allowed = has_room(problem, need, member)
    for rule in (consented, certified, not_excluded, not_superior):
        allowed = allowed & rule(problem, need, member)
    return allowed


def nearness(problem: Problem, need: Ints, member: Ints) -> Ints:
    """Nearness of each pair as its number."""
    here, there = problem.needs.position, problem.members.position
    bits: Ints = np.zeros(np.broadcast_shapes(np.shape(need), np.shape(member)), dtype=np.int8)
    for level in range(4):
        place = here[need, level]
        bits |= ((place == there[member, level]) & (place > 0)).astype(np.int8) << level
    nearest: Ints = NEAREST[bits]
    return nearest


def metres_apart(problem: Problem, need: Ints, member: Ints) -> Ints:
    """Whole metres as the crow flies; NOT_KNOWN where a side has no coordinates."""
    here, there = problem.needs.metres[need], problem.members.metres[member]
    known = (here != NOT_KNOWN).all(axis=-1) & (there != NOT_KNOWN).all(axis=-1)
    east, north = (here[..., axis].astype(np.float64) - there[..., axis] for axis in (0, 1))
    # Rounded down; a root is correctly rounded everywhere, so two machines agree.
    return np.where(known, np.sqrt(east * east + north * north), NOT_KNOWN).astype(np.int64)


def points(problem: Problem, need: Ints, member: Ints) -> Ints:
    """Points against each pair (Weights), int64."""
    weights, members = problem.weights, problem.members
    counted = weights.hours_counted
    missing = np.minimum(-(-np.maximum(members.missing_minutes[member], 0) // MINUTES_PER_HOUR), counted)
    of_member = members.load[member].astype(np.int64) * weights.per_commitment
    of_member = of_member + (counted - missing) * weights.per_hour_served
    total: Ints = distance_points(problem, need, member) + of_member
    total += time_points(problem, need, member)
    total += skill_points(problem, need, member)
    return total


def distance_points(problem: Problem, need: Ints, member: Ints) -> Ints:
    weights = problem.weights
    level = nearness(problem, need, member)
    by_place: Ints = np.array(weights.places, dtype=np.int64)[level]
    if not weights.per_100_metres:
        return by_place
    metres = metres_apart(problem, need, member)
    by_metres = np.minimum(weights.building + metres * weights.per_100_metres // 100, weights.elsewhere)
    return np.where((metres != NOT_KNOWN) & (level > Nearness.BUILDING), by_metres, by_place)


def time_points(problem: Problem, need: Ints, member: Ints) -> Ints:
    wanted, free = problem.needs.wanted[need], problem.members.free[member]
    if not wanted.any():
        return np.zeros((), dtype=np.int64)
    missed = np.where(free == 0, problem.weights.time_unknown, problem.weights.without_time)
    return np.where((wanted & free != 0) | (wanted == 0), 0, missed)


def skill_points(problem: Problem, need: Ints, member: Ints) -> Ints:
    skill = problem.needs.skill[need]
    if not problem.members.skills.shape[1] or (skill == NO_SKILL).all():
        return np.zeros((), dtype=np.int64)

    def price(need: Ints, member: Ints) -> Ints:
        # 0 neither, 1 the skill, 2 the certificate too; NO_SKILL reads the last column, and the answer is put aside.
        kind, members = problem.needs.skill[need], problem.members
        held = np.maximum(members.skills[member, kind], members.certified[member, kind] * np.int8(2))
        prices: Ints = priced[held]
        return prices

    priced = np.array([problem.weights.without_skill, problem.weights.without_certificate, 0], dtype=np.int64)
    return where_asked(np.asarray(skill != NO_SKILL), need, member, otherwise=0, answer=price)
