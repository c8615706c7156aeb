"""Quarters, what a member owes, and whether he met it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.appraisal.enums import Verdict
from guangcai.appraisal.rules import (
    Owed,
    Quarter,
    Span,
    check_can_object,
    check_quarter_over,
    check_remark,
    owed,
    verdict,
)
from guangcai.core.errors import RuleBroken
from guangcai.orgs.policies import AnnualDuty

DUTY = AnnualDuty(minutes=960, deeds=12)
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@given(DAYS)
def test_every_day_lies_in_exactly_one_quarter(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.starts_on <= day <= quarter.ends_on
    assert Quarter.parse(str(quarter)) == quarter
    assert quarter.next.starts_on == quarter.ends_on + timedelta(days=1)
    assert quarter.next.previous == quarter


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "Q3 2026", "26Q1", "2026-3"])
def test_quarter_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken):
        Quarter.parse(text)


def test_quarter_closes_on_the_day_after_its_last() -> None:
    quarter = Quarter(2026, 3)
    check_quarter_over(quarter, today=date(2026, 10, 1))
    with pytest.raises(RuleBroken):
        check_quarter_over(quarter, today=date(2026, 9, 30))


def test_whole_year_owes_the_whole_duty() -> None:
    assert owed(DUTY, year=2026, bound=[Span(date(2020, 1, 1))]) == Owed(960, 12, 365)


def test_joined_in_july_owes_the_share_of_the_days() -> None:
    assert owed(DUTY, year=2026, bound=[Span(date(2026, 7, 2))]) == Owed(960 * 183 // 365, 12 * 183 // 365, 183)


def test_moving_within_the_year_loses_no_day() -> None:
    parts = [Span(date(2020, 1, 1), date(2026, 5, 1)), Span(date(2026, 5, 1))]
    assert owed(DUTY, year=2026, bound=parts).days == 365


@given(st.lists(st.tuples(DAYS, DAYS), max_size=4), st.lists(st.tuples(DAYS, DAYS), max_size=3))
def test_nobody_owes_more_than_the_duty_or_less_than_nothing(
    bound: list[tuple[date, date]], exempt: list[tuple[date, date]]
) -> None:
    due = owed(
        DUTY,
        year=2025,
        bound=[Span(min(pair), max(pair)) for pair in bound],
        exempt=[Span(min(pair), max(pair)) for pair in exempt],
    )
    assert 0 <= due.minutes <= 960
    assert 0 <= due.deeds <= 12
    assert 0 <= due.days <= 365


@pytest.mark.parametrize(
    ("minutes", "deeds", "elsewhere", "expected"),
    [
        (960, 12, (0, 0), Verdict.MET),
        (959, 12, (0, 0), Verdict.NOT_MET),  # 15.98 hours
        (960, 11, (0, 0), Verdict.NOT_MET),
        (959, 12, (1, 0), Verdict.MET_ELSEWHERE),
        (0, 0, (960, 12), Verdict.MET_ELSEWHERE),
        (0, 0, (0, 0), Verdict.NOT_MET),
    ],
)
def test_verdict_needs_both_counters(minutes: int, deeds: int, elsewhere: tuple[int, int], expected: Verdict) -> None:
    due = Owed(960, 12, 365)
    found = verdict(
        minutes=minutes, deeds=deeds, owed=due, elsewhere_minutes=elsewhere[0], elsewhere_deeds=elsewhere[1]
    )
    assert found == expected


def test_nothing_owed_is_exempt_whatever_was_done() -> None:
    assert verdict(minutes=2000, deeds=20, owed=Owed(0, 0, 0)) == Verdict.EXEMPT


def test_remark_is_one_line() -> None:
    assert check_remark("  helped \n twice ") == "helped twice"
    with pytest.raises(RuleBroken):
        check_remark("x" * 201)


NOON = datetime(2026, 12, 20, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("approved", "objected", "code"), [(None, False, "not_approved"), (NOON, True, "objected")])
def test_objecting_has_its_time(approved: datetime | None, objected: bool, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_can_object(approved_at=approved, has_objected=objected)
    assert refused.value.code == code


def test_objecting_after_approval_is_fine() -> None:
    check_can_object(approved_at=NOON, has_objected=False)
