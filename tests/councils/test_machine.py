"""A proposal in any order people may act: no dead end, over stays over, dropped only with a reason, nothing endless;
what somebody said of the result stays said, whoever asked has the last word, no date lies before what led to it."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError
from guangcai.councils import commands, rules
from guangcai.councils.enums import PartyClass, ProposalState, Verdict
from guangcai.councils.models import Body, BodyMember, JointPledge, Judgement, Meeting, Proposal, ProposalStep
from guangcai.councils.queries import promises
from guangcai.councils.queries.story import story_of
from tests.cast import Cast
from tests.councils.conftest import broken, call, finish, promise, seat

S = ProposalState
ITEMS = ("甲", "乙")


class Life(RuleBasedStateMachine):
    # Set by the test: the proposal as it was raised, its people, and when it all begins.
    cast: Cast
    body: Body
    key: Any
    desk: Actor
    liaison: Actor
    member: Actor
    begins_at: datetime
    delegates: list[BodyMember]
    # Every state that any run came to.
    reached: set[str]

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = self.begins_at
        self.over: str | None = None
        self.said: dict[tuple[int, Any], str] = {}
        self.due: dict[Any, Any] = {}

    @property
    def row(self) -> Proposal:
        return Proposal.objects.select_related("meeting").get(pk=self.key)

    def tried(self, call_: Any) -> bool:
        """Whether it was done; a refusal changes nothing."""
        before = self.row.state
        try:
            with transaction.atomic():
                call_()
        except DomainError:
            assert self.row.state == before
            return False
        return True

    @rule(days=st.integers(1, 90))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(accepts=st.booleans(), note=st.sampled_from(["", "不属于社区"]))
    def screen(self, accepts: bool, note: str) -> None:
        before = self.row.state
        done = self.tried(
            lambda: commands.screen_proposal(proposal=self.row, accepts=accepts, note=note, by=self.desk, now=self.now)
        )
        assert not done or before in (S.RAISED, S.ACCEPTED, S.REFUSED)
        assert not (done and not accepts and not note and before == S.RAISED)

    @rule()
    def table(self) -> None:
        meeting = call(self.body, self.desk, self.now, title=f"会{self.now:%j%H}")
        self.tried(lambda: commands.table_proposal(proposal=self.row, meeting=meeting, by=self.desk, now=self.now))

    @rule(item=st.sampled_from(ITEMS), unit=st.sampled_from(["school", "police_branch"]))
    def pledge(self, item: str, unit: str) -> None:
        taken = JointPledge.objects.live().filter(item=item, done_on=None).exists()
        done = self.tried(lambda: promise(self.row, self.cast, self.desk, self.now, item=item, unit=unit))
        assert not (done and taken)

    def promised(self, n: int) -> list[JointPledge]:
        return list(JointPledge.objects.order_by("made_at", "pk").select_related("proposal"))[n : n + 1]

    @rule(n=st.integers(0, 3))
    def note(self, n: int) -> None:
        for one in self.promised(n):
            self.tried(lambda o=one: commands.note_progress(pledge=o, note="进展", by=self.desk, now=self.now))

    @rule(n=st.integers(0, 3))
    def finish(self, n: int) -> None:
        for one in self.promised(n):
            self.tried(lambda o=one: finish(o, self.desk, self.now, on=self.now.date()))

    @rule(n=st.integers(0, 3), reason=st.sampled_from(["", "经费"]))
    def withdraw(self, n: int, reason: str) -> None:
        for one in self.promised(n):
            was = one.withdrawn_at is not None
            done = self.tried(
                lambda o=one: commands.withdraw_pledge(pledge=o, reason=reason, by=self.desk, now=self.now)
            )
            assert not done or reason or was

    @rule(verdict=st.sampled_from(list(Verdict)))
    def judge(self, verdict: Verdict) -> None:
        draft = commands.JudgementDraft(verdict)
        self.tried(lambda: commands.judge_proposal(proposal=self.row, draft=draft, by=self.member, now=self.now))

    @rule(verdict=st.sampled_from(list(Verdict)), who=st.integers(0, 1))
    def delegate_judges(self, verdict: Verdict, who: int) -> None:
        draft = commands.JudgementDraft(verdict, seat=self.delegates[who], asked="电话")
        self.tried(lambda: commands.judge_proposal(proposal=self.row, draft=draft, by=self.desk, now=self.now))

    @rule(steps=st.integers(1, 5), verdict=st.sampled_from(list(Verdict)))
    def goes_well(self, steps: int, verdict: Verdict) -> None:
        """What a run of chance seldom comes to: some steps towards a result, wherever it stands."""
        for _step in range(steps):
            self.next_step(verdict)

    def next_step(self, verdict: Verdict) -> None:
        state = self.row.state
        if state == S.RAISED:
            self.screen(accepts=verdict != Verdict.NOT_KEPT, note="不属于社区")
        elif state == S.ACCEPTED:
            self.table()
        elif state == S.TABLED:
            self.pledge(item=ITEMS[0], unit="school")
        elif state in (S.PLEDGED, S.UNDERWAY):
            for n in range(JointPledge.objects.count()):
                (self.note if state == S.PLEDGED else self.finish)(n)
        elif state == S.DONE:
            self.judge(verdict)
        elif state == S.JUDGED:
            self.publish()
        self.history_holds()

    @rule()
    def publish(self) -> None:
        self.tried(lambda: commands.publish_result(proposal=self.row, by=self.desk, now=self.now))

    @rule()
    def send_back(self) -> None:
        self.tried(lambda: commands.send_back(proposal=self.row, note="差一点", by=self.desk, now=self.now))

    @rule(reason=st.sampled_from(["", "居民不同意"]))
    def drop(self, reason: str) -> None:
        before = self.row.state
        done = self.tried(lambda: commands.drop_proposal(proposal=self.row, reason=reason, by=self.desk, now=self.now))
        assert not done or reason or before == S.DROPPED

    @invariant()
    def history_holds(self) -> None:
        state = self.row.state
        steps = list(ProposalStep.objects.filter(proposal=self.key).order_by("at", "pk"))
        for old, new in itertools.pairwise(steps):
            assert old.new == new.old
            assert S(new.new) in rules.MOVES[S(old.new)]
            assert new.at >= old.at
        assert steps[-1].new == state
        assert not (state in (S.DROPPED, S.REFUSED) and not steps[-1].note)
        assert self.over in (None, state)
        self.over = state if state in rules.OVER else None
        self.reached.add(state)
        # No dead end: whatever is not over can go on.
        assert state in rules.OVER or rules.MOVES[S(state)]
        assert broken() == []

    @invariant()
    def what_was_said_stays_said(self) -> None:
        given = Judgement.objects.filter(proposal=self.key).values_list("round", "seat", "verdict")
        now_said = {(number, seat): verdict for number, seat, verdict in given}
        assert now_said.items() >= self.said.items()
        self.said = now_said
        row = self.row
        own = now_said.get((row.round, None))
        others = [verdict for (number, seat), verdict in now_said.items() if number == row.round and seat]
        last = commands.verdict_of(row)
        assert last == (own or (rules.last_word(None, others) if others else None))
        if row.state == S.PUBLISHED:
            assert last is not None

    @invariant()
    def dates_never_run_backwards(self) -> None:
        told = [item.at for item in story_of(self.row, self.desk)]
        assert told == sorted(told)
        for one in JointPledge.objects.filter(proposal=self.key):
            assert self.due.setdefault(one.pk, one.due_on) == one.due_on
            assert one.done_at is None or one.done_at >= one.made_at
            assert one.withdrawn_at is None or one.withdrawn_at >= one.made_at
            assert max(one.made_at, one.done_at or one.made_at, one.withdrawn_at or one.made_at) <= self.now
        for judged in Judgement.objects.filter(proposal=self.key):
            done = ProposalStep.objects.filter(proposal=self.key, new=S.DONE).order_by("at", "pk")
            assert judged.at >= done[judged.round - 1].at

    @invariant()
    def nothing_is_endless(self) -> None:
        rows = promises.with_parts(JointPledge.objects.filter(proposal=self.key))
        for one in promises.standings(rows, on=self.now.date()):
            is_open = one.pledge.done_on is None and one.pledge.withdrawn_at is None
            if is_open and self.row.state not in rules.OVER and one.pledge.due_on < self.now.date():
                assert one.standing == rules.Standing.LATE

    def teardown(self) -> None:
        if hasattr(self, "block"):
            # Wherever it stands, the desk and whoever asked bring it to an end in at most three steps.
            for _step in range(3):
                state = self.row.state
                if state in (S.DONE, S.JUDGED):
                    self.judge(Verdict.KEPT)
                    self.publish()
                elif state not in rules.OVER:
                    self.drop("到此为止")
            assert self.row.state in rules.OVER
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


@pytest.mark.django_db
def test_life_of_a_proposal(
    cast: Cast, body: Body, proposal: Proposal, desk: Actor, liaison: Actor, member: Actor, now: datetime
) -> None:
    Life.cast, Life.body, Life.key, Life.desk = cast, body, proposal.pk, desk
    Life.liaison, Life.member, Life.begins_at = liaison, member, now
    first = BodyMember.objects.get(body=body, party=PartyClass.DELEGATE)
    Life.delegates = [first, seat(body, desk, now, PartyClass.DELEGATE, party_name="张永福")]
    Life.reached = set()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=20,
            stateful_step_count=22,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
    assert not Meeting.objects.exists()
    assert Life.reached == set(S)


def test_every_state_leads_somewhere_and_every_end_is_reached() -> None:
    """From each state that is not over an end can be reached, and each state can be reached from the first."""
    reached, front = {S.RAISED}, {S.RAISED}
    while front:
        front = {after for state in front for after in rules.MOVES[state]} - reached
        reached |= front
    assert reached == set(S)
    for state in set(S) - set(rules.OVER):
        seen, front = {state}, {state}
        while front:
            front = {after for one in front for after in rules.MOVES[one]} - seen
            seen |= front
        assert seen & rules.OVER, state
