"""Any order of what people may do with a wish: no dead end, one who has it, the wisher's word is final."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError
from guangcai.wishes import commands, rules
from guangcai.wishes.enums import WishEnd, WishState
from guangcai.wishes.models import Wish, WishAnswer, WishClaim, WishKind
from tests.cast import Cast
from tests.wishes.conftest import broken, wish_draft

pytestmark = pytest.mark.django_db
WHO = st.integers(0, 2)
OVER = (WishState.CONFIRMED, WishState.ENDED)


def test_every_state_is_reached_and_none_is_a_dead_end() -> None:
    """The table alone: from every state that is not over, both ends of the life can be reached."""
    reached = {WishState.COLLECTED}
    for _step in WishState:
        reached |= {new for old in reached for new in rules.MOVES[old]}
    assert reached == set(WishState)
    for state in set(WishState) - set(OVER):
        assert WishState.ENDED in rules.MOVES[state]
    for state in OVER:
        assert rules.MOVES[state] == frozenset()


class Life(RuleBasedStateMachine):
    """One wish and three members; what it needs of the cast is set on a class made for the test."""

    cast: Cast
    people: list[Any]
    kind: WishKind
    now: datetime

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.at, self.desk = self.now, self.cast.actor("desk")
        self.wish = commands.collect_wish(community=self.cast.nanyuan, draft=wish_draft(), by=self.desk, now=self.now)
        self.over: str | None = None

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)

    def do(self, act: Any) -> bool:
        """Run it a minute later; a refusal is an answer."""
        self.at += timedelta(minutes=1)
        try:
            with transaction.atomic():
                act()
        except DomainError:
            return False
        return True

    def claim(self, who: int) -> WishClaim | None:
        return WishClaim.objects.live().filter(wish=self.wish, member=self.people[who][0]).first()

    @rule(people_=st.integers(1, 3))
    def verify(self, people_: int) -> None:
        told = {"title": "一台收音机", "words": "老人想听戏", "people": people_}
        self.do(lambda: commands.verify_wish(wish=self.wish, kind=self.kind, **told, by=self.desk, now=self.at))

    @rule()
    def publish(self) -> None:
        self.do(lambda: commands.publish_wish(wish=self.wish, by=self.desk, now=self.at))

    @rule(who=WHO, joint=st.booleans())
    def take(self, who: int, joint: bool) -> None:
        verb = commands.join_claim if joint else commands.claim_wish
        member, actor = self.people[who]
        self.do(lambda: verb(wish=self.wish, member=member, by=actor, now=self.at))

    @rule(who=WHO)
    def confirm(self, who: int) -> None:
        if claim := self.claim(who):
            self.do(lambda: commands.confirm_claim(claim=claim, by=self.desk, now=self.at))

    @rule(who=WHO, own=st.booleans())
    def give_back(self, who: int, own: bool) -> None:
        reason, by = (EndReason.NO_TIME, self.people[who][1]) if own else (EndReason.AGREED, self.desk)
        if claim := self.claim(who):
            self.do(lambda: commands.end_claim(claim=claim, reason=reason, note="", by=by, now=self.at))

    @rule(who=WHO)
    def fulfil(self, who: int) -> None:
        if claim := self.claim(who):
            done = {"what": "送去", "done_on": localdate(self.at)}
            self.do(lambda: commands.fulfil_wish(claim=claim, **done, by=self.people[who][1], now=self.at))

    @rule(came_true=st.booleans(), with_code=st.booleans())
    def answer(self, came_true: bool, with_code: bool) -> None:
        word = commands.Word(came_true=came_true)
        if with_code:
            asker = self.wish.asker
            self.do(lambda: commands.answer_with_code(asker=asker, word=word, by=Actor(), now=self.at))
        else:
            self.do(lambda: commands.answer_at_desk(wish=self.wish, word=word, by=self.desk, now=self.at))

    @rule(reason=st.sampled_from(list(WishEnd)))
    @precondition(lambda self: self.at > self.now + timedelta(minutes=12))
    def end(self, reason: WishEnd) -> None:
        told = {"reason": reason, "note": "说明"}
        self.do(lambda: commands.end_wish(wish=self.wish, **told, by=self.desk, now=self.at))

    @rule()
    @precondition(lambda self: self.at > self.now + timedelta(minutes=20))
    def take_back(self) -> None:
        self.do(lambda: commands.take_back_wish(asker=self.wish.asker, by=Actor(), now=self.at))

    @invariant()
    def nothing_is_broken(self) -> None:
        assert broken() == []

    @invariant()
    def what_is_over_stays_over(self) -> None:
        state = Wish.objects.values_list("state", flat=True).get(pk=self.wish.pk)
        assert self.over in (None, state)
        if state in OVER:
            self.over = state
        if state == WishState.CONFIRMED:
            assert WishAnswer.objects.filter(wish=self.wish).latest("at").came_true

    @invariant()
    def one_has_it(self) -> None:
        assert WishClaim.objects.leading().filter(wish=self.wish).count() <= 1


def test_the_life_of_a_wish(cast: Cast, neighbours: Any, now: datetime) -> None:
    told = {"cast": cast, "people": neighbours(3), "kind": WishKind.objects.get(code="goods"), "now": now}
    life = type("LifeOfTheCast", (Life,), told)
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
