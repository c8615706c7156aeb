"""Why a place stays empty: the hard rules asked one after the other until nobody is left."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcai.matching.candidates import COMMUNITY
from guangcai.matching.enums import Binding, NeedKind, Reach
from guangcai.matching.problem import Problem
from guangcai.matching.scoring import HARD_RULES
from guangcai.matching.tables import Ints


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
    served = problem.needs.places - rest.needs.places
    found = []
    for need in np.flatnonzero(rest.needs.places > 0):
        alike = signature(problem, int(need), reach)
        own = bool(served[need] or problem.has_forbidden[need])
        why = reason(problem, rest, int(need), reach) if own or alike not in known else known[alike]
        if not own:
            known[alike] = why
        found.append(LeftOut(problem.needs.ids[need], int(rest.needs.places[need]), *why))
    return tuple(found)


def signature(problem: Problem, need: int, reach: Reach) -> tuple[int, ...]:
    """Needs of one signature ask the same of everybody."""
    needs = problem.needs
    community = needs.position[need, COMMUNITY] if reach is Reach.COMMUNITY else 0
    kind = needs.skill[need] if needs.certificate[need] else -1
    is_household = needs.kind[need] == NeedKind.HOUSEHOLD
    unit = int(needs.work_unit[need])
    return (
        int(community),
        int(kind),
        int(is_household),
        unit if unit in problem.barring else 0,
        int(needs.consent[need]),
    )


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
