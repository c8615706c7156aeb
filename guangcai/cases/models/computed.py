"""Two columns of a case that nobody writes: PostgreSQL computes them from the row's own facts whenever it changes.

tally: what the case counts for in the three rates, eight answers in one small number, so that the rates of a year are
counted from a narrow index, a few bytes a case, instead of from the cases. due: what a board stands by, so that it
begins with the most urgent without sorting (docs/benchmarks.md, B6).
"""

from enum import IntFlag
from functools import reduce
from operator import add
from typing import Any, Final

from django.db import models
from django.db.models import F, Q, Value, When
from django.db.models.functions import Coalesce, Least

from guangcai.cases.enums import OUTSIDE_RATES


class Counted(IntFlag):
    """The answers. Stored in rows: never change a value."""

    IN_RATES = 1
    ANSWERED = 2
    ASKED = 4
    SOLVED = 8
    RATED = 16
    SATISFIED = 32
    RETURNED = 64
    LATE = 128


# In the rates: somebody stands behind it, and it is nobody's double nor ruled out by the street.
MEANT: Final[dict[Counted, Q]] = {
    Counted.IN_RATES: Q(is_anonymous=False) & ~Q(close_code__in=OUTSIDE_RATES),
    Counted.ANSWERED: Q(responded_at__isnull=False, responded_at__lte=F("due_response")),
    Counted.ASKED: Q(is_solved__isnull=False),
    Counted.SOLVED: Q(is_solved=True),
    Counted.RATED: Q(is_satisfied__isnull=False),
    Counted.SATISFIED: Q(is_satisfied=True),
    Counted.RETURNED: Q(returns__gt=0),
    Counted.LATE: Q(done_at__gt=F("due_solution")),
}


def due() -> Any:
    """The next moment a case is measured by; of one that nobody was asked to see to, when it came in."""
    answer = When(responded_at=None, dispatched_at__isnull=False, then=Least(F("due_response"), F("due_solution")))
    return models.Case(answer, default=Coalesce(F("due_solution"), F("raised_at")))


def tally() -> Any:
    """The answers of a row, added up: the expression of the column."""
    return reduce(add, (_worth(bit, meant) for bit, meant in MEANT.items()))


def _worth(bit: Counted, meant: Q) -> models.Case:
    small = models.SmallIntegerField()
    return models.Case(When(meant, then=Value(bit.value)), default=Value(0), output_field=small)
