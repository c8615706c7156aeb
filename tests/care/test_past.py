"""Visits that were due in days gone by: the rule by itself, then from the database to the statistic and the desk."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st

from guangcai.care import commands
from guangcai.care.enums import RiskTier
from guangcai.care.models import Household
from guangcai.care.queries.figures import count_linked
from guangcai.care.queries.past import past_of
from guangcai.care.rules import Span, Stretch, due_visits, next_visit_on, stretches, unbroken
from guangcai.orgs.policies import VisitRhythm
from tests.care.conftest import seen
from tests.cast import Cast

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
RHYTHM = VisitRhythm(high_days=7, key_days=30, general_days=90, alert_hours=24)


def on(number: int) -> date:
    return FIRST + number * DAY


def weekly(until: int | None = None) -> Stretch:
    return Stretch(FIRST, None if until is None else on(until), FIRST, RiskTier.HIGH, 7)


def told(rows: list[Stretch], visits: list[int], before: int) -> list[tuple[int, bool]]:
    found = due_visits(rows, visits=[on(each) for each in visits], before=on(before))
    return [((each.on - FIRST).days, each.is_made) for each in found]


def test_a_week_without_a_visit_lapses_and_a_late_one_is_made_for_the_next() -> None:
    assert told([weekly()], [], 22) == [(7, False), (14, False), (21, False)]
    assert told([weekly()], [7, 14, 21], 22) == [(7, True), (14, True), (21, True)]
    # Nine days late: the first lapsed, the second is made, the third runs from the visit.
    assert told([weekly()], [9], 24) == [(7, False), (14, True), (16, False), (23, False)]


def test_who_visits_every_day_has_no_more_due_visits() -> None:
    assert told([weekly()], list(range(1, 29)), 29) == [(7, True), (14, True), (21, True), (28, True)]
    assert told([weekly()], [0, 0, 0], 15) == [(7, False), (14, False)], "the visit of the first day answers nothing"


def test_a_stricter_tier_is_due_on_its_first_day_and_not_before() -> None:
    rows = stretches(
        held=[Span(FIRST, None, None)],
        tiers=[Span(FIRST, on(30), "general"), Span(on(30), None, "high")],
        rhythms=[Span(FIRST, None, RHYTHM)],
    )
    assert told(rows, [20], 38) == [(30, False), (37, False)]
    assert told(rows, [20, 30], 38) == [(30, True), (37, False)]
    loosened = stretches(
        held=[Span(FIRST, None, None)],
        tiers=[Span(FIRST, on(10), "high"), Span(on(10), None, "general")],
        rhythms=[Span(FIRST, None, RHYTHM)],
    )
    assert told(loosened, [7], 98) == [(7, True), (97, False)]


def test_nothing_is_due_while_nobody_looks_after_it_and_a_hand_over_is_no_gap() -> None:
    gap = [Span(FIRST, on(10), None), Span(on(50), None, None)]
    rows = stretches(held=gap, tiers=[Span(FIRST, None, "high")], rhythms=[Span(FIRST, None, RHYTHM)])
    assert told(rows, [7], 58) == [(7, True), (50, False), (57, False)]
    handed = [Span(FIRST, on(10), None), Span(on(10), None, None)]
    assert unbroken(handed) == [Span(FIRST, None, None)]
    rows = stretches(held=handed, tiers=[Span(FIRST, None, "high")], rhythms=[Span(FIRST, None, RHYTHM)])
    assert told(rows, [7], 15) == [(7, True), (14, False)]


def test_a_rule_written_anew_cuts_nothing() -> None:
    tiers = [Span(FIRST, None, "high")]
    again = [Span(FIRST, on(10), RHYTHM), Span(on(10), None, RHYTHM)]
    assert stretches(held=[Span(FIRST, None, None)], tiers=tiers, rhythms=again) == [weekly()]


days = st.integers(0, 200)
visits = st.lists(days, max_size=30).map(sorted)
tiers = st.lists(st.tuples(st.integers(1, 60), st.sampled_from(list(RiskTier))), min_size=1, max_size=5)
spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 60)), min_size=1, max_size=4)


@st.composite
def lives(draw: Any) -> list[Stretch]:
    """A household with any tiers one after another and any times with somebody."""
    begin, held = 0, []
    for gap, length in draw(spans):
        held.append(Span(on(begin + gap), on(begin + gap + length), None))
        begin += gap + length
    begin, lived = 0, []
    for length, tier in draw(tiers):
        lived.append(Span(on(begin), on(begin + length), tier.value))
        begin += length
    return stretches(held=held, tiers=lived, rhythms=[Span(FIRST, None, RHYTHM)])


@given(lives(), visits, days, days)
def test_what_later_days_bring_changes_none_of_the_earlier_ones(
    rows: list[Stretch], been: list[int], end: int, cut: int
) -> None:
    """So a period split in two adds up, and a figure once told stays."""
    whole = told(rows, been, end)
    early = told(rows, [day for day in been if day < cut], cut)
    assert [each for each in whole if each[0] < cut] == [each for each in early if each[0] < end]


@given(lives(), visits, days)
def test_each_day_at_most_once_in_order_and_only_within_its_time(
    rows: list[Stretch], been: list[int], end: int
) -> None:
    found = told(rows, been, end)
    when = [day for day, _made in found]
    assert when == sorted(set(when))
    assert all(any(row.since <= on(day) < (row.until or on(10_000)) for row in rows) for day in when)
    assert sum(made for _day, made in found) <= min(len(found), len(set(been)))


@given(visits, st.integers(1, 200))
def test_all_are_made_exactly_when_no_gap_is_longer_than_the_rhythm(been: list[int], end: int) -> None:
    marks = [0, *(day for day in been if day < end)]
    close = all(later - earlier <= 7 for earlier, later in pairwise(marks)) and marks[-1] + 7 >= end
    assert all(made for _day, made in told([weekly()], been, end)) == close


@given(visits, st.integers(1, 200))
def test_the_last_one_due_was_missed_exactly_when_the_list_of_that_day_says_late(been: list[int], today: int) -> None:
    past = [day for day in been if day < today]
    found = told([weekly()], past, today)
    last = on(past[-1]) if past else None
    next_on = next_visit_on(last_on=last, held_since=FIRST, tier_since=FIRST, days=7)
    assert (next_on < on(today)) == bool(found and not found[-1][1] and (last is None or last <= on(found[-1][0])))


# --- from the database ----------------------------------------------------------------------------------------------


@pytest.fixture
def watched(make_household: Any, cast: Cast, pair: Any, now: datetime) -> Household:
    """Of the highest tier, held for 30 days, visited after 7 and after 16; of the lowest since yesterday."""
    member, actor = cast.teacher_member, cast.actor("member")
    row: Household = make_household("甲-01", tier=RiskTier.HIGH, at=now - 40 * DAY)
    pair(row, member, actor, at=now - 30 * DAY)
    for days in (23, 14):
        draft = seen(visited_on=localdate(now) - days * DAY)
        commands.record_visit(household=row, draft=draft, by=actor, now=now)
    return row


def past(now: datetime, since: int, until: int) -> list[tuple[int, int]]:
    today = localdate(now)
    found = past_of(Household.objects.all(), since=today - since * DAY, until=today - until * DAY, now=now)
    return [(home.total, home.made) for home in found]


@pytest.mark.django_db
def test_a_period_split_in_two_adds_up(watched: Household, now: datetime) -> None:
    # Due 23 days ago (made), 16 (missed), 9 (made by the late visit of 14), 7 (missed); today is not over.
    assert past(now, 40, 0) == [(4, 2)]
    assert [past(now, 40, 16), past(now, 15, 0)] == [[(2, 1)], [(2, 1)]]
    assert past(now, 6, 0) == []


@pytest.mark.django_db
def test_the_tier_of_the_day_counts_not_that_of_today(watched: Household, cast: Any, desk: Any, now: datetime) -> None:
    commands.set_tier(household=watched, tier=RiskTier.GENERAL, why="", by=desk, now=now - DAY)
    today = localdate(now)
    rows = count_linked(None, paths=["/"], by=("tier",), on=today, since=today - 40 * DAY, now=now)
    found = {row.values["tier"]: (row.households, row.due, row.made) for row in rows}
    assert found == {RiskTier.HIGH.label: (0, 4, 2), RiskTier.GENERAL.label: (1, 0, 0)}
    overseer = cast.actor("overseer")
    told = count_linked(overseer, paths=[cast.street.path], by=("tier",), on=today, since=today - 40 * DAY, now=now)
    assert {(row.due, row.made) for row in told} == {(0, 0)}, "fewer than five are not told"


@pytest.mark.django_db
def test_as_many_questions_for_three_households_as_for_one(
    watched: Household, make_household: Any, neighbours: Any, pair: Any, now: datetime, queries: Any
) -> None:
    counts, helpers = [], neighbours(3)
    for more in (0, 2):
        for member, actor in helpers[:more]:
            row = make_household(tier=RiskTier.HIGH, at=now - 40 * DAY)
            pair(row, member, actor, at=now - 30 * DAY)
        with queries() as asked:
            assert len(past(now, 40, 0)) == more + 1
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_the_desk_comes_from_the_figure_to_the_households(watched: Household, cast: Any, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        desk, overseer = Client(), Client()
        desk.force_login(cast.users["desk"])
        overseer.force_login(cast.users["overseer"])
        page = desk.get(reverse("reports:statistic", args=["households"]), {"by": ["tier"]})
        (row,) = page.context["shown"].rows
        assert row.numbers[:4] == (1, 2, 4, 2)
        behind = desk.get(row.urls[2])
        assert [(each.label, each.total, each.made) for each in behind.context["listing"].page] == [("甲-01", 4, 2)]
        assert "tier=high" in row.urls[2]
        address = reverse("care:due")
        assert desk.get(address, {"tier": "general"}).context["listing"].total == 0
        assert desk.get(address, {"since": "2026-12-01", "until": "2026-11-01"}).status_code == 422
        assert desk.get(address, {"since": "never"}).status_code == 422
        (told,) = (
            overseer.get(reverse("reports:statistic", args=["households"]), {"by": ["tier"]}).context["shown"].rows
        )
        assert (told.numbers[:4], set(told.urls)) == ((0, 0, 0, 0), {""})
        assert overseer.get(address).status_code == 404
