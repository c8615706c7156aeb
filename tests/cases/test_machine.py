"""Cases against the table of their life, in any order people may act: every step is allowed exactly when the table
allows it, the clock is set once and never runs backwards, and "solved" is never said but by the asker."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guangcai.cases import commands, rules
from guangcai.cases.enums import CaseState, Side, StateType, StepKind
from guangcai.cases.models import Case
from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError
from tests.cases.test_life import broken
from tests.cast import Cast

CASES = 3
which = st.integers(0, CASES - 1)


def test_every_state_is_reached_and_has_a_way_to_an_end() -> None:
    """Over the table itself: nothing unreachable, no dead end, and solved only by the asker's own steps."""
    reached, edge = {CaseState.TO_DISPATCH}, [CaseState.TO_DISPATCH]
    while edge:
        fresh = set(rules.MOVES[edge.pop()].values()) - reached
        reached |= fresh
        edge += fresh
    assert reached == set(CaseState)
    ends = {CaseState.CLOSED, CaseState.SOLVED}
    leads = set(ends)
    while more := {state for state in CaseState if state not in leads and set(rules.MOVES[state].values()) & leads}:
        leads |= more
    assert leads == set(CaseState)
    to_solved = {step for moves in rules.MOVES.values() for step, state in moves.items() if state == CaseState.SOLVED}
    assert to_solved <= rules.OF_ASKER
    assert all(StepKind.REOPENED in rules.MOVES[state] for state in (*ends, CaseState.DONE, CaseState.CALLED_BACK))
    assert len(StateType) == 3


