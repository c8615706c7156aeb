"""Working days in China: weekends that are worked, holidays on weekdays, and what an office sets itself.

The functions take `overrides`, a mapping date -> is it worked, which the caller reads once from orgs (WorkdayOverride)
per request. A year whose schedule the State Council has not announced follows the weekday rule, less the holidays
that the law names: ask is_announced(year) and say so on screen.
Source: 全国年节及纪念日放假办法, yearly notices of the State Council as kept by the package holidays.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from holidays.countries.china import China

Overrides = Mapping[date, bool]
NO_OVERRIDES: Overrides = MappingProxyType({})
SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = 5
DAY = timedelta(days=1)
OFFICE_OPENS, OFFICE_CLOSES = time(8, 30), time(17, 30)


@cache
def is_announced(year: int) -> bool:
    """Whether the year's schedule is known: every announced one since 2001 has weekends that are worked."""
    return any(day.year == year for day in China(years=year, expand=False).weekend_workdays)


def is_working_day(day: date, overrides: Overrides = NO_OVERRIDES) -> bool:
    """Whether offices work on `day`; an override wins over everything."""
    if (set_by_hand := overrides.get(day)) is not None:
        return set_by_hand
    days_off, worked_weekends = _calendar(day.year)
    if day in worked_weekends:
        return True
    return day.weekday() < SATURDAY and day not in days_off


def add_working_days(day: date, count: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """The working day `count` working days after `day` (before it, if negative); `day` itself does not count.

    0 gives `day` itself when it is worked, else the next working day.
    """
    step = -DAY if count < 0 else DAY
    if count == 0:
        while not is_working_day(day, overrides):
            day += step
        return day
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, overrides)
    return day


def working_days_between(start: date, end: date, overrides: Overrides = NO_OVERRIDES) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
    if end < start:
        return -working_days_between(end, start, overrides)
    return sum(is_working_day(start + n * DAY, overrides) for n in range(1, (end - start).days + 1))


def is_working_time(
    at: datetime, overrides: Overrides = NO_OVERRIDES, *, opens: time = OFFICE_OPENS, closes: time = OFFICE_CLOSES
) -> bool:
    """Whether `at` (aware) falls on a working day from `opens` until before `closes`, China time."""
    local = at.astimezone(SHANGHAI)
    return opens <= local.time() < closes and is_working_day(local.date(), overrides)


def working_minutes(
    start: datetime,
    end: datetime,
    overrides: Overrides = NO_OVERRIDES,
    *,
    opens: time = OFFICE_OPENS,
    closes: time = OFFICE_CLOSES,
) -> int:
    """Whole minutes of an interval that lie inside office hours: 0 means wholly outside them."""
    local_start, local_end = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    total = timedelta()
    for n in range((local_end.date() - local_start.date()).days + 1):
        day = local_start.date() + n * DAY
        if is_working_day(day, overrides):
            inside_from = max(local_start, datetime.combine(day, opens, SHANGHAI))
            inside_to = min(local_end, datetime.combine(day, closes, SHANGHAI))
            total += max(timedelta(), inside_to - inside_from)
    return total // timedelta(minutes=1)


def add_working_minutes(
    start: datetime,
    minutes: int,
    overrides: Overrides = NO_OVERRIDES,
    *,
    opens: time = OFFICE_OPENS,
    closes: time = OFFICE_CLOSES,
) -> datetime:
    """The instant at which `minutes` (above 0) of office hours have passed since `start`, China time."""
    at, left = start.astimezone(SHANGHAI), timedelta(minutes=minutes)
    while True:
        day = at.date()
        if is_working_day(day, overrides):
            begins = max(at, datetime.combine(day, opens, SHANGHAI))
            ends = datetime.combine(day, closes, SHANGHAI)
            if begins + left <= ends:
                return begins + left
            left -= max(timedelta(), ends - begins)
        at = datetime.combine(day + DAY, time(), SHANGHAI)


@cache
def _calendar(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off and worked weekend days. Shifts of a year not announced would be a guess, so they are left out."""
    calendar = China(years=year, observed=is_announced(year), expand=False)
    # A December's worked weekend may belong to the next year's notice, so the neighbour is asked too.
    following = China(years=year + 1, observed=is_announced(year + 1), expand=False)
    worked = set(calendar.weekend_workdays) | set(following.weekend_workdays)
    return frozenset(calendar), frozenset(day for day in worked if day.year == year)
