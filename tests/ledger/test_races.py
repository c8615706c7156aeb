"""Two people at the same moment, in real threads against the real database: one wins, the other gets a sentence."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from guangcai.core import invariants
from guangcai.core.errors import DomainError
from guangcai.core.ids import new_id
from guangcai.ledger.commands import confirm, decline, issue_certificate, record_many, reverse
from guangcai.ledger.enums import Refusal
from guangcai.ledger.models import Certificate, EntryDecline, Posting, ServiceEntry, ServiceSpan, YearTotal
from tests.cast import make_cast
from tests.conftest import NOW
from tests.ledger.scenes import SATURDAY, confirmed, recorded, service

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def cast(transactional_db):
    return make_cast(NOW)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; a refusal is an answer, any other error fails the test."""
    gate = Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            return job()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def _unbroken():
    codes = [code for code in invariants.codes() if code.startswith("ledger.")]
    assert [found for code in codes for found in invariants.broken_by(code)] == []


def test_confirmed_twice_at_once_is_one_posting(cast):
    actors = [cast.actor("secretary"), cast.actor("desk_colleague")] * 2
    for n in range(ROUNDS):
        entry = recorded(cast, starts_at=SATURDAY - timedelta(days=n))
        results = at_once(*(partial(confirm, entries=[entry], by=by, now=NOW) for by in actors))
        assert sorted(len(result.confirmed) for result in results) == [0, 0, 0, 1]
        assert Posting.objects.filter(entry=entry).count() == ServiceSpan.objects.filter(entry=entry).count() == 1
    assert YearTotal.objects.get().minutes == 120 * ROUNDS
    _unbroken()


def test_overlapping_records_confirmed_by_two_people_at_once_leave_one(cast):
    for n in range(ROUNDS):
        first = recorded(cast, starts_at=SATURDAY - timedelta(days=n))
        second = recorded(cast, starts_at=SATURDAY - timedelta(days=n) + timedelta(minutes=30))
        one, two = at_once(
            partial(confirm, entries=[first], by=cast.actor("secretary"), now=NOW),
            partial(confirm, entries=[second], by=cast.actor("desk_colleague"), now=NOW),
        )
        assert len(one.confirmed) + len(two.confirmed) == 1
        assert [refused.why for refused in one.refused + two.refused] == [Refusal.OVERLAP]
    _unbroken()


def test_the_daily_limit_holds_at_once(cast):
    parts = [recorded(cast, starts_at=SATURDAY - timedelta(hours=8 - 5 * n), minutes=290) for n in range(4)]
    results = at_once(*(partial(confirm, entries=[entry], by=cast.actor("secretary"), now=NOW) for entry in parts))
    assert sum(len(result.confirmed) for result in results) == 2
    assert {refused.why for result in results for refused in result.refused} == {Refusal.DAILY_LIMIT}
    assert YearTotal.objects.get().minutes == 580


def test_bulks_that_meet_in_other_order_do_not_lock_each_other_out(cast):
    for n in range(ROUNDS):
        start = SATURDAY - timedelta(days=n)
        rows = record_many(
            services=[service(cast, starts_at=start), service(cast, starts_at=start, member=cast.police_member)],
            by=cast.actor("desk"),
            now=NOW,
        )
        results = at_once(
            partial(confirm, entries=rows, by=cast.actor("secretary"), now=NOW),
            partial(confirm, entries=rows[::-1], by=cast.actor("desk_colleague"), now=NOW),
        )
        assert sorted(len(result.confirmed) for result in results) == [0, 2]


def test_recorded_twice_at_once_is_one_row(cast):
    once = service(cast)
    by = cast.actor("desk")
    results = at_once(*(partial(record_many, services=[once], by=by, now=NOW) for _ in range(6)))
    assert {rows[0].pk for rows in results} == {ServiceEntry.objects.get().pk}


def test_confirmed_and_declined_at_once_is_one_of_them(cast):
    for n in range(ROUNDS):
        entry = recorded(cast, starts_at=SATURDAY - timedelta(days=n))
        at_once(
            partial(confirm, entries=[entry], by=cast.actor("secretary"), now=NOW),
            partial(decline, entry=entry, reason="没有到场", by=cast.actor("desk"), now=NOW),
        )
        assert Posting.objects.filter(entry=entry).count() + EntryDecline.objects.filter(entry=entry).count() == 1


def test_reversed_twice_at_once_is_one_reversal(cast):
    entry = confirmed(cast)
    by = cast.actor("secretary")
    results = at_once(*(partial(reverse, entry=entry, reason=f"原因{n % 2}", by=by, now=NOW) for n in range(4)))
    assert ServiceEntry.objects.filter(reverses=entry).count() == 1
    assert sum(isinstance(result, DomainError) for result in results) == 2
    assert YearTotal.objects.get().minutes == 0
    _unbroken()


def test_certificates_issued_at_once_have_their_own_numbers(cast):
    confirmed(cast)
    actors = [cast.actor("secretary"), cast.actor("desk")] * 4
    at_once(
        *(
            partial(
                issue_certificate,
                id=new_id(),
                member=cast.teacher_member,
                community=cast.nanyuan,
                since=date(2026, 1, 1),
                until=SATURDAY.date(),
                by=by,
                now=NOW,
            )
            for by in actors
        )
    )
    assert sorted(number[-5:] for number in Certificate.objects.values_list("number", flat=True)) == [
        f"{n:05d}" for n in range(1, 9)
    ]
    _unbroken()
