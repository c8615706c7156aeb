"""Why a place stays empty: the hard rules asked one after the other until nobody is left."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcai.matching.candidates import COMMUNITY
from guangcai.matching.enums import Binding, NeedKind, Reach
from guangcai.matching.problem import Problem
from guangcai.matching.scoring import HARD_RULES
from guangcai.matching.tables import NO_SKILL, Ints


@dataclass(frozen=True)
class LeftOut:
    """`places` of a need stay empty because of `binding`. `before`: how many members came as far as that rule."""

    need: Any
    places: int
    binding: Binding
    before: int


def name_left_out(problem: Problem, rest: Problem, reach: Reach) -> tuple[LeftOut, ...]:
    """Every need with empty places, in the order of ids. `rest` is what the plan left of `problem`."""
    known: dict[tuple[int, ...], tuple[Binding, int]] = {}
    empty = np.flatnonzero(rest.needs.places > 0)
    served = (problem.needs.places > rest.needs.places)[empty]
    own = (served | problem.has_forbidden[empty]).tolist()
    found = []
    for need, alike, is_own in zip(empty.tolist(), signatures(problem, empty, reach), own, strict=True):
        why = known.get(alike) if not is_own else None
        if why is None:
            why = reason(problem, rest, need, reach)
        if not is_own:
            known[alike] = why
        found.append(LeftOut(problem.needs.ids[need], int(rest.needs.places[need]), *why))
    return tuple(found)


def signatures(problem: Problem, need: Ints, reach: Reach) -> list[tuple[int, ...]]:
    """What each need asks of everybody: needs of one signature have one reason, unless pairs of their own count."""
    needs = problem.needs
    columns = (
        needs.position[need, COMMUNITY] if reach is Reach.COMMUNITY else np.zeros(len(need)),
        np.where(needs.certificate[need], needs.skill[need], NO_SKILL),
        needs.kind[need] == NeedKind.HOUSEHOLD,
        np.where(problem.bars[need], needs.work_unit[need], 0),
        needs.consent[need],
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))


def reason(problem: Problem, rest: Problem, need: int, reach: Reach) -> tuple[Binding, int]:
    """The rule after which nobody is left, and how many there were before it."""
    row = np.array([need])
    if not problem.needs.consent[need]:
        return Binding.NO_CONSENT, 0
    left: Ints = np.arange(len(problem.members))
    if reach is Reach.COMMUNITY:
        left = left[problem.members.position[:, COMMUNITY] == problem.needs.position[need, COMMUNITY]]
    if not left.size:
        return Binding.NOBODY, 0
    for binding, rule in HARD_RULES.items():
        before, left = left, left[rule(problem, row, left)]
        if not left.size:
            return binding, len(before)
    # Whoever may and serves this need already cannot serve it twice.
    before, left = left, left[HARD_RULES[Binding.EXCLUDED](rest, row, left)]
    return (Binding.TAKEN if left.size else Binding.TOO_FEW), len(before)
