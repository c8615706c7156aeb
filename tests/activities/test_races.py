"""Real threads on the real database: one winner, the others get a sentence, nothing is lost or done twice."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from guangcai.activities import checks, codes, commands
from guangcai.activities.commands.sign_ups import lock_for_places
from guangcai.activities.enums import Presence
from guangcai.activities.models import Attendance, Shift, SignUp
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, DomainError
from guangcai.core.ids import new_id
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import merge_members
from guangcai.members.merging import left_behind

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run every call in a thread of its own, all at the same moment; results, or the refusal's code."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return call()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def broken() -> list[str]:
    found = [checks.no_shift_over_its_places, checks.nobody_jumped_the_queue, checks.the_waiting_list_moved_up]
    found += [
        checks.one_row_per_member_and_shift,
        checks.closed_service_has_its_entries,
        checks.nothing_else_gives_hours,
    ]
    return [line for check in found for line in check()]


def code(shift: Shift, now: datetime) -> str:
    return codes.shown_at(shift_id=shift.pk, key=bytes(shift.code_key), now=now).text


def test_the_last_place_goes_to_one(make_shift: Any, neighbours: Any, now: datetime) -> None:
    people = neighbours(CLIENTS)
    for _round in range(4):
        shift = make_shift(places=1, starts_in=timedelta(days=2 + _round))

        def take(member: Any, actor: Actor, shift: Shift = shift) -> SignUp:
            return commands.sign_up(shift=shift, member=member, by=actor, now=now)

        results = at_once([lambda m=m, a=a: take(m, a) for m, a in people])
        assert sum(isinstance(one, SignUp) for one in results) == 1
        assert results.count("full") == CLIENTS - 1
    assert broken() == []


def test_one_phone_sends_the_same_check_in_many_times(make_shift: Any, neighbours: Any, now: datetime) -> None:
    shift = make_shift(starts_in=timedelta(minutes=-5))
    (_member, actor), (_other, other) = neighbours(2)
    key, text = new_id(), code(shift, now)

    def send(by: Actor, id: Any) -> commands.CheckedIn:
        return commands.check_in(shift_id=shift.pk, member_id=by.member_id, code=text, by=by, now=now, id=id)

    same = at_once([lambda: send(actor, key) for _ in range(CLIENTS)])
    assert {one.attendance_id for one in same} == {key}
    assert sum(one.is_new for one in same) == 1
    different = at_once([lambda: send(other, new_id()) for _ in range(CLIENTS)])
    assert len({one.attendance_id for one in different}) == 1
    assert Attendance.objects.count() == 2


def test_cancelling_moves_up_exactly_one(make_shift: Any, neighbours: Any, now: datetime) -> None:
    shift, people = make_shift(places=2), neighbours(CLIENTS)
    rows = [commands.sign_up(shift=shift, member=m, by=a, now=now, wait=True) for m, a in people[:5]]
    calls: list[Callable[[], Any]] = [
        lambda row=row, a=a: commands.cancel_sign_up(sign_up=row, by=a, now=now)
        for row, (_m, a) in zip(rows[:2], people[:2], strict=True)
    ]
    calls += [lambda m=m, a=a: commands.sign_up(shift=shift, member=m, by=a, now=now, wait=True) for m, a in people[5:]]
    at_once(calls)
    assert sorted(SignUp.objects.placed().values_list("place_no", flat=True)) == [1, 2]
    assert set(SignUp.objects.placed().values_list("pk", flat=True)) == {rows[2].pk, rows[3].pk}
    assert SignUp.objects.waiting().count() == 4
    assert broken() == []


def test_closing_twice_writes_the_record_once(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift(starts_in=timedelta(hours=-3))
    marks = dict.fromkeys((member.pk for member, _actor in neighbours(4)), Presence.PRESENT)
    commands.mark_attendance(shift=shift, marks=marks, by=desk, now=now)
    results = at_once([lambda: commands.close_shift(shift=shift, head_count=4, by=desk, now=now) for _ in range(4)])
    assert sorted(one.entries for one in results) == [0, 0, 0, 4]
    assert ServiceEntry.objects.count() == 4
    assert broken() == []


def test_checking_in_while_the_shift_is_closed(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    """Whoever got in before the close has his record; whoever came after is told that it is closed."""
    people = neighbours(CLIENTS - 1)
    shift = make_shift(starts_in=timedelta(minutes=-60))
    text = code(shift, now)
    calls: list[Callable[[], Any]] = [
        lambda a=a: commands.check_in(shift_id=shift.pk, member_id=a.member_id, code=text, by=a, now=now)
        for _m, a in people
    ]
    later = now + timedelta(minutes=30)
    calls.append(lambda: commands.close_shift(shift=shift, head_count=0, by=desk, now=later))
    *arrived, closed = at_once(calls)
    inside = [one for one in arrived if isinstance(one, commands.CheckedIn)]
    assert len(inside) + arrived.count("closed") == len(people)
    assert closed.entries == len(inside) == ServiceEntry.objects.count() == Attendance.objects.count()
    assert broken() == []


def seen_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_a_place_given_back_while_two_waiting_records_merge(
    make_shift: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    """Whoever gives a place back holds the shift and tells the next one; the merge holds both records."""
    shift = make_shift(places=1)
    (holder, _), (kept, _), (gone, _) = neighbours(3)
    rows = [
        commands.sign_up(shift=shift, member=m, by=desk, now=now + timedelta(minutes=n), wait=True)
        for n, m in enumerate((holder, kept, gone))
    ]

    def merge() -> Any:
        try:
            return merge_members(kept=kept, gone=gone, by=desk, now=now + timedelta(hours=1))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_for_places(shift.pk)
            merging = pool.submit(merge)
            until = time.monotonic() + 10
            while not seen_waiting() and time.monotonic() < until:
                time.sleep(0.05)
            commands.cancel_sign_up(sign_up=rows[0], by=desk, now=now + timedelta(hours=1))
        assert merging.result(timeout=30).pk == kept.pk
    assert list(SignUp.objects.placed().values_list("member", flat=True)) == [kept.pk]
    assert broken() == []


def test_signing_up_while_two_records_merge(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    people = neighbours(12)
    for number in range(6):
        shift = make_shift(starts_in=timedelta(days=2 + number))
        (kept, _), (gone, _) = people[2 * number : 2 * number + 2]
        commands.sign_up(shift=shift, member=(kept, gone)[number % 2], by=desk, now=now)
        results = at_once(
            [
                lambda: merge_members(kept=kept, gone=gone, by=desk, now=now),  # noqa: B023
                lambda: commands.sign_up(shift=shift, member=gone, by=desk, now=now),  # noqa: B023
                lambda: commands.sign_up(shift=shift, member=kept, by=desk, now=now),  # noqa: B023
            ]
        )
        assert results[0] == kept
        assert {one for one in results[1:] if not isinstance(one, SignUp)} <= {
            "merged",
            "already_signed_up",
            "not_on_roster",
        }
        assert left_behind([gone.pk]) == {}
        assert SignUp.objects.live().filter(shift=shift).count() == 1
    assert broken() == []


def test_nobody_signs_up_a_record_that_was_merged(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift()
    (kept, _), (gone, _) = neighbours(2)
    merge_members(kept=kept, gone=gone, by=desk, now=now)
    with pytest.raises(Conflict) as refusal:
        commands.sign_up(shift=shift, member=gone, by=desk, now=now)
    assert refusal.value.code == "merged"
    assert SignUp.objects.count() == 0
