"""core.workdays against the State Council's schedules and its own arithmetic."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core import workdays
from guangcai.core.workdays import SHANGHAI, add_working_days, is_working_day, working_days_between

KNOWN = [
    (date(2026, 1, 1), False),  # New Year
    (date(2026, 1, 2), False),  # shifted
    (date(2026, 1, 4), True),  # Sunday, worked
    (date(2026, 2, 14), True),  # Saturday, worked
    (date(2026, 2, 17), False),  # Spring Festival
    (date(2026, 2, 23), False),
    (date(2026, 2, 28), True),  # Saturday, worked
    (date(2026, 10, 1), False),
    (date(2026, 10, 10), True),  # Saturday, worked
    (date(2026, 11, 23), True),  # Monday
    (date(2026, 11, 22), False),  # Sunday
    (date(2025, 10, 11), True),
    (date(2024, 2, 9), True),  # New Year's Eve 2024 was a working day by the notice
    (date(2001, 12, 29), True),  # worked by the notice of the year after
    (date(2027, 10, 1), False),  # not announced, but the law names it
    (date(2027, 10, 9), False),  # not announced: weekday rule
    (date(2027, 10, 8), True),
]


@pytest.mark.parametrize(("day", "worked"), KNOWN)
def test_is_working_day(day, worked):
    assert is_working_day(day) is worked


def test_is_announced():
    assert [workdays.is_announced(year) for year in (2000, 2026, 2150)] == [False, True, False]


def test_an_override_wins():
    day = date(2026, 10, 1)
    assert is_working_day(day, {day: True}) is True
    assert is_working_day(date(2026, 11, 23), {date(2026, 11, 23): False}) is False


def test_add_working_days_over_the_national_holiday():
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert add_working_days(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert add_working_days(date(2026, 10, 1), 0) == date(2026, 10, 8)


days = st.dates(min_value=date(2005, 1, 1), max_value=date(2035, 12, 31))
overrides = st.dictionaries(days, st.booleans(), max_size=20)


@given(days, st.integers(min_value=1, max_value=60), overrides)
def test_adding_and_counting_agree(day, count, changed):
    later = add_working_days(day, count, changed)
    assert is_working_day(later, changed)
    assert working_days_between(day, later, changed) == count
    assert working_days_between(later, day, changed) == -count


@given(days, st.integers(min_value=0, max_value=200))
def test_counting_adds_up(day, length):
    middle, end = day + timedelta(days=length // 2), day + timedelta(days=length)
    assert working_days_between(day, end) == working_days_between(day, middle) + working_days_between(middle, end)


@given(st.integers(min_value=1000, max_value=9998))
def test_any_year_has_an_answer(year):
    assert is_working_day(date(year, 6, 15)) in (True, False)


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI), True),
        (datetime(2026, 11, 23, 8, 29, tzinfo=SHANGHAI), False),
        (datetime(2026, 11, 23, 17, 30, tzinfo=SHANGHAI), False),
        (datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI), False),
        (datetime(2026, 10, 10, 10, 0, tzinfo=SHANGHAI), True),
    ],
)
def test_is_working_time(at, inside):
    assert workdays.is_working_time(at) is inside


def test_is_working_time_with_other_hours():
    at = datetime(2026, 11, 23, 18, 0, tzinfo=SHANGHAI)
    assert workdays.is_working_time(at, opens=time(9), closes=time(19))


def test_working_minutes():
    monday = datetime(2026, 11, 23, 16, 30, tzinfo=SHANGHAI)
    assert workdays.working_minutes(monday, monday + timedelta(hours=2)) == 60
    assert workdays.working_minutes(monday + timedelta(hours=1), monday + timedelta(hours=5)) == 0
    assert workdays.working_minutes(monday, monday + timedelta(days=1)) == 60 + 8 * 60
    saturday = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
    assert workdays.working_minutes(saturday, saturday + timedelta(hours=6)) == 0
