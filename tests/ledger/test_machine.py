"""The ledger against a plain Python model: whatever people do, in whatever order, reads equal the model.

Source: promises I5, I7-I10, I12.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum
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

from guangcai.core import invariants
from guangcai.core.errors import DomainError
from guangcai.core.ids import new_id
from guangcai.ledger import commands
from guangcai.ledger.enums import EntryOrigin, EntryState
from guangcai.ledger.models import Posting, ServiceEntry, ServiceSpan, YearTotal
from guangcai.ledger.queries.totals import minutes_served
from tests.cast import Cast, make_cast
from tests.conftest import NOW
from tests.ledger.scenes import SATURDAY, service

LIMIT = 720
PEOPLE = ("desk", "desk_colleague", "secretary")
MEMBERS = ("teacher_member", "police_member")
# A grid coarse enough for intervals to collide, over New Year so that two yearly totals are touched.
STARTS = [SATURDAY - timedelta(days=n, hours=h) for n in (0, 1, 318, 319) for h in (0, 1, 3, 6)]


@dataclass
class Known:
    """What the model knows of an entry."""

    member: str
    start: datetime
    minutes: int
    deeds: int
    recorder: str
    origin: str = EntryOrigin.ATTENDANCE
    state: str = EntryState.WAITING

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def day(self):
        return (self.start + timedelta(hours=8)).date()


class LedgerMachine(RuleBasedStateMachine):
    cast: ClassVar[Cast]

    @initialize()
    def begin(self):
        self.known: dict[UUID, Known] = {}
        self.services = {}
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # --- the model's own rules --------------------------------------------------------------------------------------

    def standing(self, member):
        return [one for one in self.known.values() if one.member == member and one.state == EntryState.CONFIRMED]

    def fits(self, one: Known) -> bool:
        others = self.standing(one.member)
        free = all(other.end <= one.start or one.end <= other.start for other in others)
        return free and one.minutes + sum(other.minutes for other in others if other.day == one.day) <= LIMIT

    def may_confirm(self, one: Known, checker: str) -> bool:
        if one.recorder == checker:
            return False
        return one.origin != EntryOrigin.BACK_FILL or checker == "secretary"

    def pick(self, data, *states):
        return data.draw(st.sampled_from([key for key, one in self.known.items() if one.state in states]))

    def has(self, *states):
        return any(one.state in states for one in self.known.values())

    # --- what people do ---------------------------------------------------------------------------------------------

    @rule(
        member=st.sampled_from(MEMBERS),
        start=st.sampled_from(STARTS),
        minutes=st.sampled_from([1, 60, 120, 179, 480, 720]),
        deeds=st.integers(0, 1),
        recorder=st.sampled_from(PEOPLE),
        by_hand=st.booleans(),
    )
    def record(self, member, start, minutes, deeds, recorder, by_hand):
        more = {"origin": EntryOrigin.BACK_FILL, "reason": "补录"} if by_hand else {}
        wish = service(
            self.cast, member=self.cast.members[member], starts_at=start, minutes=minutes, deeds=deeds, **more
        )
        (entry,) = commands.record_many(services=[wish], by=self.cast.actor(recorder), now=NOW)
        self.known[entry.pk] = Known(member, start, minutes, deeds, recorder, wish.origin)
        self.services[entry.pk] = wish

    @precondition(lambda self: self.services)
    @rule(data=st.data(), recorder=st.sampled_from(PEOPLE))
    def record_again(self, data, recorder):
        key = data.draw(st.sampled_from(list(self.services)))
        (entry,) = commands.record_many(services=[self.services[key]], by=self.cast.actor(recorder), now=NOW)
        assert entry.pk == key

    @precondition(lambda self: self.known)
    @rule(data=st.data(), checker=st.sampled_from(PEOPLE))
    def confirm_some(self, data, checker):
        keys = data.draw(st.lists(st.sampled_from(list(self.known)), unique=True, max_size=5))
        entries = list(ServiceEntry.objects.filter(pk__in=keys, reverses=None))
        result = commands.confirm(entries=entries, by=self.cast.actor(checker), now=NOW)
        expected = []
        waiting = [key for key in keys if self.known[key].state == EntryState.WAITING]
        for key in sorted(waiting, key=lambda key: (self.known[key].start, key)):
            one = self.known[key]
            if self.may_confirm(one, checker) and self.fits(one):
                one.state = EntryState.CONFIRMED
                expected.append(key)
        assert list(result.confirmed) == expected
        assert {refused.entry_id for refused in result.refused} == {
            key for key in keys if self.known[key].state in (EntryState.WAITING, EntryState.DECLINED)
        }

    @precondition(lambda self: self.has(EntryState.WAITING))
    @rule(data=st.data(), checker=st.sampled_from(PEOPLE))
    def decline(self, data, checker):
        key = self.pick(data, EntryState.WAITING)
        commands.decline(
            entry=ServiceEntry.objects.get(pk=key), reason="没有到场", by=self.cast.actor(checker), now=NOW
        )
        self.known[key].state = EntryState.DECLINED

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def reverse(self, data):
        key = data.draw(st.sampled_from(list(self.known)))
        one = self.known[key]
        allowed = one.state == EntryState.REVERSED or (
            one.state == EntryState.CONFIRMED and one.recorder != "secretary"
        )
        try:
            commands.reverse(
                entry=ServiceEntry.objects.get(pk=key), reason="不实", by=self.cast.actor("secretary"), now=NOW
            )
        except DomainError:
            assert not allowed or one.state == EntryState.REVERSED
        else:
            assert allowed
            one.state = EntryState.REVERSED

    @precondition(lambda self: self.known)
    @rule(data=st.data(), minutes=st.sampled_from([None, 0, 60, 120]), objector=st.sampled_from(["own", "desk"]))
    def object_and_answer(self, data, minutes, objector):
        key = data.draw(st.sampled_from(list(self.known)))
        one = self.known[key]
        entry = ServiceEntry.objects.get(pk=key)
        own = "member" if one.member == "teacher_member" else "member_next_door"
        raised = commands.raise_objection(
            id=new_id(), entry=entry, text="不对", by=self.cast.actor(own if objector == "own" else "desk"), now=NOW
        )
        correction = None
        if minutes is not None:
            correction = commands.Correction(
                one.start, one.start + timedelta(minutes=max(1, minutes)), minutes, one.deeds
            )
        before = set(ServiceEntry.objects.filter(origin=EntryOrigin.CORRECTION).values_list("pk", flat=True))
        commands.answer_objection(
            objection=raised, answer="核对了", correction=correction, by=self.cast.actor("secretary"), now=NOW
        )
        if correction is None:
            return
        undone = {EntryState.CONFIRMED: EntryState.REVERSED, EntryState.WAITING: EntryState.DECLINED}
        one.state = undone.get(one.state, one.state)
        new = ServiceEntry.objects.filter(origin=EntryOrigin.CORRECTION).exclude(pk__in=before)
        assert len(new) == (minutes > 0)
        for row in new:
            self.known[row.pk] = Known(one.member, one.start, minutes, one.deeds, "secretary", EntryOrigin.CORRECTION)

    # --- what must hold after every step ----------------------------------------------------------------------------

    @invariant()
    def reads_equal_the_model(self):
        if not hasattr(self, "known"):
            return
        states = ServiceEntry.objects.filter(reverses=None).with_state().values_list("pk", "state")
        assert dict(states) == {key: one.state for key, one in self.known.items()}
        assert set(ServiceEntry.objects.waiting().values_list("pk", flat=True)) == {
            key for key, one in self.known.items() if one.state == EntryState.WAITING
        }
        for name in MEMBERS:
            member = self.cast.members[name]
            for year in (2025, 2026):
                counted = [one for one in self.standing(name) if one.day.year == year]
                minutes, deeds = sum(one.minutes for one in counted), sum(one.deeds for one in counted)
                assert minutes_served(member=member, year=year) == minutes
                total = YearTotal.objects.filter(member=member, year=year).first()
                assert (total.minutes, total.deeds) == (minutes, deeds) if total else not counted
        spans = {(span.entry_id, span.during.lower, span.during.upper) for span in ServiceSpan.objects.all()}
        assert spans == {
            (key, one.start, one.end) for key, one in self.known.items() if one.state == EntryState.CONFIRMED
        }
        days = Posting.objects.values("member", "served_on").annotate(total=Sum("minutes"))
        assert all(0 <= day["total"] <= LIMIT for day in days)

    def unbroken(self):
        return [b for code in invariants.codes() if code.startswith("ledger.") for b in invariants.broken_by(code)]


@pytest.mark.django_db
def test_the_ledger_is_what_the_model_says():
    LedgerMachine.cast = make_cast(NOW)
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
