"""Real threads on the real database: one hour has one holder, and nobody keeps what is lent no more."""

from datetime import datetime
from typing import Any

import pytest

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.places import commands
from guangcai.places.models import Booking, ServicePoint, SharedResource
from tests.activities.test_races import at_once
from tests.cast import Cast
from tests.places.conftest import broken, content, wanted

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def test_an_hour_booked_at_once_has_one_holder(
    cast: Cast, resource: SharedResource, desk: Actor, next_door: Actor, now: datetime
) -> None:
    sides = [(cast.nanyuan, desk), (cast.gongyuan, next_door)] * (CLIENTS // 2)
    calls: list[Any] = [
        lambda c=c, by=by: commands.ask(resource=resource, community=c, wanted=wanted(), by=by, now=now)
        for c, by in sides
    ]
    answers = at_once(calls)
    assert sorted(one for one in answers if isinstance(one, str)) == ["taken"] * (CLIENTS - 1)
    assert Booking.objects.count() == 1


def test_one_form_sent_many_times(cast: Cast, resource: SharedResource, desk: Actor, now: datetime) -> None:
    key = new_id()
    calls: list[Any] = [
        lambda: commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(), by=desk, now=now, id=key)
    ]
    assert {row.pk for row in at_once(calls * CLIENTS)} == {key}


def test_asking_against_taking_off(
    cast: Cast, resource: SharedResource, desk: Actor, liaison: Actor, now: datetime
) -> None:
    hours = [("09:00", "09:30"), ("09:30", "10:00"), ("10:00", "10:30"), ("10:30", "11:00")]
    calls: list[Any] = [
        lambda b=begins, e=ends: commands.ask(
            resource=resource, community=cast.nanyuan, wanted=wanted(begins=b, ends=e), by=desk, now=now
        )
        for begins, ends in hours
    ]
    at_once([*calls, lambda: commands.end_resource(resource=resource, reason="装修", by=liaison, now=now)])
    assert not Booking.objects.standing().exists()
    assert broken() == []


def test_answered_both_ways_at_once(asked: Booking, liaison: Actor, desk: Actor, now: datetime) -> None:
    calls: list[Any] = [
        lambda: commands.confirm(booking=asked, by=liaison, now=now),
        lambda: commands.refuse(booking=asked, reason="考试", by=liaison, now=now),
        lambda: commands.cancel(booking=asked, reason="改期", by=desk, now=now),
    ]
    at_once(calls)
    asked.refresh_from_db()
    assert asked.ended_at is not None
    assert asked.confirmed_at is None or asked.end == "cancelled"


def test_two_desks_add_one_name(cast: Cast, desk: Actor, now: datetime) -> None:
    calls: list[Any] = [lambda: commands.add_point(node=cast.nanyuan, content=content(), by=desk, now=now)]
    answers = at_once(calls * 4)
    assert sorted(one for one in answers if isinstance(one, str)) == ["name_taken"] * 3
    assert ServicePoint.objects.count() == 1
