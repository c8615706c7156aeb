"""Real threads on the real database: one hour has one holder, and nobody keeps what is lent no more."""

from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.models import Outbox
from guangcai.orgs.commands import end_work_unit
from guangcai.places import commands
from guangcai.places.commands import bookings
from guangcai.places.enums import PointKind
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


def test_what_keeps_an_hour_from_two(
    cast: Cast, resource: SharedResource, desk: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race above bites: without the lock only the constraint refuses, without both the hour is given away often."""
    monkeypatch.setattr(bookings, "lock_resource", lambda pk: SharedResource.objects.get(pk=pk))
    checked = bookings._check_wanted

    def race() -> list[Any]:
        gate = Barrier(CLIENTS)

        def check_together(*words: Any, **named: Any) -> None:
            checked(*words, **named)
            gate.wait(timeout=20)

        def press() -> Any:
            try:
                return commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(), by=desk, now=now)
            except IntegrityError as refused:
                return "booking_one_at_a_time" in str(refused)

        monkeypatch.setattr(bookings, "_check_wanted", check_together)
        return at_once([press] * CLIENTS)

    assert race().count(True) == CLIENTS - 1
    assert Booking.objects.count() == 1
    Booking.objects.all().delete()
    constraint = next(one for one in Booking._meta.constraints if one.name == "booking_one_at_a_time")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Booking, constraint)
    try:
        race()
        assert Booking.objects.count() == CLIENTS
    finally:
        Booking.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Booking, constraint)


def test_answered_in_the_moment_it_lapses(asked: Booking, liaison: Actor) -> None:
    before, begun = asked.starts_at - timedelta(seconds=1), asked.starts_at
    at_once(
        [
            lambda: commands.confirm(booking=asked, by=liaison, now=before),
            *[lambda: commands.lapse_bookings(by=Actor.system(), now=begun)] * 3,
        ]
    )
    asked.refresh_from_db()
    assert (asked.confirmed_at is None) == (asked.end == "lapsed")
    assert Outbox.objects.filter(template="booking_lapsed").count() == (asked.end == "lapsed")
    assert broken() == []


def test_a_unit_ends_while_it_is_given_points(cast: Cast, point: ServicePoint, desk: Actor, now: datetime) -> None:
    """Whoever comes first: in the end no point in use has a host that ended."""
    home = content(PointKind.HOME, "电脑之家", host=cast.school)
    answers = at_once(
        [
            lambda: commands.add_point(node=cast.nanyuan, content=home, by=desk, now=now),
            lambda: commands.change_point(point=point, content=content(host=cast.school), by=desk, now=now),
            lambda: end_work_unit(work_unit=cast.school, by=Actor.system(), now=now),
        ]
    )
    assert {one for one in answers if isinstance(one, str)} <= {"unit_ended"}
    assert broken() == []


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
