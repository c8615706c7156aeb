"""What nobody answers holds its hour until it begins and no longer; who asked is told, the owner sees who waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.places import commands, tasks
from guangcai.places.enums import BookingState
from guangcai.places.models import Booking, SharedResource
from guangcai.places.queries import bookings, resources
from tests.cast import Cast
from tests.places.conftest import MONDAY, at, broken, wanted

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def told() -> int:
    return Outbox.objects.filter(template="booking_lapsed").count()


def test_an_unanswered_booking_ends_when_its_time_begins(asked: Booking, cast: Cast) -> None:
    begins = asked.starts_at
    assert commands.lapse_bookings(by=Actor.system(), now=begins - MINUTE) == 0
    assert [commands.lapse_bookings(by=Actor.system(), now=begins) for _again in range(2)] == [1, 0]
    asked.refresh_from_db()
    assert (asked.end, asked.end_reason, asked.ended_at, asked.ended_by) == ("lapsed", "", begins, None)
    assert asked.state(begins) == BookingState.LAPSED
    assert told() == 1
    assert AuditEvent.objects.filter(tag="places:booking:lapse").count() == 1
    assert broken() == []
    with pytest.raises(OutOfScope):
        commands.lapse_bookings(by=cast.actor("desk"), now=begins)


def test_what_was_answered_stays(asked: Booking, liaison: Actor, now: datetime) -> None:
    commands.confirm(booking=asked, by=liaison, now=now)
    assert commands.lapse_bookings(by=Actor.system(), now=asked.ends_at) == 0


def test_the_job_runs_it(asked: Booking) -> None:
    with time_machine.travel(asked.starts_at + MINUTE, tick=False):
        tasks.lapse_bookings()
    asked.refresh_from_db()
    assert asked.end == "lapsed"


def test_the_hour_is_free_at_once(cast: Cast, asked: Booking, resource: SharedResource, next_door: Actor) -> None:
    """Nobody waits for the job: whoever asks for the rest of the hour gets it, and the calendar says so."""
    late = asked.starts_at + 5 * MINUTE
    rest: dict[str, Any] = {
        "resource": resource, "community": cast.gongyuan, "wanted": wanted(begins="09:30", ends="10:00"),
    }  # fmt: skip
    with pytest.raises(RuleBroken) as raised:
        commands.ask(**rest, by=next_door, now=asked.starts_at - MINUTE)
    assert raised.value.code == "taken"
    for now, booked in {asked.starts_at - MINUTE: (asked,), late: ()}.items():
        row = SharedResource.objects.get(pk=resource.pk)
        assert next(one.booked for one in resources.calendar(row, now=now)) == booked
    assert bookings.in_state(Booking.objects.all(), "lapsed", now=late).get() == asked
    made = commands.ask(**rest, by=next_door, now=late)
    assert list(Booking.objects.standing()) == [made]
    assert told() == 1


def test_nothing_is_answered_too_late(asked: Booking, liaison: Actor) -> None:
    for answer in (
        lambda: commands.confirm(booking=asked, by=liaison, now=asked.starts_at),
        lambda: commands.refuse(booking=asked, reason="考试", by=liaison, now=asked.starts_at),
    ):
        with pytest.raises(RuleBroken) as raised:
            answer()
        assert raised.value.code == "lapsed"


def test_the_database_refuses_a_lapse_of_what_was_answered(asked: Booking, now: datetime) -> None:
    for values in (
        {"ended_at": now, "end": "lapsed", "confirmed_at": now},
        {"ended_at": now, "end": "lapsed", "end_reason": "x"},
        {"ended_at": now, "end": "refused", "end_reason": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Booking.objects.filter(pk=asked.pk).update(**values)


def test_the_exclusion_constraint_refuses_what_overlaps(asked: Booking) -> None:
    """Without any command: the row itself is refused, and taken once the first has lapsed."""
    twin = Booking.objects.get(pk=asked.pk)
    twin.pk, twin._state.adding = new_id(), True
    twin.starts_at, twin.ends_at = asked.ends_at - MINUTE, asked.ends_at + MINUTE
    with pytest.raises(IntegrityError, match="booking_one_at_a_time"), transaction.atomic():
        twin.save(force_insert=True)
    commands.lapse_bookings(by=Actor.system(), now=asked.starts_at)
    twin.save(force_insert=True)


def test_the_list_is_in_the_order_in_which_things_press(
    cast: Cast, asked: Booking, resource: SharedResource, signed_in: SignIn, desk: Actor, liaison: Actor, now: datetime
) -> None:
    """To answer, the next first; to come, the next first; over, the last first: whatever order they were asked in."""

    def ask(days: int) -> Booking:
        day = MONDAY + days * DAY
        return commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(day), by=desk, now=now)

    later, third, soon, second, late = ask(14), ask(10), ask(7), ask(2), ask(9)
    for one in (later, soon):
        commands.confirm(booking=one, by=liaison, now=now)
    past = [ask(days) for days in (3, 1, 4)]
    for number, one in enumerate(past, 1):
        span = {"starts_at": now - number * DAY, "ends_at": now - number * DAY + 60 * MINUTE}
        Booking.objects.filter(pk=one.pk).update(confirmed_at=now - 9 * DAY, asked_at=now - 9 * DAY, **span)
    with time_machine.travel(now, tick=False):
        shown = signed_in(cast.liaison).get(reverse("places:bookings")).context["rows"]
    assert [row.booking for row in shown] == [asked, second, late, third, soon, later, *past]


def test_the_owner_reads_first_who_waits_and_how_long(
    cast: Cast, asked: Booking, resource: SharedResource, signed_in: SignIn, desk: Actor, liaison: Actor, now: datetime
) -> None:
    early = commands.ask(
        resource=resource, community=cast.nanyuan, wanted=wanted(begins="10:00", ends="10:30"), by=desk, now=now
    )
    commands.confirm(booking=early, by=liaison, now=now)
    Booking.objects.filter(pk=asked.pk).update(
        asked_at=now - 3 * DAY, starts_at=at(MONDAY + DAY, "09:00"), ends_at=at(MONDAY + DAY, "10:00")
    )
    with time_machine.travel(now, tick=False):
        browser = signed_in(cast.liaison)
        page = browser.get(reverse("places:bookings")).content.decode()
        assert page.index(f"booking-{asked.pk}") < page.index(f"booking-{early.pk}")
        assert "已等3天" in page
        assert "无人答复" in browser.get(asked.get_absolute_url()).content.decode()
        assert "无人答复" not in browser.get(early.get_absolute_url()).content.decode()
    with time_machine.travel(at(MONDAY + DAY, "09:00"), tick=False):
        page = browser.get(asked.get_absolute_url()).content.decode()
        assert reverse("places:confirmation", args=[asked.pk]) not in page
        assert browser.post(reverse("places:confirmation", args=[asked.pk])).status_code == 422
