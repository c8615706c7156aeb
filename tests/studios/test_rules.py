"""The order of the line, the planned and the held, slots: pure rules under many inputs."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core.errors import Conflict, RuleBroken
from guangcai.studios import rules
from guangcai.studios.enums import TicketState

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
minutes = st.integers(-120, 120)


@st.composite
def lines(draw: st.DrawFn) -> list[rules.Waiting]:
    slots = draw(st.lists(st.none() | minutes, max_size=12))
    return [
        rules.Waiting(UUID(int=at), at, None if slot is None else NOW + slot * MINUTE)
        for at, slot in enumerate(slots, 1)
    ]


@given(lines(), st.randoms())
def test_the_line_has_one_order(line: list[rules.Waiting], random: object) -> None:
    order = rules.call_order(line, now=NOW)
    mixed = list(line)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert rules.call_order(mixed, now=NOW) == order
    assert sorted(one.number for one in order) == [one.number for one in line]
    for one, after in pairwise(order):
        both_walk_in = one.slot_at is None and after.slot_at is None
        assert not both_walk_in or one.number < after.number
        assert not (after.slot_at is not None and after.slot_at <= NOW and one.slot_at is None)
        assert rules.is_ready(one, now=NOW) or not rules.is_ready(after, now=NOW)


@given(lines())
def test_whoever_is_called_is_ready_and_everybody_gets_his_turn(line: list[rules.Waiting]) -> None:
    called, left, at = [], list(line), NOW
    while left:
        try:
            one = rules.next_in_line(left, now=at)
        except RuleBroken:
            assert not any(rules.is_ready(one, now=at) for one in left)
            at += 10 * MINUTE
            continue
        assert rules.is_ready(one, now=at)
        assert rules.ahead_of(one.id, left, now=at) == 0
        called.append(one.number)
        left.remove(one)
    assert sorted(called) == [one.number for one in line]
    with pytest.raises(RuleBroken):
        rules.next_in_line([], now=NOW)


@given(st.lists(st.tuples(st.sampled_from(["", "w1", "w2", "w3"]), st.booleans())))
def test_a_week_of_alternatives_counts_once(weeks: list[tuple[str, bool]]) -> None:
    openings = [rules.Opening(group, held) for group, held in weeks]
    said = rules.held_of(openings)
    groups = {group for group, _held in weeks if group}
    assert said.planned == sum(not group for group, _held in weeks) + len(groups)
    assert 0 <= said.held <= said.planned
    assert said.held == sum(held for group, held in weeks if not group) + len({g for g, held in weeks if g and held})
    firsts = rules.first_of_each_week([(at, one.group) for at, one in enumerate(openings)])
    assert len(firsts) == said.planned


@given(st.integers(1, 6), st.integers(5, 120), st.integers(5, 300))
def test_slots_lie_within_the_session(seats: int, slot: int, length: int) -> None:
    session = rules.Session(NOW, NOW + length * MINUTE, seats)
    slots = rules.slots_of(session, minutes=slot)
    assert all(at >= NOW and at + slot * MINUTE <= session.ends_at for at in slots)
    assert len(slots) == length // slot
    assert rules.slots_of(session, minutes=0) == []
    before = NOW - MINUTE
    assert rules.free_slots(session, minutes=slot, taken=[], now=before) == slots
    full = slots[:1] * rules.seats_for_appointments(seats)
    assert rules.free_slots(session, minutes=slot, taken=full, now=before) == slots[1:]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(1, 20))
def test_seats_are_shared_out_evenly(before: list[int], rounds: int) -> None:
    day = date(2026, 11, 20)
    sitters = [rules.Sitter(UUID(int=at), day, None, count) for at, count in enumerate(before)]
    given_out: dict[UUID, int] = {}
    for _round in range(rounds):
        first = rules.sitters_for(day, sitters, chosen=given_out)[0]
        given_out[first] = given_out.get(first, 0) + 1
    after = [one.sittings + given_out.get(one.id, 0) for one in sitters]
    got = [count for count, one in zip(after, sitters, strict=True) if one.id in given_out]
    assert max(got) - min(after) <= 1


def test_a_term_says_when_somebody_sits() -> None:
    day = date(2026, 11, 20)
    ended = rules.Sitter(UUID(int=1), day - timedelta(days=9), day - timedelta(days=1), 0)
    to_come = rules.Sitter(UUID(int=2), day + timedelta(days=1), None, 0)
    there = rules.Sitter(UUID(int=3), day, day, 9)
    assert rules.sitters_for(day, [ended, to_come, there], chosen={}) == [there.id]
    with pytest.raises(RuleBroken):
        rules.check_term(day, today=day + timedelta(days=1))


@pytest.mark.parametrize("old", TicketState)
@pytest.mark.parametrize("new", TicketState)
def test_the_life_of_a_number(old: TicketState, new: TicketState) -> None:
    allowed = {
        ("waiting", "called"), ("waiting", "left"), ("called", "received"), ("called", "missed"), ("called", "left"),
        ("missed", "called"),
    }  # fmt: skip
    if (old, new) in allowed:
        rules.check_move(old, new)
    else:
        with pytest.raises(Conflict):
            rules.check_move(old, new)
