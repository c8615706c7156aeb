"""The pure rules of zones: terms, numbers, shares, states."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core.errors import RuleBroken
from guangcai.zones import rules
from guangcai.zones.enums import Coverage
from guangcai.zones.rules import Standing

HELD = Standing(is_confirmed=True, is_held=True)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(8_000, 30_000, "26.7%"), (0, 5, "0.0%"), (5, 5, "100.0%"), (1, 3, "33.3%"), (1, 2000, "0.1%"), (0, 0, "")],
)
def test_a_share_has_one_decimal(part: int, whole: int, words: str) -> None:
    assert rules.share(part, whole) == words


@pytest.mark.parametrize(
    ("starts_on", "months", "until"),
    [
        (date(2026, 11, 22), 12, date(2027, 11, 21)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2028, 2, 29), 12, date(2029, 2, 27)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
    ],
)
def test_a_term_is_whole_months(starts_on: date, months: int, until: date) -> None:
    assert rules.term(starts_on, months=months, remind_days=30).until == until


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 60), st.integers(0, 400))
def test_a_term_goes_forward(starts_on: date, months: int, remind_days: int) -> None:
    drawn = rules.term(starts_on, months=months, remind_days=remind_days)
    assert starts_on <= drawn.remind_on <= drawn.until
    assert (drawn.until - starts_on).days >= months * 28 - 4


def test_what_has_to_be_seen_to_first_is_the_state() -> None:
    renewal = Standing(is_confirmed=False, is_held=False)
    due, away = (
        Standing(is_confirmed=True, is_held=True, is_due=True),
        Standing(True, True, is_away=True, is_due=True),
    )
    assert rules.coverage_of([]) == Coverage.NOBODY
    assert rules.coverage_of([renewal]) == Coverage.OFFERED
    assert rules.coverage_of([Standing(is_confirmed=True, is_held=False)]) == Coverage.TO_SIGN
    assert rules.coverage_of([HELD, renewal]) == Coverage.HELD
    assert rules.coverage_of([due]) == Coverage.DUE
    assert rules.coverage_of([away]) == Coverage.AWAY


def test_a_name_is_typed_as_it_stands() -> None:
    rules.check_signature(" 林晓岚 ", name="林晓岚")
    for wrong in ("", "林晓", "林晓岚岚"):
        with pytest.raises(RuleBroken):
            rules.check_signature(wrong, name="林晓岚")
