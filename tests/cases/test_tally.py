"""What the database keeps of a case for the rates is what the conditions of the board's filter say of it."""

from datetime import datetime, timedelta

import pytest
from django.db.models import Q
from django.utils.timezone import localdate

from guangcai.cases import commands
from guangcai.cases.enums import CloseCode
from guangcai.cases.models import Case, Category, Item
from guangcai.cases.models.computed import MEANT, Counted
from guangcai.cases.queries.counts import conditions, count_cases, rates
from guangcai.core.actor import Actor
from tests.cases.conftest import Raise
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def lives(
    cast: Cast, desk: Actor, raised: Raise, asked: commands.Worker, now: datetime, category: Category
) -> datetime:
    """Ten cases that have come differently far; the moment at which they are counted."""
    other = Item.objects.create(category=category, code="drain", name="下水", since=SINCE, position=2)
    anonymous = commands.AskerDraft(is_anonymous=True)
    made = [raised(f"第{n}件", **({"item": other} if n % 2 else {})) for n in range(9)]
    made.append(raised("没留名", asker=anonymous))
    for case in made[1:]:
        commands.dispatch(case=case, worker=asked, by=desk, now=now)
    for case in made[2:]:
        commands.accept(case=case, by=desk, now=now + timedelta(hours=1))
    commands.give_back(case=made[2], reason="no_skill", by=desk, now=now + timedelta(hours=2))
    commands.close_case(
        case=made[3], code=CloseCode.DUPLICATE, duplicate_of=made[1], note="", by=desk, now=now + timedelta(hours=2)
    )
    commands.note_contact(case=made[4], by=desk, now=now + timedelta(hours=2))
    for case, days in ((made[5], 1), (made[6], 30), (made[7], 1), (made[9], 1)):
        commands.finish(case=case, note="好了", by=desk, now=now + days * DAY)
    said = {"is_satisfied": True, "note": "电话里说的", "by": desk, "now": now + 31 * DAY}
    commands.call_back(case=made[6], outcome="solved", **said)
    commands.call_back(case=made[7], outcome="refused", **{**said, "is_satisfied": False})
    return now + 40 * DAY


def test_every_bit_says_what_its_condition_says(lives: datetime) -> None:
    for bit, meant in MEANT.items():
        told = {row.pk for row in Case.objects.all() if bit in Counted(row.tally)}
        assert told == set(Case.objects.filter(meant).values_list("pk", flat=True)), bit
        assert 0 < len(told) < Case.objects.count(), bit


@pytest.mark.parametrize("days", [0, 2, 40])
def test_the_figures_are_the_rows_behind_them(
    cast: Cast, desk: Actor, lives: datetime, now: datetime, days: int
) -> None:
    at, day = now + days * DAY, localdate(now)
    counted = rates(actor=desk, path=cast.nanyuan.path, since=day, until=day, now=at)
    dispatched = Case.objects.filter(~Q(dispatched_at=None))
    for name, meant in conditions(at).items():
        assert getattr(counted, name) == dispatched.filter(meant).count(), name


def test_by_item_they_add_up(cast: Cast, desk: Actor, lives: datetime, now: datetime) -> None:
    day = localdate(now)
    rows = count_cases(paths=[cast.nanyuan.path], by=("category", "item"), since=day, until=day)
    assert [(row["category"], row["item"]) for row in rows] == [("水电维修", "下水"), ("水电维修", "楼道灯")]
    whole = rates(actor=desk, path=cast.nanyuan.path, since=day, until=day)
    for name in ("dispatched", "answered", "solved", "satisfied", "left_out", "overdue"):
        assert sum(row[name] for row in rows) == getattr(whole, name), name


def test_nothing_dispatched_is_nothing_counted(cast: Cast, desk: Actor, raised: Raise, now: datetime) -> None:
    raised()
    day = localdate(now)
    found = rates(actor=desk, path=cast.nanyuan.path, since=day, until=day)
    assert (found.dispatched, found.left_out, found.overdue, found.response) == (0, 0, 0, None)
    assert count_cases(paths=[cast.nanyuan.path], by=("item",), since=day, until=day) == []
