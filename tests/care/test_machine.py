"""Pairings against a small model, in any order people may act: never over the limit, ended stays ended, and the right
to see a household ends with the pairing."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guangcai.care import commands
from guangcai.care.enums import HouseholdEnd, PairingEnd, PairingKind
from guangcai.care.models import Household, Pairing
from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Policy
from tests.care.conftest import broken, seen

PEOPLE, HOMES, LIMIT = 3, 5, 2
who, where = st.integers(0, PEOPLE - 1), st.integers(0, HOMES - 1)


class Life(RuleBasedStateMachine):
    # Set by the test: how to make a household, the people with their actors, the desk, and when it all begins.
    make_household: Any
    people: list[tuple[Any, Actor]]
    desk: Actor
    begins_at: datetime

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.homes: list[Household] = [type(self).make_household() for _ in range(HOMES)]
        self.now = self.begins_at
        # Household -> (member, held); consent and life of each household.
        self.live: dict[int, tuple[int, bool]] = {}
        self.agreed, self.current = [True] * HOMES, [True] * HOMES
        self.gone: set[Any] = set()

    def refuses(self, call: Any) -> bool:
        self.now += timedelta(minutes=1)
        try:
            call()
        except DomainError:
            return True
        return False

    def row(self, h: int) -> Pairing | None:
        return Pairing.objects.live().filter(household=self.homes[h]).first()

    def drop(self, h: int) -> None:
        if h in self.live:
            row = self.row(h)
            assert row is not None
            self.gone.add(row.pk)
            del self.live[h]

    def may_take(self, n: int, h: int) -> bool:
        held = sum(member == n for member, _held in self.live.values())
        return self.current[h] and self.agreed[h] and held < LIMIT

    @rule(n=who, h=where)
    def offer(self, n: int, h: int) -> None:
        member, kind = self.people[n][0], PairingKind.CONTACT
        refused = self.refuses(
            lambda: commands.offer_pairing(
                household=self.homes[h], member=member, kind=kind, by=self.desk, now=self.now
            )
        )
        assert refused == (h in self.live or not self.may_take(n, h))
        if not refused:
            self.live[h] = (n, False)

    @rule(pairs=st.lists(st.tuples(who, where), min_size=1, max_size=4))
    def offer_batch(self, pairs: list[tuple[int, int]]) -> None:
        before, fits = dict(self.live), True
        for n, h in pairs:
            fits = fits and h not in self.live and self.may_take(n, h)
            self.live[h] = self.live.get(h, (n, False)) if not fits else (n, False)
        rows = [(self.homes[h], self.people[n][0]) for n, h in pairs]
        refused = self.refuses(lambda: commands.offer_pairings(pairs=rows, by=self.desk, now=self.now))
        assert refused == (not fits)
        if refused:
            self.live = before

    @rule(h=where, n=who)
    def take_up(self, h: int, n: int) -> None:
        row = self.row(h)
        if row is None:
            return
        own = self.live[h][0] == n
        refused = self.refuses(lambda: commands.take_up(pairing=row, by=self.people[n][1], now=self.now))
        assert refused == (not own)
        if own:
            self.live[h] = (n, True)

    @rule(h=where, n=who)
    def hand_over(self, h: int, n: int) -> None:
        row = self.row(h)
        if row is None:
            return
        refused = self.refuses(
            lambda: commands.hand_over(pairing=row, to_member=self.people[n][0], by=self.desk, now=self.now)
        )
        assert refused == (self.live[h][0] == n or not self.may_take(n, h))
        if not refused:
            self.gone.add(row.pk)
            self.live[h] = (n, False)

    @rule(h=where, by_desk=st.booleans())
    def end(self, h: int, by_desk: bool) -> None:
        row = self.row(h)
        if row is None:
            return
        by = self.desk if by_desk else self.people[self.live[h][0]][1]
        reason = PairingEnd.REFUSED if by_desk else PairingEnd.NO_TIME
        commands.end_pairing(pairing=row, reason=reason, note="", by=by, now=self.now)
        self.drop_ended(h, row)

    def drop_ended(self, h: int, row: Pairing) -> None:
        self.gone.add(row.pk)
        self.live.pop(h, None)

    @rule(h=where)
    def withdraw(self, h: int) -> None:
        self.drop(h)
        commands.withdraw_consent(household=self.homes[h], by=self.desk, now=self.now)
        self.agreed[h] = False

    @rule(h=where)
    def end_household(self, h: int) -> None:
        self.drop(h)
        commands.end_household(household=self.homes[h], reason=HouseholdEnd.MOVED, by=self.desk, now=self.now)
        self.current[h] = False

    @rule(h=where, n=who)
    def visit(self, h: int, n: int) -> None:
        draft = seen(visited_on=localdate(self.now))
        refused = self.refuses(
            lambda: commands.record_visit(household=self.homes[h], draft=draft, by=self.people[n][1], now=self.now)
        )
        assert refused == (self.live.get(h) != (n, True))

    @invariant()
    def it_holds(self) -> None:
        if not hasattr(self, "homes"):
            return
        rows = {row.household_id: row for row in Pairing.objects.live().select_related("member")}
        there = {h: rows[home.pk] for h, home in enumerate(self.homes) if home.pk in rows}
        said = {h: (self.people[n][0].pk, held) for h, (n, held) in self.live.items()}
        assert {h: (row.member_id, row.held_since is not None) for h, row in there.items()} == said
        for n, (_member, actor) in enumerate(self.people):
            seen_now = set(Household.objects.visible_to(actor).values_list("pk", flat=True))
            assert seen_now == {self.homes[h].pk for h, held in self.live.items() if held == (n, True)}
            assert sum(member == n for member, _held in self.live.values()) <= LIMIT
        assert not Pairing.objects.live().filter(pk__in=self.gone).exists()
        assert broken() == []

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


def test_pairings_live_as_the_model_says(make_household: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    Policy.objects.filter(key=PolicyKey.HOUSEHOLD_LIMIT).update(value={"households": LIMIT})
    Life.make_household, Life.people = staticmethod(make_household), neighbours(PEOPLE)
    Life.desk, Life.begins_at = desk, now
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
