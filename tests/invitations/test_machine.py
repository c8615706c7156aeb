"""Invitations to posts against a small model: nobody is assigned without a yes, each is asked once and answers once,
and never more people stand on a post than it has places."""

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
from guangcai.core.models import Outbox
from guangcai.invitations import commands
from guangcai.invitations.commands.invitations import Ask
from guangcai.invitations.enums import Answer, Subject
from guangcai.invitations.models import Invitation
from guangcai.invitations.notices import INVITED
from guangcai.invitations.queries.mine import answers_to, own_invitations
from guangcai.posts import commands as posts
from guangcai.posts.enums import PostEnd
from guangcai.posts.models import Post, PostClaim

PEOPLE = 4
who = st.integers(0, PEOPLE - 1)


class Life(RuleBasedStateMachine):
    # Set by the test: how to make a post, the people with their actors, the desk, and when it all begins.
    make_post: Any
    people: list[tuple[Any, Actor]]
    desk: Actor
    begins_at: datetime

    @initialize(places=st.integers(1, 2))
    def begin(self, places: int) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.post: Post = type(self).make_post(places=places)
        self.now, self.places = self.begins_at, places
        self.asked: set[int] = set()
        self.declined: dict[int, datetime] = {}
        self.claimed: set[int] = set()
        self.over = False

    def refuses(self, call: Any) -> bool:
        self.now += timedelta(minutes=1)
        try:
            call()
        except DomainError:
            return True
        return False

    @rule(chosen=st.sets(who))
    def invite(self, chosen: set[int]) -> None:
        self.post.refresh_from_db()
        asks = [Ask(member=self.people[n][0], post=self.post, why="同楼") for n in sorted(chosen)]
        refused = self.refuses(lambda: commands.invite(asks=asks, by=self.desk, now=self.now))
        assert refused == (self.over or not chosen)
        if not refused:
            self.asked |= chosen

    @rule(n=who, by=who)
    def decline(self, n: int, by: int) -> None:
        row = Invitation.objects.filter(post=self.post, member=self.people[n][0]).first()
        if row is None:
            return
        assert self.refuses(lambda: commands.decline(invitation=row, by=self.people[by][1], now=self.now)) == (n != by)
        if n == by:
            self.declined.setdefault(n, self.now)

    @rule(n=who)
    def say_yes(self, n: int) -> None:
        """A yes is a claim like any other, invited or not."""
        member, actor = self.people[n]
        refused = self.refuses(lambda: posts.claim_post(post=self.post, member=member, by=actor, now=self.now))
        assert refused == (self.over or n in self.claimed)
        if not refused:
            self.claimed.add(n)

    @rule(n=who)
    def give_up(self, n: int) -> None:
        row = PostClaim.objects.live().filter(post=self.post, member=self.people[n][0]).first()
        if row is not None:
            posts.end_claim(claim=row, reason=EndReason.OWN_WISH, note="", by=self.people[n][1], now=self.now)
            self.claimed.discard(n)

    @rule()
    def propose(self) -> None:
        """A round that is reviewed and sent asks as well, and never twice."""
        self.now += timedelta(minutes=1)
        try:
            (round_,) = commands.propose_rounds(
                node=self.post.community, subject=Subject.POSTS, by=self.desk, now=self.now
            )
        except DomainError:
            return
        keys = {member.pk: n for n, (member, _actor) in enumerate(self.people)}
        pairs = [one for one in round_.proposals.all() if one.member_id]
        found = {keys[one.member_id] for one in pairs if one.member_id in keys}
        assert not found & (self.asked | self.claimed), "who was asked or has claimed is not proposed"
        assert len(pairs) <= max(0, self.places - len(self.claimed))

    @rule()
    def end_post(self) -> None:
        posts.end_post(post=self.post, reason=PostEnd.DONE, note="", by=self.desk, now=self.now)
        self.over, self.claimed = True, set()

    @invariant()
    def nobody_is_assigned(self) -> None:
        live = PostClaim.objects.live().filter(post=self.post)
        keys = {member.pk: n for n, (member, _actor) in enumerate(self.people)}
        assert {keys[row.member_id] for row in live} == self.claimed
        assert sum(row.place_no is not None for row in live) <= self.places

    @invariant()
    def each_is_asked_once_and_answers_once(self) -> None:
        rows = Invitation.objects.filter(post=self.post)
        keys = {member.pk: n for n, (member, _actor) in enumerate(self.people)}
        assert sorted(keys[row.member_id] for row in rows) == sorted(self.asked)
        assert {keys[row.member_id]: row.declined_at for row in rows if row.declined_at} == self.declined
        assert Outbox.objects.filter(template=INVITED).count() == len(self.asked)

    @invariant()
    def what_waits_is_what_was_not_answered(self) -> None:
        for n, (_member, actor) in enumerate(self.people):
            waits = n in self.asked and n not in self.declined and n not in self.claimed and not self.over
            assert bool(own_invitations(actor, now=self.now)) == waits
        told = {
            one.invitation.member_id: one.answer
            for one in answers_to(Subject.POSTS, self.post.pk, actor=self.desk, now=self.now)
        }
        for n in self.claimed & self.asked:
            assert told[self.people[n][0].pk] == Answer.TAKEN

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


@pytest.mark.django_db
def test_life_of_invitations(make_post: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    Life.make_post, Life.people, Life.desk, Life.begins_at = staticmethod(make_post), neighbours(PEOPLE), desk, now
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
