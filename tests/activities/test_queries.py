"""Figures, due lists, timelines and invariants."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from guangcai.activities import checks, commands, rules
from guangcai.activities.enums import Presence
from guangcai.activities.models import Attendance, Shift, SignUp
from guangcai.activities.queries import counts, life
from guangcai.activities.queries import shifts as queries_of_shifts
from guangcai.core.actor import Actor
from guangcai.core.workdays import is_working_day
from guangcai.ledger.models import ServiceEntry
from tests.cast import Cast

HOUR = timedelta(hours=1)


def hold(shift: Shift, people: list[Any], desk: Actor, now: datetime, *outcomes: commands.Achieved) -> None:
    marks = dict.fromkeys((member.pk for member, _actor in people), Presence.PRESENT)
    commands.mark_attendance(shift=shift, marks=marks, by=desk, now=now)
    commands.close_shift(shift=shift, head_count=len(people), outcomes=outcomes, by=desk, now=now)


@pytest.fixture
def held(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> list[Any]:
    """Two shifts of cleaning and a lecture were held; one more waits to be closed."""
    people = neighbours(3)
    cleaning = make_shift(starts_in=-3 * HOUR)
    hold(cleaning, people, desk, now, commands.Achieved("清理小广告", 600, "条"))
    again = make_shift(starts_in=timedelta(days=-2), activity=cleaning.activity)
    hold(again, people[:2], desk, now, commands.Achieved("清理小广告", 400, "条"))
    lecture = make_shift(starts_in=timedelta(days=-1), kind="study", service_kind=None, title="讲座", is_deed=False)
    hold(lecture, people[:1], desk, now)
    make_shift(starts_in=-4 * HOUR, title="没有关")
    return people


def test_figures_by_kind_and_in_all(cast: Cast, held: Any, now: datetime, queries: Any) -> None:
    span = {"since": date(2026, 11, 1), "until": date(2026, 11, 30)}
    (total,) = counts.count_activities(cast.street.path, **span)
    assert (total.activities, total.shifts, total.participations, total.participants) == (2, 3, 6, 3)
    assert (total.minutes, total.outcomes) == (720, {("清理小广告", "条"): 1000})
    by_kind = {row.dimensions["kind"]: row for row in counts.count_activities(cast.street.path, by=["kind"], **span)}
    assert sorted((row.shifts, row.participations) for row in by_kind.values()) == [(1, 1), (2, 5)]
    by_all = counts.count_activities(cast.street.path, by=["community", "month", "theme", "activity"], **span)
    assert {row.dimensions["month"] for row in by_all} == {"2026-11"}
    (nothing,) = counts.count_activities(cast.other_street.path, **span)
    assert (nothing.shifts, nothing.participants, nothing.minutes) == (0, 0, 0)
    assert counts.count_activities(cast.other_street.path, by=["kind"], **span) == []
    (planned,) = counts.count_activities(cast.street.path, held_only=False, **span)
    assert planned.shifts == 4
    with pytest.raises(KeyError):
        counts.count_activities(cast.street.path, by=["name"], **span)
    with queries() as seen:
        counts.count_activities(cast.street.path, by=["kind"], **span)
    assert len(seen) == 3


def test_shifts_to_close_by_urgency(cast: Cast, held: Any, make_shift: Any, desk: Actor, now: datetime) -> None:
    make_shift(starts_in=timedelta(days=-30), title="早就该关")
    due = queries_of_shifts.shifts_to_close(desk, now=now)
    assert [(row.title, row.tone) for row in due] == [("早就该关", "bad"), ("没有关", "idle")]
    assert queries_of_shifts.shifts_to_close(cast.actor("desk_next_door"), now=now) == []
    assert queries_of_shifts.shifts_to_close(cast.actor("overseer"), now=now) == []


def test_of_two_alternatives_one_is_enough(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    saturday, sunday = make_shift(starts_in=timedelta(days=-3)), make_shift(starts_in=timedelta(days=-2))
    Shift.objects.filter(pk__in=[saturday.pk, sunday.pk]).update(alternative_group="x:2026-W46")
    assert len(queries_of_shifts.shifts_to_close(desk, now=now)) == 2
    hold(saturday, neighbours(1), desk, now)
    assert queries_of_shifts.shifts_to_close(desk, now=now) == []


def test_the_clock_of_ten_working_days() -> None:
    due = rules.record_due_on(date(2026, 9, 24), working_days=10)
    assert due == date(2026, 10, 15)
    tone = {day: rules.due_tone(due, today=day, is_working_day=is_working_day) for day in
            (date(2026, 10, 9), date(2026, 10, 13), date(2026, 10, 15), date(2026, 10, 16))}  # fmt: skip
    assert list(tone.values()) == ["idle", "wait", "wait", "bad"]


def test_timeline_of_a_member(cast: Cast, held: Any, make_shift: Any, desk: Actor, now: datetime) -> None:
    member, actor = held[0]
    coming = make_shift()
    commands.sign_up(shift=coming, member=member, by=actor, now=now)
    items = life.timeline_of(member, desk)
    assert len(items) == 4
    assert {item.tone for item in items} == {"good", "info"}
    assert life.timeline_of(member, cast.actor("desk_next_door")) == []


def test_invariants_hold_and_are_found_broken(held: Any, make_shift: Any, now: datetime) -> None:
    every = [
        checks.no_shift_over_its_places,
        checks.nobody_jumped_the_queue,
        checks.the_waiting_list_moved_up,
        checks.one_row_per_member_and_shift,
        checks.closed_service_has_its_entries,
        checks.nothing_else_gives_hours,
        checks.attendance_lies_where_its_shift_does,
    ]
    assert [line for check in every for line in check()] == []
    shift = make_shift(places=1)
    for member, actor in held:
        commands.sign_up(shift=shift, member=member, by=actor, now=now, wait=True)
    _first, second, third = SignUp.objects.filter(shift=shift).order_by("pk")
    SignUp.objects.filter(pk=third.pk).update(place_no=2, placed_at=now, signed_up_at=now + HOUR)
    assert list(checks.no_shift_over_its_places()) == [f"shift {shift.pk}"]
    assert list(checks.nobody_jumped_the_queue()) == [f"sign-up {second.pk}"]
    Shift.objects.filter(pk=shift.pk).update(places=9)
    assert list(checks.the_waiting_list_moved_up()) == [f"shift {shift.pk}"]
    row = Attendance.objects.filter(minutes=120).first()
    assert row is not None
    Attendance.objects.filter(pk=row.pk).update(minutes=119, path="/0/")
    assert list(checks.closed_service_has_its_entries()) == [f"attendance {row.pk}"]
    assert list(checks.attendance_lies_where_its_shift_does()) == [f"attendance {row.pk}"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE activities_activity SET kind = 'study', service_kind_id = NULL")
    assert len(list(checks.nothing_else_gives_hours())) == ServiceEntry.objects.count()
