"""Times of the week in plain words: "Monday, Tuesday 09:00–11:30"."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.places.enums import Weekday

HOUR = 60


class Weekly(Protocol):
    @property
    def weekday(self) -> int: ...
    @property
    def begins(self) -> int: ...
    @property
    def ends(self) -> int: ...


def clock_words(minute: int) -> str:
    """Minutes since midnight as a clock shows them; the end of the day is 24:00."""
    return f"{minute // HOUR:02d}:{minute % HOUR:02d}"


def span_words(begins: int, ends: int) -> str:
    return f"{clock_words(begins)}–{clock_words(ends)}"


def slot_lines(slots: Iterable[Weekly]) -> list[str]:
    """One line for each time of day, with the days it holds on; five working days in one word."""
    days: dict[tuple[int, int], list[int]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.weekday, slot.begins)):
        days.setdefault((slot.begins, slot.ends), []).append(slot.weekday)
    return [f"{_day_words(weekdays)} {span_words(*times)}" for times, weekdays in days.items()]


def slot_words(slots: Iterable[Weekly]) -> str:
    return pgettext("slots", "; ").join(slot_lines(slots))


def _day_words(weekdays: list[int]) -> str:
    if weekdays == list(range(1, 8)):
        return _("Every day")
    if weekdays == list(range(1, 6)):
        return _("Monday to Friday")
    if weekdays == [6, 7]:
        return _("Weekends")
    return _(", ").join(str(Weekday(day).label) for day in weekdays)
