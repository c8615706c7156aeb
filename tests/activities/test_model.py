"""Sign-up, attendance and closing against a small model, in any order people may do them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from guangcai.activities import codes, commands
from guangcai.activities.enums import Presence
from guangcai.activities.models import Attendance, Shift, SignUp
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.ledger.models import ServiceEntry
from tests.activities.test_races import broken

PEOPLE = 5
PLACES = 2
who = st.integers(0, PEOPLE - 1)


class Life(RuleBasedStateMachine):
    # Set by the test: how to make a shift, the people with their actors, the desk, and when it all begins.
    make_shift: Any
    people: list[tuple[Any, Actor]]
    desk: Actor
    begins_at: datetime

    @initialize()
    def begin(self) -> None:
        # Every life starts from the same database.
        self.block = transaction.atomic()
        self.block.__enter__()
        self.shift: Shift = type(self).make_shift(places=PLACES, starts_in=timedelta(hours=2))
        self.starts, self.ends = self.shift.starts_at, self.shift.ends_at
        self.now = self.begins_at
        self.placed: list[int] = []
        self.waiting: list[int] = []
        self.marks: dict[int, str] = {}
        self.closed = False
        self.entries_before = ServiceEntry.objects.count()

    @property
    def has_begun(self) -> bool:
        return self.now >= self.starts

    def refuses(self, call: Any) -> bool:
        try:
            call()
        except RuleBroken:
            return True
        return False

    @rule(minutes=st.sampled_from([1, 20, 70]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(n=who, wait=st.booleans())
    def sign_up(self, n: int, wait: bool) -> None:
        member, actor = self.people[n]
        full = len(self.placed) >= PLACES or bool(self.waiting)
        allowed = not self.closed and not self.has_begun and n not in self.placed + self.waiting
        refused = self.refuses(
            lambda: commands.sign_up(shift=self.shift, member=member, by=actor, now=self.now, wait=wait)
        )
        assert refused == (not allowed or (full and not wait))
        if not refused:
            (self.waiting if full else self.placed).append(n)

    @rule(n=who)
    def cancel(self, n: int) -> None:
        row = SignUp.objects.live().filter(shift=self.shift, member=self.people[n][0]).first()
        assert (row is not None) == (n in self.placed + self.waiting)
        if row is None:
            return
        refused = self.refuses(lambda: commands.cancel_sign_up(sign_up=row, by=self.people[n][1], now=self.now))
        assert refused == (self.closed or self.has_begun or self.marks.get(n) == "present")
        if not refused:
            (self.placed if n in self.placed else self.waiting).remove(n)
            while self.waiting and len(self.placed) < PLACES:
                self.placed.append(self.waiting.pop(0))

    @rule(n=who)
    def check_in(self, n: int) -> None:
        text = codes.shown_at(shift_id=self.shift.pk, key=bytes(self.shift.code_key), now=self.now).text
        actor = self.people[n][1]
        refused = self.refuses(
            lambda: commands.check_in(
                shift_id=self.shift.pk, member_id=actor.member_id, code=text, by=actor, now=self.now
            )
        )
        is_on = self.starts - timedelta(hours=1) <= self.now <= self.ends + timedelta(minutes=30)
        assert refused == (not is_on or (self.closed and n not in self.marks))
        if not refused and not self.closed:
            self.marks[n] = "present"

    @rule(n=who, presence=st.sampled_from(Presence.values))
    def mark(self, n: int, presence: str) -> None:
        marks = {self.people[n][0].pk: Presence(presence)}
        refused = self.refuses(
            lambda: commands.mark_attendance(shift=self.shift, marks=marks, by=self.desk, now=self.now)
        )
        assert refused == self.closed
        if not refused:
            self.marks[n] = presence

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self) -> None:
        refused = self.refuses(lambda: commands.close_shift(shift=self.shift, head_count=3, by=self.desk, now=self.now))
        assert refused == (not self.has_begun)
        if not refused:
            self.closed = True
            for n in self.placed:
                self.marks.setdefault(n, "absent")

    @invariant()
    def equals_the_model(self) -> None:
        if not hasattr(self, "shift"):
            return
        live = SignUp.objects.live().filter(shift=self.shift)
        keys = [member.pk for member, _actor in self.people]
        placed = {keys.index(row.member_id) for row in live if row.place_no}
        assert placed == set(self.placed)
        assert {keys.index(row.member_id) for row in live if not row.place_no} == set(self.waiting)
        rows = {keys.index(row.member_id): row for row in Attendance.objects.filter(shift=self.shift)}
        late = {n for n, row in rows.items() if n not in self.marks and row.presence == "absent_told"}
        assert {n: row.presence for n, row in rows.items() if n not in late} == self.marks
        if self.closed:
            served = [row for row in rows.values() if row.presence == "present" and row.minutes]
            assert ServiceEntry.objects.count() - self.entries_before == len(served)

    def teardown(self) -> None:
        found = broken() if hasattr(self, "shift") else []
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        assert found == []


@pytest.mark.django_db
def test_life_of_a_shift(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    stage = {"make_shift": staticmethod(make_shift), "people": neighbours(PEOPLE), "desk": desk, "begins_at": now}
    run_state_machine_as_test(
        type("StagedLife", (Life,), stage),
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
