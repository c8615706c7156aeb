"""Lending: asked, confirmed or refused, used and given back, thanked; nobody books over anybody."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.orgs.commands import end_work_unit
from guangcai.places import commands
from guangcai.places.commands import Use
from guangcai.places.enums import BookingState
from guangcai.places.models import Booking, FreeSlot, SharedResource
from guangcai.places.queries import bookings as queries
from guangcai.places.rules import Slot
from tests.cast import Cast
from tests.places.conftest import MONDAY, SLOTS, at, broken, hall, wanted

pytestmark = pytest.mark.django_db
LATER = timedelta(days=3, hours=3)


def tags() -> list[str]:
    rows = AuditEvent.objects.filter(tag__startswith="places:").order_by("at", "lane", "number")
    return sorted(rows.values_list("tag", flat=True))


def test_from_asking_to_thanks(cast: Cast, asked: Booking, liaison: Actor, desk: Actor, now: datetime) -> None:
    assert asked.state(now) == BookingState.ASKED
    row = commands.confirm(booking=asked, by=liaison, now=now)
    assert commands.confirm(booking=asked, by=liaison, now=now).confirmed_at == row.confirmed_at
    after = now + LATER
    assert row.state(after) == BookingState.TO_RETURN
    use = Use(people=40, minutes=60, condition="完好")
    row = commands.give_back(booking=row, use=use, by=desk, now=after)
    assert commands.give_back(booking=row, use=use, by=liaison, now=after).returned_by == desk.user_id
    row = commands.thank(booking=row, words="谢谢学校", by=desk, now=after)
    assert (row.state(after), row.people, row.used_minutes, row.thanks) == (BookingState.RETURNED, 40, 60, "谢谢学校")
    assert tags() == [
        "places:booking:ask",
        "places:booking:confirm",
        "places:booking:return",
        "places:booking:thank",
        "places:resource:add",
    ]
    assert broken() == []


def test_what_was_refused_is_free_again(
    cast: Cast, asked: Booking, resource: SharedResource, liaison: Actor, next_door: Actor, now: datetime
) -> None:
    with pytest.raises(RuleBroken) as taken:
        commands.ask(resource=resource, community=cast.gongyuan, wanted=wanted(), by=next_door, now=now)
    assert (taken.value.code, "09:00" in str(taken.value)) == ("taken", True)
    with pytest.raises(RuleBroken) as silent:
        commands.refuse(booking=asked, reason=" ", by=liaison, now=now)
    assert (silent.value.field, silent.value.code) == ("reason", "reason_missing")
    row = commands.refuse(booking=asked, reason="当天考试", by=liaison, now=now)
    assert (row.state(now), row.end_reason) == (BookingState.REFUSED, "当天考试")
    assert commands.refuse(booking=asked, reason="又一次", by=liaison, now=now).end_reason == "当天考试"
    with pytest.raises(RuleBroken):
        commands.confirm(booking=asked, by=liaison, now=now)
    other = commands.ask(resource=resource, community=cast.gongyuan, wanted=wanted(), by=next_door, now=now)
    assert other.community == cast.gongyuan


@pytest.mark.parametrize(
    ("day", "begins", "ends", "code"),
    [
        (MONDAY, "08:00", "09:30", "not_free"),
        (MONDAY, "11:00", "12:00", "not_free"),
        (MONDAY + timedelta(days=6), "09:00", "10:00", "not_free"),
        (MONDAY, "10:00", "09:00", "ends_first"),
        (MONDAY - timedelta(days=7), "09:00", "10:00", "past"),
        (MONDAY + timedelta(days=371), "09:00", "10:00", "too_far"),
    ],
)
def test_times_that_cannot_be(
    cast: Cast,
    resource: SharedResource,
    desk: Actor,
    now: datetime,
    day: datetime,
    begins: str,
    ends: str,
    code: str,
) -> None:
    with pytest.raises(RuleBroken) as refused:
        commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(day, begins, ends), by=desk, now=now)
    assert refused.value.code == code
    if code == "not_free":
        assert "09:00–11:30" in str(refused.value)
        assert "14:00–17:00" in str(refused.value)


def test_the_same_id_is_the_same_booking(cast: Cast, resource: SharedResource, desk: Actor, now: datetime) -> None:
    key = new_id()
    for _again in range(2):
        row = commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(), by=desk, now=now, id=key)
        assert row.pk == key
    other = wanted(purpose="别的事")
    with pytest.raises(Conflict):
        commands.ask(resource=resource, community=cast.nanyuan, wanted=other, by=desk, now=now, id=key)
    room = {"community": cast.nanyuan, "work_unit": None, "by": desk, "now": now, "id": key}
    commands.add_resource(**room, content=hall(name="另一间"))
    fewer = hall(name="另一间", slots=SLOTS[:1])
    with pytest.raises(Conflict):
        commands.add_resource(**room, content=fewer)


def test_own_things_need_no_answer(cast: Cast, desk: Actor, now: datetime) -> None:
    row = commands.add_resource(
        community=cast.nanyuan, work_unit=None, content=hall(name="社区活动室"), by=desk, now=now
    )
    booking = commands.ask(resource=row, community=cast.nanyuan, wanted=wanted(), by=desk, now=now)
    assert booking.state(now) == BookingState.CONFIRMED
    assert queries.due(desk, now=now) == queries.Due(0, 0)
    assert queries.due(desk, now=now + LATER) == queries.Due(0, 1)


def test_what_is_lent_no_more(
    cast: Cast, asked: Booking, resource: SharedResource, liaison: Actor, desk: Actor, now: datetime
) -> None:
    row = commands.end_resource(resource=resource, reason="礼堂装修", by=liaison, now=now)
    assert commands.end_resource(resource=resource, reason="别的", by=liaison, now=now).end_reason == "礼堂装修"
    asked.refresh_from_db()
    assert (asked.state(now), asked.end_reason) == (BookingState.REFUSED, "礼堂装修")
    with pytest.raises(RuleBroken) as refused:
        commands.ask(resource=row, community=cast.nanyuan, wanted=wanted(), by=desk, now=now)
    assert refused.value.code == "resource_ended"
    with pytest.raises(RuleBroken):
        commands.change_resource(resource=row, content=hall(), by=liaison, now=now)
    assert broken() == []


def test_a_unit_that_ends_lends_nothing(
    cast: Cast, asked: Booking, resource: SharedResource, desk: Actor, now: datetime
) -> None:
    end_work_unit(work_unit=cast.school, by=Actor.system(), now=now)
    resource.refresh_from_db()
    asked.refresh_from_db()
    assert (resource.ended_at, resource.until) == (now, now.date())
    assert asked.state(now) == BookingState.REFUSED
    assert broken() == []


def test_other_free_times(resource: SharedResource, liaison: Actor, asked: Booking, now: datetime) -> None:
    fewer = hall(slots=(Slot(7, 600, 660),), capacity=80)
    row = commands.change_resource(resource=resource, content=fewer, by=liaison, now=now)
    assert list(row.slots.values_list("weekday", "begins", "ends")) == [(7, 600, 660)]
    assert Booking.objects.standing().get() == asked
    event = AuditEvent.objects.filter(tag="places:resource:change").get()
    assert event.details == {"changed": ["capacity", "slots"]}
    commands.change_resource(resource=resource, content=fewer, by=liaison, now=now)
    assert AuditEvent.objects.filter(tag="places:resource:change").count() == 1


def test_who_may(
    cast: Cast, resource: SharedResource, asked: Booking, desk: Actor, liaison: Actor, next_door: Actor, now: datetime
) -> None:
    overseer, stranger = cast.actor("overseer"), cast.actor("liaison_next_door")
    add = {"community": cast.nanyuan, "work_unit": cast.school, "content": hall(name="操场"), "now": now}
    for by, refusal in ((overseer, Forbidden), (stranger, OutOfScope), (next_door, OutOfScope)):
        with pytest.raises(refusal):
            commands.add_resource(**add, by=by)
        with pytest.raises(refusal):
            commands.end_resource(resource=resource, reason="x", by=by, now=now)
        with pytest.raises(refusal):
            commands.confirm(booking=asked, by=by, now=now)
        with pytest.raises(refusal):
            commands.cancel(booking=asked, reason="x", by=by, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.confirm(booking=asked, by=desk, now=now)
    assert refused.value.code == "liaison_answers"
    with pytest.raises(Forbidden):
        commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(), by=overseer, now=now)
    with pytest.raises(OutOfScope):
        commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(), by=next_door, now=now)
    with pytest.raises(OutOfScope):
        commands.ask(resource=resource, community=cast.other_community, wanted=wanted(), by=Actor.system(), now=now)
    with pytest.raises(OutOfScope):
        commands.thank(booking=asked, words="x", by=liaison, now=now)


def test_a_unit_without_liaison_is_answered_for(cast: Cast, asked: Booking, desk: Actor, now: datetime) -> None:
    assert queries.due(desk, now=now).to_answer == 0
    cast.school.grants.update(ended_at=now)
    assert queries.due(desk, now=now).to_answer == 1
    assert commands.confirm(booking=asked, by=desk, now=now).confirmed_by == desk.user_id


def test_either_side_calls_it_off(
    asked: Booking, resource: SharedResource, desk: Actor, liaison: Actor, now: datetime
) -> None:
    commands.confirm(booking=asked, by=liaison, now=now)
    with pytest.raises(RuleBroken):
        commands.refuse(booking=asked, reason="晚了", by=liaison, now=now)
    row = commands.cancel(booking=asked, reason="停电", by=liaison, now=now)
    assert (row.state(now), row.end_reason) == (BookingState.CANCELLED, "停电")
    for late in (
        lambda: commands.give_back(booking=asked, use=Use(1, 1), by=desk, now=now + LATER),
        lambda: commands.thank(booking=asked, words="谢", by=desk, now=now + LATER),
    ):
        with pytest.raises(RuleBroken):
            late()


def test_what_the_database_refuses(cast: Cast, asked: Booking, resource: SharedResource, now: datetime) -> None:
    def spoiled(model: type, pk: object, **values: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk=pk).update(**values)  # type: ignore[attr-defined]

    copy = Booking.objects.get(pk=asked.pk)
    copy.pk, copy._state.adding = new_id(), True
    copy.starts_at += timedelta(minutes=30)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    slot = resource.slots.first()
    assert slot is not None
    twin = FreeSlot(resource=resource, district_code="210802", weekday=slot.weekday, begins=600, ends=700)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    spoiled(FreeSlot, slot.pk, ends=slot.begins)
    spoiled(FreeSlot, slot.pk, weekday=8)
    spoiled(Booking, asked.pk, ends_at=asked.starts_at)
    spoiled(Booking, asked.pk, purpose="")
    spoiled(Booking, asked.pk, returned_at=now, people=1, used_minutes=1)
    spoiled(Booking, asked.pk, thanks="谢", thanked_at=now)
    spoiled(Booking, asked.pk, ended_at=now, end="refused")
    spoiled(Booking, asked.pk, confirmed_at=now, ended_at=now, end="refused", end_reason="x")
    spoiled(SharedResource, resource.pk, capacity=0)
    spoiled(SharedResource, resource.pk, name="")
    spoiled(SharedResource, resource.pk, ended_at=now)
    again = SharedResource.objects.get(pk=resource.pk)
    again.pk, again._state.adding = new_id(), True
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_the_invariants_find_what_is_wrong(resource: SharedResource, asked: Booking, now: datetime) -> None:
    assert broken() == []
    Booking.objects.filter(pk=asked.pk).update(district_code="210803", confirmed_at=at(MONDAY, "12:00"))
    SharedResource.objects.filter(pk=resource.pk).update(ended_at=now, until=now.date(), end_reason="x")
    assert len(broken()) == 3
    resource.slots.all().delete()
    assert len(broken()) == 4
