"""Posts and claims against a small model, in any order people may act: never over capacity, ended stays ended."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError
from guangcai.posts import commands
from guangcai.posts.enums import PostEnd
from guangcai.posts.models import Post, PostClaim
from tests.posts.conftest import draft
from tests.posts.test_races import broken

PEOPLE = 5
who = st.integers(0, PEOPLE - 1)


class Life(RuleBasedStateMachine):
    # Set by the test: how to make a post, the people with their actors, the desk, and when it all begins.
    make_post: Any
    people: list[tuple[Any, Actor]]
    desk: Actor
    begins_at: datetime

    @initialize(places=st.integers(1, 3))
    def begin(self, places: int) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.post: Post = type(self).make_post(places=places)
        self.now, self.places = self.begins_at, places
        self.placed: dict[int, str] = {}
        self.waiting: list[int] = []
        self.over = False
        self.gone: set[Any] = set()

    def refuses(self, call: Any) -> bool:
        try:
            call()
        except DomainError:
            return True
        return False

    def claim_of(self, n: int) -> PostClaim | None:
        return PostClaim.objects.live().filter(post=self.post, member=self.people[n][0]).first()

    def move_up(self) -> None:
        while self.waiting and len(self.placed) < self.places:
            self.placed[self.waiting.pop(0)] = "offered"

    @rule(n=who)
    def claim(self, n: int) -> None:
        self.now += timedelta(minutes=1)
        member, actor = self.people[n]
        refused = self.refuses(lambda: commands.claim_post(post=self.post, member=member, by=actor, now=self.now))
        assert refused == (self.over or n in self.placed or n in self.waiting)
        if not refused:
            self.waiting.append(n)
            self.move_up()

    @rule(n=who)
    def confirm(self, n: int) -> None:
        if (row := self.claim_of(n)) is None:
            return
        refused = self.refuses(lambda: commands.confirm_claim(claim=row, by=self.desk, now=self.now))
        assert refused == (n not in self.placed)
        if not refused and self.placed[n] == "offered":
            self.placed[n] = "confirmed"

    @rule(n=who)
    def take_up(self, n: int) -> None:
        if (row := self.claim_of(n)) is None:
            return
        refused = self.refuses(lambda: commands.take_up(claim=row, by=self.people[n][1], now=self.now))
        assert refused == (self.placed.get(n) not in ("confirmed", "held"))
        if not refused:
            self.placed[n] = "held"

    @rule(n=who, by_desk=st.booleans())
    def end(self, n: int, by_desk: bool) -> None:
        if (row := self.claim_of(n)) is None:
            return
        by = self.desk if by_desk else self.people[n][1]
        commands.end_claim(claim=row, reason=EndReason.MOVED, note="", by=by, now=self.now)
        self.gone.add(row.pk)
        self.placed.pop(n, None)
        self.waiting = [one for one in self.waiting if one != n]
        self.move_up()

    @rule(places=st.integers(1, 4))
    def change_places(self, places: int) -> None:
        taken = PostClaim.objects.placed().filter(post=self.post).values_list("place_no", flat=True)
        highest = max((number for number in taken if number), default=0)
        refused = self.refuses(
            lambda: commands.change_post(post=self.post, draft=draft(places=places), by=self.desk, now=self.now)
        )
        assert refused == (self.over or places < highest)
        if not refused:
            self.places = places
            self.move_up()

    @rule()
    def end_post(self) -> None:
        commands.end_post(post=self.post, reason=PostEnd.DONE, note="", by=self.desk, now=self.now)
        self.over, self.placed, self.waiting = True, {}, []

    @invariant()
    def rows_say_what_the_model_says(self) -> None:
        live = PostClaim.objects.live().filter(post=self.post)
        keys = {member.pk: n for n, (member, _actor) in enumerate(self.people)}
        states = {keys[row.member_id]: str(row.state) for row in live if row.place_no}
        assert states == self.placed
        waiting = PostClaim.objects.waiting().filter(post=self.post)
        assert [keys[row.member_id] for row in waiting] == self.waiting
        assert not live.filter(pk__in=self.gone).exists()
        assert broken() == []

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


@pytest.mark.django_db
def test_life_of_a_post(make_post: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    Life.make_post, Life.people, Life.desk, Life.begins_at = staticmethod(make_post), neighbours(PEOPLE), desk, now
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
