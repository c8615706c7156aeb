"""The on-site code over time: valid from its step until 60 seconds after, never before, never for another shift."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from guangcai.activities import codes

SHIFT = UUID("01890000-0000-7000-8000-000000000001")
OTHER = UUID("01890000-0000-7000-8000-000000000002")
KEY = bytes(range(32))
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
moments = st.integers(1_767_225_600, 2_082_758_400).map(lambda seconds: datetime.fromtimestamp(seconds, tz=UTC))


def read(code: str, at: datetime, shift: UUID = SHIFT, key: bytes = KEY) -> codes.Reading | None:
    return codes.read(code, shift_id=shift, key=key, now=at)


@settings(max_examples=300, deadline=None)
@given(at=moments, after=st.integers(-120, 300))
def test_valid_for_its_step_and_the_next(at: datetime, after: int) -> None:
    shown = codes.shown_at(shift_id=SHIFT, key=KEY, now=at)
    later = at + timedelta(seconds=after)
    steps = codes.step_of(later) - codes.step_of(at)
    reading = read(shown.text, later)
    if steps < 0:
        assert reading is None  # a code of the future was never shown
    else:
        assert reading is not None
        assert reading.is_current == (steps < 2)
        assert reading.shown_at is not None
        assert timedelta(0) <= at - reading.shown_at < timedelta(seconds=30)
        if reading.is_current:
            assert later - reading.shown_at < timedelta(seconds=60)
    assert (read(shown.digits, later) is not None) >= (steps in (0, 1))


def test_digits_are_read_only_while_shown() -> None:
    shown = codes.shown_at(shift_id=SHIFT, key=KEY, now=START)
    assert len(shown.digits) == 6
    assert read(shown.digits, START + timedelta(seconds=59)) is not None
    assert read(shown.digits, START + timedelta(seconds=61)) is None
    assert read(f" {shown.digits} ", START) is not None


def test_a_thousand_old_codes_are_none_of_them_current() -> None:
    old = [
        codes.shown_at(shift_id=SHIFT, key=KEY, now=START - timedelta(seconds=60 + 30 * n)).text for n in range(1000)
    ]
    readings = [read(code, START) for code in old]
    assert not any(reading.is_current for reading in readings if reading)
    assert len(set(old)) == 1000


@settings(max_examples=100, deadline=None)
@given(at=moments)
def test_of_this_shift_and_key_only(at: datetime) -> None:
    text = codes.shown_at(shift_id=SHIFT, key=KEY, now=at).text
    assert read(text, at, shift=OTHER) is None
    assert read(text, at, key=codes.new_key()) is None
    assert read(codes.printed(shift_id=SHIFT, key=KEY), at, shift=OTHER) is None


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40))
@example("0-\x80")
@example("p-\u017f")
def test_rubbish_is_no_code(text: str) -> None:
    reading = read(text, START)
    assert reading is None or text.strip().isdigit()


def test_printed_code_is_marked() -> None:
    reading = read(codes.printed(shift_id=SHIFT, key=KEY), START)
    assert reading == codes.Reading(shown_at=None, is_current=True, is_printed=True)


def test_seconds_left() -> None:
    assert codes.shown_at(shift_id=SHIFT, key=KEY, now=START).seconds_left == 30
    assert codes.shown_at(shift_id=SHIFT, key=KEY, now=START + timedelta(seconds=29)).seconds_left == 1
