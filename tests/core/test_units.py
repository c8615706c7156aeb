"""core.units: whole minutes in, hours out."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core.errors import RuleBroken
from guangcai.core.units import MOST_MINUTES, clock, hours, parse_minutes

READ = [
    ("1:30", 90),
    ("１：３０", 90),
    ("0:05", 5),
    ("1.5", 90),
    ("1.50", 90),
    (" 2 ", 120),
    ("0", 0),
    ("90分钟", 90),
    ("90 分", 90),
    ("45min", 45),
    ("2小时", 120),
    ("2.5 小时", 150),
    ("1小时30分", 90),
    ("1 小时 5 分钟", 65),
    ("3H", 180),
]
REFUSED = [
    ("一个半小时", "time_unreadable"),
    ("16.0001", "time_not_whole"),
    ("16.0001 h", "time_not_whole"),
    ("0.33", "time_not_whole"),
    ("1e9", "time_unreadable"),
    ("1000000000", "time_unreadable"),
    ("999999999", "time_too_long"),
    ("-1", "time_negative"),
    ("－1:30", "time_negative"),
    ("", "time_unreadable"),
    ("1:60", "time_unreadable"),
    ("1:30:00", "time_unreadable"),
    ("2天", "time_unreadable"),
    ("1.5.5", "time_unreadable"),
    ("٣", "time_unreadable"),
    ("NaN", "time_unreadable"),
]


@pytest.mark.parametrize(("text", "minutes"), READ)
def test_parse_minutes_reads_what_people_write(text, minutes):
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_parse_minutes_refuses_with_a_code(text, code):
    with pytest.raises(RuleBroken) as refusal:
        parse_minutes(text, field="minutes")
    assert (refusal.value.code, refusal.value.field) == (code, "minutes")


def test_parse_minutes_keeps_to_the_given_limit():
    assert parse_minutes("24", most=1440) == 1440
    with pytest.raises(RuleBroken):
        parse_minutes("24:01", most=1440)


@given(st.integers(min_value=0, max_value=MOST_MINUTES))
def test_clock_is_read_back_exactly(minutes):
    assert parse_minutes(clock(minutes)) == minutes
    assert parse_minutes(f"{minutes}分钟") == minutes


@given(st.integers(min_value=-MOST_MINUTES, max_value=MOST_MINUTES))
def test_hours_are_within_half_a_hundredth(minutes):
    assert abs(float(hours(minutes)) - minutes / 60) <= 0.005 + 1e-9


@given(st.text(max_size=30))
def test_any_text_gives_minutes_or_a_refusal(text):
    with contextlib.suppress(RuleBroken):
        assert 0 <= parse_minutes(text) <= MOST_MINUTES


def test_hours_shows_two_decimals():
    assert [hours(m) for m in (0, 150, 20, -20, 960)] == ["0.00", "2.50", "0.33", "-0.33", "16.00"]
