"""A zone against a small model, in any order people may act: never two holders, ended stays ended, terms forward."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError
from guangcai.zones import commands
from guangcai.zones.models import Zone, ZoneAgreement
from tests.zones.conftest import DUTIES, broken

PEOPLE = 3
who = st.integers(0, PEOPLE - 1)


class Life(RuleBasedStateMachine):
    # Set by the test: the zone, the people with their actors, the desk, and when it all begins.
    zone: Zone
    people: list[tuple[Any, Actor]]
    desk: Actor
    begins_at: datetime

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = self.begins_at
        self.gone: set[Any] = set()

    def refuses(self, call: Any) -> bool:
        try:
            call()
        except DomainError:
            return True
        return False

    @property
    def on(self) -> Any:
        return self.now.date()

    def standing(self) -> list[ZoneAgreement]:
        return list(ZoneAgreement.objects.standing(self.on).filter(zone=self.zone).order_by("offered_at"))

    @rule(days=st.integers(1, 400))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def night(self) -> None:
        commands.end_terms(by=Actor.system(), now=self.now)
        assert not ZoneAgreement.objects.live().filter(until__lt=self.on).exists()

    @rule(n=who)
    def offer(self, n: int) -> None:
        before, (member, actor) = self.standing(), self.people[n]
        refused = self.refuses(lambda: commands.offer_zone(zone=self.zone, member=member, by=actor, now=self.now))
        assert refused == bool(before)

    @rule(n=st.integers(0, 1))
    def confirm(self, n: int) -> None:
        for row in self.standing()[n : n + 1]:
            commands.confirm_agreement(agreement=row, duties=DUTIES, by=self.desk, now=self.now)

    @rule(n=st.integers(0, 1), by=who)
    def sign(self, n: int, by: int) -> None:
        for row in self.standing()[n : n + 1]:
            member, actor = self.people[by]
            signing = partial(commands.sign_agreement, agreement=row, name=member.name, by=actor, now=self.now)
            refused = self.refuses(signing)
            assert refused == (member.pk != row.member_id or row.confirmed_at is None)

    @rule()
    def renew(self) -> None:
        for row in self.standing()[:1]:
            has_one = any(other.renews_id == row.pk for other in self.standing())
            refused = self.refuses(partial(commands.offer_renewal, agreement=row, by=self.desk, now=self.now))
            near = row.remind_on is not None and row.remind_on <= self.on
            assert refused == (not has_one and (row.held_since is None or not near))

    @rule(n=st.integers(0, 1))
    def end(self, n: int) -> None:
        for row in self.standing()[n : n + 1]:
            commands.end_agreement(agreement=row, reason=EndReason.MOVED, note="", by=self.desk, now=self.now)
            self.gone.add(row.pk)

    @invariant()
    def one_holder_and_terms_forward(self) -> None:
        rows = list(ZoneAgreement.objects.live().filter(zone=self.zone))
        holding = [row for row in rows if row.starts_on and row.until and row.starts_on <= self.on <= row.until]
        assert len(holding) <= 1
        assert len({row.member_id for row in self.standing()}) <= 1
        assert all(row.starts_on <= row.remind_on <= row.until for row in rows if row.until)
        assert not {row.pk for row in rows} & self.gone
        assert broken() == []

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


@pytest.mark.django_db
def test_life_of_a_zone(zone: Zone, neighbours: Any, desk: Actor, now: datetime) -> None:
    Life.zone, Life.people, Life.desk, Life.begins_at = zone, neighbours(PEOPLE), desk, now
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
