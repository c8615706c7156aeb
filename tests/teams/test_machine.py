"""A team against a small model, in any order people may act: nobody is in without his yes, never two leaders, ended
stays ended, and what a role allows ends with the role."""

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
from guangcai.teams import checks, commands
from guangcai.teams.enums import LeaderRole, TeamEnd, TeamVerb
from guangcai.teams.models import Team, TeamLeader, TeamMembership
from guangcai.teams.queries import rights

PEOPLE = 4
who = st.integers(0, PEOPLE - 1)
ALL = [
    checks.__dict__[name] for name in dir(checks) if getattr(checks.__dict__[name], "__module__", "") == checks.__name__
]


class Life(RuleBasedStateMachine):
    # Set by the test: how to make a team, the people with their actors, the desk, and when it all begins.
    make_team: Any
    people: list[tuple[Any, Actor]]
    desk: Actor
    begins_at: datetime

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.team: Team = type(self).make_team()
        self.now = self.begins_at
        # Person -> offered, confirmed (invited) or held; person -> role.
        self.places: dict[int, str] = {}
        self.roles: dict[int, LeaderRole] = {}
        self.declined: set[int] = set()
        self.said_yes: set[int] = set()
        self.over = False
        self.gone: set[Any] = set()

    def refuses(self, call: Any) -> bool:
        self.now += timedelta(minutes=1)
        try:
            call()
        except DomainError:
            return True
        return False

    def row(self, n: int) -> TeamMembership | None:
        return TeamMembership.objects.live().filter(team=self.team, member=self.people[n][0]).first()

    @rule(n=who)
    def ask(self, n: int) -> None:
        member, actor = self.people[n]
        refused = self.refuses(lambda: commands.ask_to_join(team=self.team, member=member, by=actor, now=self.now))
        assert refused == self.over
        if not refused:
            self.said_yes.add(n)
            self.places[n] = {None: "offered", "confirmed": "held"}.get(self.places.get(n), self.places.get(n) or "")

    @rule(n=who)
    def invite(self, n: int) -> None:
        member = self.people[n][0]
        call = lambda: commands.invite_members(team=self.team, members=[member], by=self.desk, now=self.now)  # noqa: E731
        assert self.refuses(call) == self.over
        if self.over:
            return
        if self.places.get(n) == "offered":
            self.places[n] = "held"
        elif n not in self.places and n not in self.declined:
            self.places[n] = "confirmed"

    @rule(n=who, by=st.one_of(st.none(), who))
    def confirm(self, n: int, by: int | None) -> None:
        """By the desk, or by one of the people: then only by the leader, and never his own."""
        if (row := self.row(n)) is None:
            return
        actor = self.desk if by is None else self.people[by][1]
        refused = self.refuses(lambda: commands.confirm_joining(membership=row, by=actor, now=self.now))
        assert refused == (by is not None and (by == n or self.roles.get(by) != LeaderRole.LEADER))
        if not refused and self.places[n] == "offered":
            self.places[n] = "held"

    @rule(n=who)
    def accept(self, n: int) -> None:
        if (row := self.row(n)) is None:
            return
        refused = self.refuses(lambda: commands.accept_invitation(membership=row, by=self.people[n][1], now=self.now))
        assert refused == (self.places[n] == "offered")
        if not refused:
            self.said_yes.add(n)
            self.places[n] = "held"

    @rule(n=who, by_desk=st.booleans())
    def end(self, n: int, by_desk: bool) -> None:
        if (row := self.row(n)) is None:
            return
        by = self.desk if by_desk else self.people[n][1]
        commands.end_membership(membership=row, reason=EndReason.MOVED, note="", by=by, now=self.now)
        if self.places.pop(n) == "confirmed":
            self.declined.add(n)
        self.roles.pop(n, None)
        self.said_yes.discard(n)
        self.gone.add(row.pk)

    @rule(n=who, role=st.sampled_from(list(LeaderRole)))
    def appoint(self, n: int, role: LeaderRole) -> None:
        refused = self.refuses(
            lambda: commands.appoint_leader(
                team=self.team, member=self.people[n][0], role=role, by=self.desk, now=self.now
            )
        )
        has_leader = LeaderRole.LEADER in self.roles.values()
        same = self.roles.get(n) == role
        free = self.places.get(n) == "held" and n not in self.roles and not (role == LeaderRole.LEADER and has_leader)
        assert refused == (self.over or not (same or free))
        if not refused:
            self.roles[n] = role

    @rule(n=who, own=st.booleans())
    def end_role(self, n: int, own: bool) -> None:
        if n not in self.roles:
            return
        role = TeamLeader.objects.open().get(team=self.team, member=self.people[n][0])
        commands.end_leadership(leader=role, by=self.people[n][1] if own else self.desk, now=self.now)
        del self.roles[n]

    @rule()
    def end_team(self) -> None:
        commands.end_team(team=self.team, reason=TeamEnd.DONE, note="", by=self.desk, now=self.now)
        self.gone |= set(TeamMembership.objects.filter(team=self.team).values_list("pk", flat=True))
        self.over, self.places, self.roles = True, {}, {}

    @invariant()
    def rows_say_what_the_model_says(self) -> None:
        keys = {member.pk: n for n, (member, _actor) in enumerate(self.people)}
        live = TeamMembership.objects.live().filter(team=self.team)
        assert {keys[row.member_id]: str(row.state) for row in live} == self.places
        roles = TeamLeader.objects.open().filter(team=self.team)
        assert {keys[row.member_id]: row.role for row in roles} == self.roles
        assert sum(role == LeaderRole.LEADER for role in self.roles.values()) <= 1
        assert not live.filter(pk__in=self.gone).exists()
        held = {n for n, state in self.places.items() if state == "held"}
        assert held <= self.said_yes, "nobody is put into a team"

    @invariant()
    def rights_end_with_the_role(self) -> None:
        team = Team.objects.select_related("node").get(pk=self.team.pk)
        for n, (_member, actor) in enumerate(self.people):
            role = self.roles.get(n)
            assert rights.may(team, actor, TeamVerb.CONFIRM) == (role == LeaderRole.LEADER)
            assert rights.may(team, actor, TeamVerb.WRITE_LOG) == (role is not None)

    @invariant()
    def every_check_holds(self) -> None:
        assert [line for check in ALL for line in check()] == []

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


@pytest.mark.django_db
def test_life_of_a_team(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    assert ALL
    Life.make_team, Life.people, Life.desk, Life.begins_at = staticmethod(make_team), neighbours(PEOPLE), desk, now
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
