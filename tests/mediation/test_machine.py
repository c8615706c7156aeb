"""Matters against the table of their life, in any order people may act."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError
from guangcai.mediation import commands, rules
from guangcai.mediation.enums import CORRECTED, OVER, VISITS, MediationState, Slip, StepKind
from guangcai.mediation.models import Mediation
from tests.mediation.conftest import Open, broken, session_of

pytestmark = pytest.mark.django_db
which = st.integers(0, 1)


def test_every_state_is_reached_and_has_a_way_to_an_end_and_back() -> None:
    reached, edge = {MediationState.OPEN}, [MediationState.OPEN]
    while edge:
        fresh = set(rules.MOVES[edge.pop()].values()) - reached
        reached |= fresh
        edge += fresh
    assert reached == set(MediationState)
    leads = set(OVER)
    while more := {one for one in MediationState if one not in leads and set(rules.MOVES[one].values()) & leads}:
        leads |= more
    assert leads == set(MediationState)
    assert all(set(rules.MOVES[state].values()) == {MediationState.OPEN} for state in OVER)


class Life(RuleBasedStateMachine):
    open_one: Any
    own: Actor
    desk: Actor
    begins_at: datetime

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = self.begins_at
        self.keys = [type(self).open_one().pk for _ in range(2)]

    def take(self, n: int, kinds: set[StepKind], call: Any) -> None:
        """The command works exactly when the table has one of its steps."""
        row = Mediation.objects.get(pk=self.keys[n])
        allowed = set(rules.MOVES[MediationState(row.state)]) & kinds
        self.now += timedelta(hours=2)
        try:
            with transaction.atomic():
                call(row)
        except DomainError:
            assert not allowed, (row.state, kinds)
            return
        assert allowed, (row.state, kinds)
        last = row.steps.order_by("-number")[0]
        assert last.kind in kinds
        assert Mediation.objects.get(pk=row.pk).state == rules.MOVES[MediationState(row.state)][StepKind(last.kind)]

    @rule(n=which)
    def hear(self, n: int) -> None:
        def call(row: Mediation) -> object:
            draft = session_of(row, self.now, mediators=[one.mediator for one in row.assignments.live()])
            return commands.record_session(mediation=row, draft=draft, by=self.own, now=self.now)

        self.take(n, {StepKind.HEARD}, call)

    @rule(n=which)
    def agree(self, n: int) -> None:
        def call(row: Mediation) -> object:
            draft = commands.AgreementDraft("和好", localdate(self.now))
            return commands.note_agreement(mediation=row, draft=draft, by=self.own, now=self.now)

        self.take(n, {StepKind.AGREED}, call)

    @rule(n=which, holds=st.booleans())
    def visit(self, n: int, holds: bool) -> None:
        kinds = {StepKind.VISITED, StepKind.HOLDS} if holds else {StepKind.BROKEN}
        said = {"holds": holds, "note": "问过双方"}
        self.take(n, kinds, lambda row: commands.note_visit(mediation=row, **said, by=self.own, now=self.now))

    @rule(n=which, way=st.sampled_from(["", "court", "committee"]))
    def end(self, n: int, way: str) -> None:
        kinds = {StepKind.NOT_AGREED} if way else {StepKind.WITHDRAWN}
        said = {"other_way": way, "note": "不谈了"}
        self.take(n, kinds, lambda row: commands.end_without(mediation=row, **said, by=self.desk, now=self.now))

    @rule(n=which)
    def reopen(self, n: int) -> None:
        row = Mediation.objects.get(pk=self.keys[n])
        kinds = {StepKind.REOPENED, StepKind.BROKEN} if row.ended_at else {StepKind.REOPENED}
        self.take(n, kinds, lambda row: commands.reopen(mediation=row, note="又来了", by=self.desk, now=self.now))

    @rule(n=which, at=st.integers(0, 30), holds=st.booleans())
    def correct(self, n: int, at: int, holds: bool) -> None:
        """Whatever stands is said again; only the finding of a visit moves the matter, and only while it is last."""
        row = Mediation.objects.get(pk=self.keys[n])
        steps = list(row.steps.standing().filter(kind__in=CORRECTED).order_by("number"))
        if not steps:
            return
        step, ended = steps[at % len(steps)], row.ended_at
        self.now += timedelta(hours=2)
        said = {"step": step, "by": self.desk, "now": self.now, "slip": Slip.WORDS}
        try:
            with transaction.atomic():
                if step.kind == StepKind.HEARD:
                    draft = session_of(row, self.now, starts_at=step.session.starts_at, minutes=60, note=f"改{at}")
                    there = [one.mediator for one in step.session.mediators.select_related("mediator")]
                    commands.correct_session(draft=replace(draft, mediators=there), **said)
                elif step.kind == StepKind.AGREED:
                    draft = commands.AgreementDraft(f"和好{at}", step.agreement.signed_on)
                    commands.correct_agreement(draft=draft, **said)
                else:
                    commands.correct_visit(holds=holds, note=f"问过{at}", **said)
        except DomainError:
            return
        fresh = Mediation.objects.get(pk=row.pk)
        if step.kind not in VISITS or holds == (step.kind != StepKind.BROKEN):
            assert (fresh.state, fresh.ended_at) == (row.state, ended)

    @invariant()
    def whole(self) -> None:
        if hasattr(self, "keys"):
            assert broken() == []

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


def test_any_order(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    Life.open_one, Life.own, Life.desk, Life.begins_at = staticmethod(opened), own, desk, now
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        Life, settings=settings(max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=checks)
    )
