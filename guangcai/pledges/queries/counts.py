"""Pledges as figures: made, and what the communities found. Counts only, so non-public ones are in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from guangcai.core.scoping import under
from guangcai.pledges.enums import Finding
from guangcai.pledges.models import Pledge

COLUMNS = {"pledge": "template__name", "community": "community__name"}
ORDER = {"pledge": "template__position", "community": "community__code"}


@dataclass(frozen=True)
class PledgeCount:
    """How many pledges, and how many of them were found fulfilled, partly fulfilled, not yet fulfilled."""

    values: dict[str, Any]
    made: int
    fulfilled: int
    partly: int
    not_yet: int


def count_pledges(*, paths: Iterable[str], by: Sequence[str], year: int) -> list[PledgeCount]:
    """Pledges of a year under `paths` by "pledge" and "community", in the order of the lists. One query."""
    names = {name: COLUMNS[name] for name in by}
    rows = Pledge.objects.standing().filter(under("path", paths), year=year)
    counted = (
        rows.order_by(*(ORDER[name] for name in by))
        .values(*names.values(), *(ORDER[name] for name in by))
        .annotate(made=Count("pk"), **{one.value: _found(one) for one in Finding})
    )
    return [
        PledgeCount(
            {name: row[column] for name, column in names.items()},
            row["made"],
            row["fulfilled"],
            row["partly"],
            row["not_yet"],
        )
        for row in counted
    ]


def _found(finding: Finding) -> Count:
    return Count("pk", filter=Q(review__finding=finding))
