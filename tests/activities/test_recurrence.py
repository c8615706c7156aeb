"""Repeats over ten years: no date twice, none left out."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcai.activities import recurrence
from guangcai.activities.enums import HolidayRule, Weekday
from guangcai.core.errors import RuleBroken
from guangcai.core.workdays import is_working_day

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))
spans = st.integers(min_value=0, max_value=366)
weekly = st.sets(st.sampled_from(Weekday.values), min_size=1).map(recurrence.weekly)
sparse = st.sets(st.sampled_from(Weekday.values), min_size=1, max_size=2).map(recurrence.weekly)
monthly = st.sets(st.integers(1, 28), min_size=1, max_size=4).map(recurrence.monthly)


def meet(rule: str, start: date, end: date, on_holiday: str = "keep", either: bool = False) -> list[recurrence.Meeting]:
    return recurrence.meetings(
        rule,
        starts_on=start,
        ends_on=end,
        on_holiday=HolidayRule(on_holiday),
        either=either,
        is_working_day=is_working_day,
    )


def test_every_thursday_of_2026() -> None:
    dates = meet("FREQ=WEEKLY;BYDAY=TH", date(2026, 1, 1), date(2026, 12, 31))
    assert len(dates) == 53  # Thursdays of 2026
    assert {meeting.on.weekday() for meeting in dates} == {3}


def test_theme_days_of_2026() -> None:
    dates = meet("FREQ=MONTHLY;BYMONTHDAY=5,15,25", date(2026, 1, 1), date(2026, 12, 31))
    assert len(dates) == 36
    assert sum(meeting.on.weekday() >= 5 for meeting in dates) == 12


def test_national_day_is_skipped_or_moved() -> None:
    rule, start, end = "FREQ=WEEKLY;BYDAY=TH", date(2026, 9, 24), date(2026, 10, 15)
    assert [m.on.day for m in meet(rule, start, end, "keep")] == [24, 1, 8, 15]
    assert [m.on.day for m in meet(rule, start, end, "skip")] == [24, 8, 15]
    # The 8th is a Thursday of the series itself, so the 1st moves to the 9th.
    assert [m.on.day for m in meet(rule, start, end, "shift")] == [24, 8, 9, 15]


def test_the_weekend_of_a_holiday_belongs_to_it() -> None:
    assert recurrence.in_holiday(date(2026, 10, 3), is_working_day)
    assert recurrence.in_holiday(date(2026, 2, 21), is_working_day)
    assert not recurrence.in_holiday(date(2026, 11, 21), is_working_day)


def test_saturday_or_sunday_are_alternatives_of_one_week() -> None:
    dates = meet("FREQ=WEEKLY;BYDAY=SA,SU", date(2026, 11, 16), date(2026, 11, 29), either=True)
    assert [(m.on.day, m.group) for m in dates] == [
        (21, "2026-W47"),
        (22, "2026-W47"),
        (28, "2026-W48"),
        (29, "2026-W48"),
    ]


def test_a_month_without_the_day_has_no_date() -> None:
    assert [m.on.month for m in meet("FREQ=MONTHLY;BYMONTHDAY=31", date(2026, 1, 1), date(2026, 6, 30))] == [1, 3, 5]


@settings(max_examples=150, deadline=None)
@given(rule=st.one_of(weekly, monthly), start=days, length=spans, on_holiday=st.sampled_from(HolidayRule.values))
def test_neither_doubled_nor_skipped(rule: str, start: date, length: int, on_holiday: str) -> None:
    end = start + timedelta(days=length)
    named = recurrence.rule_dates(rule, starts_on=start, ends_on=end)
    dates = meet(rule, start, end, on_holiday)
    assert len({meeting.on for meeting in dates}) == len(dates)
    assert len({meeting.rule_date for meeting in dates}) == len(dates)
    said = {meeting.rule_date for meeting in dates}
    if on_holiday == HolidayRule.SKIP:
        assert said == {day for day in named if not recurrence.in_holiday(day, is_working_day)}
    else:
        assert said == set(named)
    if on_holiday != HolidayRule.KEEP:
        assert not any(recurrence.in_holiday(meeting.on, is_working_day) for meeting in dates)


@settings(max_examples=80, deadline=None)
@given(rule=st.one_of(sparse, monthly), start=days, length=spans, more=st.integers(0, 90))
def test_a_longer_series_only_adds_dates(rule: str, start: date, length: int, more: int) -> None:
    end = start + timedelta(days=length)
    short = {m.rule_date: m.on for m in meet(rule, start, end, "shift")}
    longer = {m.rule_date: m.on for m in meet(rule, start, end + timedelta(days=more), "shift")}
    assert short.items() <= longer.items()


@settings(max_examples=60, deadline=None)
@given(start=days, length=st.integers(7, 366))
def test_either_gives_every_week_one_group(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    dates = meet("FREQ=WEEKLY;BYDAY=SA,SU", start, end, "shift", either=True)
    named = recurrence.rule_dates("FREQ=WEEKLY;BYDAY=SA,SU", starts_on=start, ends_on=end)
    weeks = {recurrence.week_of(day) for day in named}
    assert {meeting.group for meeting in dates} == weeks
    assert all(sum(m.group == week for m in dates) <= 2 for week in weeks)


@pytest.mark.parametrize(
    "rule", ["", "FREQ=SECONDLY", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;FREQ=DAILY", "nonsense"]
)
def test_other_rules_are_refused(rule: str) -> None:
    with pytest.raises(RuleBroken):
        recurrence.check_rule(rule)


def test_in_words() -> None:
    with translation.override("en"):
        assert recurrence.in_words("FREQ=WEEKLY;BYDAY=TH", either=False) == "Every Thursday"
        every_day = recurrence.weekly(["SU", "MO", "TU", "WE", "TH", "FR", "SA"])
        assert recurrence.in_words(every_day, either=False) == "Every day"
        assert recurrence.in_words("FREQ=WEEKLY;BYDAY=SA,SU", either=True) == "Every week on Saturday or Sunday"
        assert recurrence.in_words("FREQ=MONTHLY;BYMONTHDAY=5,15,25", either=False) == "On day 5, 15, 25 of each month"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=MONTHLY;BYDAY=1SA", "Every month: first Saturday"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=4SU", "Every 3 months: fourth Sunday"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "Every month: last Friday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "Every 2 weeks: Thursday"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5", "Every 2 months: day 5"),
        ("FREQ=DAILY", "FREQ=DAILY"),
        ("FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1"),
        ("FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYDAY=20MO"),
    ],
)
def test_every_rule_that_is_kept_has_words(rule: str, words: str) -> None:
    with translation.override("en"):
        assert recurrence.in_words(recurrence.check_rule(rule), either=False) == words


def test_a_year_at_most() -> None:
    with pytest.raises(RuleBroken):
        recurrence.check_span(starts_on=date(2026, 1, 1), ends_on=date(2027, 2, 1))
    with pytest.raises(RuleBroken):
        recurrence.check_span(starts_on=date(2026, 1, 2), ends_on=date(2026, 1, 1))
