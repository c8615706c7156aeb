"""The pure rules of lending: free times against a minute-by-minute model; and the machine of bookings."""

from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate, localtime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.places import commands, rules
from guangcai.places.commands import Wanted
from guangcai.places.models import Booking, SharedResource
from guangcai.places.rules import Slot
from guangcai.places.wording import slot_lines
from tests.cast import Cast
from tests.places.conftest import MONDAY, SLOTS, at, broken

minute = st.integers(0, 1440)
part = st.tuples(minute, minute).filter(lambda two: two[0] < two[1])


@given(part, st.lists(part, max_size=6))
def test_what_is_left(free: tuple[int, int], taken: list[tuple[int, int]]) -> None:
    left = rules.left_of(free, taken)
    covered = {one for begins, ends in left for one in range(begins, ends)}
    assert covered == set(range(*free)) - {one for begins, ends in taken for one in range(begins, ends)}
    assert all(first[1] < second[0] for first, second in pairwise(left))


@given(st.lists(st.tuples(st.integers(1, 7), part), max_size=8))
def test_slots_are_kept_only_when_none_lies_over_another(drawn: list[tuple[int, tuple[int, int]]]) -> None:
    slots = [Slot(weekday, *span) for weekday, span in drawn]
    minutes = [(slot.weekday, one) for slot in slots for one in range(slot.begins, slot.ends)]
    if not slots or len(minutes) != len(set(minutes)):
        with pytest.raises(RuleBroken):
            rules.check_slots(slots)
        return
    assert sorted(rules.check_slots(slots), key=repr) == sorted(slots, key=repr)
    for weekday in range(1, 8):
        parts = rules.parts_of(weekday, slots)
        assert {one for span in parts for one in range(*span)} == {one for day, one in minutes if day == weekday}
        assert all(first[1] < second[0] for first, second in pairwise(parts))


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 2000))
def test_a_time_is_taken_only_within_a_free_one(ahead: int, begins: int, length: int) -> None:
    starts_at = at(MONDAY + timedelta(days=ahead), "00:00") + timedelta(minutes=begins)
    ends_at = starts_at + timedelta(minutes=length)
    inside = any(slot.weekday == ahead + 1 and slot.begins <= begins and begins + length <= slot.ends for slot in SLOTS)
    now = at(MONDAY, "00:00") - timedelta(days=1)
    asked = partial(rules.check_time, starts_at=starts_at, ends_at=ends_at, slots=SLOTS, now=now)
    if inside:
        asked()
        return
    with pytest.raises(RuleBroken) as refused:
        asked()
    assert refused.value.code == "not_free"


def test_a_booking_may_end_at_midnight() -> None:
    evening = [Slot(1, 1200, 1440)]
    now = at(MONDAY, "08:00")
    late, midnight = at(MONDAY, "22:00"), at(MONDAY, "00:00") + timedelta(days=1)
    rules.check_time(starts_at=late, ends_at=midnight, slots=evening, now=now)
    with pytest.raises(RuleBroken):
        rules.check_time(starts_at=late, ends_at=midnight + timedelta(minutes=1), slots=evening, now=now)


def test_touching_times_are_one() -> None:
    assert rules.parts_of(1, [Slot(1, 540, 600), Slot(1, 600, 660), Slot(1, 700, 720)]) == [(540, 660), (700, 720)]


def test_free_times_in_words() -> None:
    assert len(slot_lines(SLOTS)) == 2
    assert slot_lines(SLOTS)[0].endswith("09:00–11:30")


@pytest.mark.django_db
def test_any_order_of_asking_and_answering(
    cast: Cast, resource: SharedResource, desk: Actor, next_door: Actor, liaison: Actor, now: datetime
) -> None:
    """Whatever people send: standing bookings never overlap, lie within the free times, and none outlives its hall."""
    act = st.sampled_from(["ask", "ask", "ask", "confirm", "refuse", "cancel", "end", "later"])
    steps = st.lists(st.tuples(act, st.integers(0, 6), st.integers(32, 70), st.integers(1, 12)), max_size=14)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def run(drawn: list[tuple[str, int, int, int]]) -> None:
        clock = now
        with transaction.atomic():
            for what, ahead, quarter, length in drawn:
                clock += timedelta(hours=20) if what == "later" else timedelta(0)
                _quietly(lambda w=what, a=ahead, q=quarter, n=length, c=clock: _step(w, a, q, n, c))
                _check()
            transaction.set_rollback(True)

    def _step(what: str, ahead: int, quarter: int, length: int, clock: datetime) -> None:
        waiting = list(Booking.objects.standing().order_by("starts_at"))
        if what == "ask":
            community, by = ((cast.nanyuan, desk), (cast.gongyuan, next_door))[length % 2]
            starts_at = at(localdate(clock), "00:00") + timedelta(days=ahead, minutes=15 * quarter)
            asked = Wanted(starts_at, starts_at + timedelta(minutes=15 * length), "议事", "社工")
            commands.ask(resource=resource, community=community, wanted=asked, by=by, now=clock)
        elif what == "end" and ahead == 0:
            commands.end_resource(resource=resource, reason="装修", by=liaison, now=clock)
        elif waiting and what in ("confirm", "refuse", "cancel"):
            more: dict[str, Any] = {} if what == "confirm" else {"reason": "有事"}
            getattr(commands, what)(booking=waiting[ahead % len(waiting)], by=liaison, now=clock, **more)

    run()


def _quietly(call: Any) -> None:
    try:
        with transaction.atomic():
            call()
    except RuleBroken:
        pass


def _check() -> None:
    """Standing bookings one after the other, each within the free times of its day."""
    rows = list(Booking.objects.standing().order_by("starts_at"))
    assert all(one.ends_at <= two.starts_at for one, two in pairwise(rows))
    for row in rows:
        span = rules.minutes_on(localdate(row.starts_at), row.starts_at, row.ends_at)
        parts = rules.parts_of(localtime(row.starts_at).isoweekday(), SLOTS)
        assert any(first <= span[0] and span[1] <= last for first, last in parts)
    assert broken() == []