class Life(RuleBasedStateMachine):
    # Set by the test: how to raise a case, who acts, and when it all begins.
    raise_one: Any
    desk: Actor
    street: Actor
    workers: tuple[commands.Worker, ...]
    begins_at: datetime

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = self.begins_at
        self.cases: list[Case] = [type(self).raise_one(f"第{number}件") for number in range(CASES)]
        self.codes = [case.asker.code for case in self.cases]
        self.clocks: dict[int, Any] = {}
        self.last: dict[int, datetime] = {}

    def take(self, n: int, kind: StepKind, call: Any, *, if_also: bool = True) -> None:
        """The command works exactly when the table has the step (and the rest of its rule holds)."""
        row = Case.objects.get(pk=self.cases[n].pk)
        allowed = kind in rules.MOVES[CaseState(row.state)] and if_also
        self.now += timedelta(minutes=7)
        try:
            with transaction.atomic():
                call(row)
        except DomainError:
            assert not allowed, (row.state, kind)
            return
        assert allowed, (row.state, kind)
        after = Case.objects.get(pk=row.pk)
        assert after.state == rules.MOVES[CaseState(row.state)][kind]

    def by(self, who: Actor) -> dict[str, Any]:
        return {"by": who, "now": self.now}

    @rule(n=which, w=st.integers(0, 2))
    def dispatch(self, n: int, w: int) -> None:
        worker = self.workers[w]
        self.take(n, StepKind.DISPATCHED, lambda row: commands.dispatch(case=row, worker=worker, **self.by(self.desk)))

    @rule(n=which)
    def accept(self, n: int) -> None:
        self.take(n, StepKind.ACCEPTED, lambda row: commands.accept(case=row, **self.by(self.desk)))

    @rule(n=which)
    def decline(self, n: int) -> None:
        row = Case.objects.select_related("assignment").get(pk=self.cases[n].pk)
        is_person = row.assignment is not None and row.assignment.worker != "unit"
        call = lambda row: commands.decline(case=row, reason="no_time", **self.by(self.desk))  # noqa: E731
        self.take(n, StepKind.DECLINED, call, if_also=is_person)

    @rule(n=which)
    def give_back(self, n: int) -> None:
        returns = Case.objects.get(pk=self.cases[n].pk).returns
        kind = StepKind.DISPUTED if returns else StepKind.RETURNED
        self.take(n, kind, lambda row: commands.give_back(case=row, reason="no_skill", **self.by(self.desk)))

    @rule(n=which)
    def contact(self, n: int) -> None:
        self.take(n, StepKind.CONTACTED, lambda row: commands.note_contact(case=row, **self.by(self.desk)))

    @rule(n=which)
    def appoint(self, n: int) -> None:
        call = lambda row: commands.make_appointment(case=row, at=self.now + timedelta(days=1), **self.by(self.desk))  # noqa: E731
        self.take(n, StepKind.APPOINTED, call)

    @rule(n=which)
    def finish(self, n: int) -> None:
        self.take(n, StepKind.DONE, lambda row: commands.finish(case=row, note="好了", **self.by(self.desk)))

    @rule(n=which, outcome=st.sampled_from(["solved", "explained", "refused", "unreachable"]))
    def call_back(self, n: int, outcome: str) -> None:
        said = None if outcome == "unreachable" else outcome == "solved"
        facts = {"outcome": outcome, "is_satisfied": said, "note": "电话里说的"}
        self.take(n, StepKind.CALLED_BACK, lambda row: commands.call_back(case=row, **facts, **self.by(self.desk)))

    @rule(n=which)
    def confirm(self, n: int) -> None:
        if Case.objects.get(pk=self.cases[n].pk).state == CaseState.SOLVED:
            return
        code = self.codes[n]
        self.take(n, StepKind.CONFIRMED, lambda row: commands.confirm_solved(case=row, code=code, **self.by(Actor())))

    @rule(n=which)
    def reopen(self, n: int) -> None:
        row, code = Case.objects.get(pk=self.cases[n].pk), self.codes[n]
        silent = row.state == CaseState.CALLED_BACK or row.close_code == "unanswered"
        said = row.called_back_at if silent else row.ended_at
        in_time = said is None or self.now + timedelta(minutes=7) <= said + timedelta(days=7)
        call = lambda row: commands.reopen(case=row, note="没好", code=code, **self.by(Actor()))  # noqa: E731
        self.take(n, StepKind.REOPENED, call, if_also=in_time)

    @rule(n=which)
    def close(self, n: int) -> None:
        call = lambda row: commands.close_case(case=row, code="withdrawn", note="不办了", **self.by(self.desk))  # noqa: E731
        self.take(n, StepKind.CLOSED, call)

    @rule(n=which)
    def escalate(self, n: int) -> None:
        was_asked = Case.objects.get(pk=self.cases[n].pk).dispatched_at is not None
        call = lambda row: commands.escalate(case=row, note="两家推", **self.by(self.desk))  # noqa: E731
        self.take(n, StepKind.ESCALATED, call, if_also=was_asked)

    @rule(n=which, out=st.booleans())
    def decide(self, n: int, out: bool) -> None:
        if out:
            call = lambda row: commands.rule_out(case=row, code="no_policy", note="不支持", **self.by(self.street))  # noqa: E731
            self.take(n, StepKind.RULED_OUT, call)
            return
        worker = self.workers[1]
        call = lambda row: commands.rule_worker(case=row, worker=worker, note="由他办", **self.by(self.street))  # noqa: E731
        self.take(n, StepKind.RULED, call)

    @rule(days=st.integers(1, 9))
    def night(self, days: int) -> None:
        self.now += timedelta(days=days)
        commands.notice_overdue(**self.by(Actor.system()))
        commands.close_unanswered(**self.by(Actor.system()))

    @invariant()
    def clocks_are_set_once(self) -> None:
        for n, case in enumerate(getattr(self, "cases", [])):
            row = Case.objects.get(pk=case.pk)
            clock = (row.dispatched_at, row.due_response, row.due_solution)
            assert self.clocks.setdefault(n, clock if row.dispatched_at else (None,) * 3) in (clock, (None,) * 3)
            self.clocks[n] = clock
            solved = [step for step in row.steps.all() if step.state == CaseState.SOLVED]
            assert all(step.side == Side.ASKER for step in solved)

    @invariant()
    def what_it_repeats_is_true(self) -> None:
        if hasattr(self, "cases"):
            assert broken() == []

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


def test_life_of_cases(cast: Cast, desk: Actor, raised: Any, asked: commands.Worker, now: datetime) -> None:
    Life.raise_one = staticmethod(raised)
    Life.desk, Life.street, Life.begins_at = desk, cast.actor("overseer"), now
    Life.workers = (asked, commands.Worker(member=cast.teacher_member), commands.Worker(unit=cast.school))
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
