"""The figures of wishes (S10): collected, claimed and fulfilled within a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from guangcai.core.days import span
from guangcai.core.scoping import under
from guangcai.wishes.enums import WishChannel, WishState
from guangcai.wishes.models import Wish, WishStep

MOVES = {"collected": WishState.COLLECTED, "claimed": WishState.CLAIMED, "fulfilled": WishState.CONFIRMED}
COLUMNS = {"kind": "kind__name", "channel": "channel", "community": "community__name"}


@dataclass(frozen=True)
class WishCount:
    """Wishes collected, taken on, and come true by the wisher's word: each by the day on which that happened first."""

    values: dict[str, str]
    collected: int
    claimed: int
    fulfilled: int


def count_wishes(*, paths: Sequence[str], by: Sequence[str], since: date, until: date) -> list[WishCount]:
    """Figures by the dimensions `by` (kind, channel, community). One query: the steps tell when. Source: S10."""
    columns = [COLUMNS[name] for name in by]
    moves = {name: Q(pk__in=moved_within(state, since, until)) for name, state in MOVES.items()}
    rows = Wish.objects.filter(under("path", paths), moves["collected"] | moves["claimed"] | moves["fulfilled"])
    counted = rows.order_by(*columns).values_list(*columns)
    found = counted.annotate(**{f"{name}_count": Count("pk", filter=each) for name, each in moves.items()})
    return [WishCount(_values(by, row[: len(by)]), *row[len(by) :]) for row in found]


def moved_within(state: str, since: date, until: date) -> "QuerySet[WishStep, UUID]":
    """Keys of the wishes that came into `state` for the first time within two local days."""
    first = WishStep.objects.filter(new=state).order_by().values("wish_id").annotate(first=Min("at"))
    begin, end = span(since, until)
    return first.filter(first__gte=begin, first__lt=end).values_list("wish_id", flat=True)


def _values(by: Sequence[str], words: Sequence[str | None]) -> dict[str, str]:
    """Words of one row; a wish that is not verified has no kind yet."""
    found = {name: word or "" for name, word in zip(by, words, strict=True)}
    if "channel" in found:
        found["channel"] = str(WishChannel(found["channel"]).label)
    return found
