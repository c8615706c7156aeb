"""A cell as the text that a person sees in it."""

from datetime import date, datetime, time, timedelta
from typing import Any

# Above this a float no longer holds every digit: shown as Excel shows it, so that an importer can refuse it.
_EXACT = 10**15
_MINUTE, _HOUR = 60, 3600
_ANY_DAY = date(1900, 1, 1)


def row_text(row: list[Any]) -> list[str]:
    """Every cell of a row as text; 13800138000.0 -> "13800138000", dates in ISO form."""
    return [value if type(value) is str else _text(value) for value in row]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, time):
        return _moment(datetime.combine(_ANY_DAY, value)).removeprefix(f"{_ANY_DAY} ")
    if isinstance(value, timedelta):
        return _duration(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: datetime) -> str:
    """To the nearest second: a spreadsheet keeps 8:30 as a fraction of a day."""
    exact = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    if exact.time() == time() and value.date() != _ANY_DAY:
        return exact.date().isoformat()
    return exact.isoformat(sep=" ", timespec="seconds" if exact.second else "minutes")


def _number(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.5E}"
    return str(int(value)) if value.is_integer() else f"{value:.15g}"


def _duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    hours, rest = divmod(abs(seconds), _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours}:{minutes:02d}" + (f":{rest:02d}" if rest else "")
