"""When a series meets: RRULE text (RFC 5545) turned into local dates. Pure: no database, no clock.

Sources: A20 (Saturday or Sunday morning), A21 (every Thursday), A38 (the 5th, 15th and 25th).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from dateutil.rrule import rrulestr
from django.utils.translation import gettext_lazy as _

from guangcai.activities.enums import HolidayRule, Weekday
from guangcai.core.errors import RuleBroken
from guangcai.core.workdays import DAY, SATURDAY

LONGEST: Final = timedelta(days=366)
# A holiday lasts a week at most; dates that far behind the end still count as taken when a date moves.
LOOK_AHEAD: Final = timedelta(days=31)
FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
PARTS: Final = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})
LAST_DAY_OF_MONTH: Final = 31

WHICH: Final = {
    "1": _("first"),
    "2": _("second"),
    "3": _("third"),
    "4": _("fourth"),
    "5": _("fifth"),
    "-1": _("last"),
}
# How a repetition is said: each time, and with an interval.
PERIODS: Final = {
    ("WEEKLY", "BYDAY"): (_("Every %(days)s"), _("Every %(count)d weeks: %(days)s")),
    ("MONTHLY", "BYDAY"): (_("Every month: %(days)s"), _("Every %(count)d months: %(days)s")),
    ("MONTHLY", "BYMONTHDAY"): (
        _("On day %(days)s of each month"),
        _("Every %(count)d months: day %(days)s"),
    ),
}

Predicate = Callable[[date], bool]


@dataclass(frozen=True)
class Meeting:
    """One date of a series: `on` it is held, `rule_date` is what the rule said; `group` joins alternatives."""

    on: date
    rule_date: date
    group: str = ""


def weekly(days: Iterable[str]) -> str:
    """Weekday codes -> RRULE text: ["TH"] -> FREQ=WEEKLY;BYDAY=TH."""
    chosen = set(days)
    ordered = [day for day in Weekday.values if day in chosen]
    if not ordered or len(ordered) != len(chosen):
        raise RuleBroken(_("Choose at least one weekday."), field="weekdays", code="rule_weekday")
    return f"FREQ=WEEKLY;BYDAY={','.join(ordered)}"


def monthly(days: Iterable[int]) -> str:
    """Days of the month -> RRULE text: [5, 15, 25] -> FREQ=MONTHLY;BYMONTHDAY=5,15,25."""
    ordered = sorted(set(days))
    if not ordered or ordered[0] < 1 or ordered[-1] > LAST_DAY_OF_MONTH:
        raise RuleBroken(_("Days of the month lie between 1 and 31."), field="month_days", code="rule_month_day")
    return f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, ordered))}"


def check_rule(rule: str) -> str:
    """`rule` itself. Raises RuleBroken(field="rule") for anything but a plain repetition by days."""
    parts = [part.partition("=") for part in rule.split(";")]
    keys = [key for key, _equals, _value in parts]
    frequency = next((value for key, _equals, value in parts if key == "FREQ"), "")
    plain = len(set(keys)) == len(keys) and set(keys) <= PARTS and frequency in FREQUENCIES
    try:
        if plain:
            rrulestr(rule, dtstart=datetime(2026, 1, 1))  # noqa: DTZ001 - dates only
    except (ValueError, TypeError):
        plain = False
    if not plain:
        raise RuleBroken(_("This repeat rule cannot be read."), field="rule", code="rule_unreadable")
    return rule


def check_span(*, starts_on: date, ends_on: date) -> None:
    """A series lasts a year at most (practice of provincial platforms)."""
    if ends_on < starts_on:
        raise RuleBroken(_("The last day lies before the first."), field="ends_on", code="series_backwards")
    if ends_on - starts_on > LONGEST:
        raise RuleBroken(
            _("A series lasts a year at most. Extend it when the year is over."),
            field="ends_on",
            code="series_too_long",
        )


def rule_dates(rule: str, *, starts_on: date, ends_on: date) -> list[date]:
    """The dates the rule names from `starts_on` to `ends_on`, both included."""
    start = datetime.combine(starts_on, time())
    found = rrulestr(check_rule(rule), dtstart=start).between(start, datetime.combine(ends_on, time()), inc=True)
    return [at.date() for at in found]


def meetings(
    rule: str,
    *,
    starts_on: date,
    ends_on: date,
    on_holiday: HolidayRule,
    either: bool,
    is_working_day: Predicate,
) -> list[Meeting]:
    """Every date of a series in order: never one twice, and none left out unless the holiday rule says so.

    either: the dates of one ISO week are alternatives (A20); one that falls on a holiday is dropped when another of
    its week is left. Extending `ends_on` only adds dates.
    """
    named = rule_dates(rule, starts_on=starts_on, ends_on=ends_on + LOOK_AHEAD)
    if on_holiday == HolidayRule.KEEP:
        kept, moved = named, []
    else:
        moved = [day for day in named if in_holiday(day, is_working_day)]
        kept = [day for day in named if day not in moved]
    if either:
        weeks = {week_of(day) for day in kept}
        moved = [day for day in moved if week_of(day) not in weeks]
    held = {day: day for day in kept}
    if on_holiday == HolidayRule.SHIFT:
        for day in _first_of_each_week(moved) if either else moved:
            held[_next_free(day, taken=held, is_working_day=is_working_day)] = day
    return [
        Meeting(on=on, rule_date=said, group=week_of(said) if either else "")
        for on, said in sorted(held.items())
        if said <= ends_on
    ]


def in_holiday(day: date, is_working_day: Predicate) -> bool:
    """Whether `day` belongs to a public holiday: a weekday off, or a weekend that a holiday makes longer."""
    if is_working_day(day):
        return False
    return any(is_weekday(near) for near in _days_off_around(day, is_working_day))


def is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def _days_off_around(day: date, is_working_day: Predicate) -> Iterator[date]:
    for step in (-DAY, DAY):
        near = day
        while not is_working_day(near):
            yield near
            near += step


def week_of(day: date) -> str:
    """The ISO week: 2026-W47."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def _first_of_each_week(days: Sequence[date]) -> list[date]:
    first: dict[str, date] = {}
    for day in days:
        first.setdefault(week_of(day), day)
    return list(first.values())


def _next_free(day: date, *, taken: dict[date, date], is_working_day: Predicate) -> date:
    while day in taken or not is_working_day(day):
        day += DAY
    return day


def in_words(rule: str, *, either: bool) -> str:
    """A rule as a person says it: "every Thursday", "the 5th, 15th and 25th of each month", "the fourth Sunday".

    What has no such words is given as it is written.
    """
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    by_day, by_date = parts.get("BYDAY", ""), parts.get("BYMONTHDAY", "")
    names = [_weekday_in_words(code) for code in by_day.split(",")] if by_day else by_date.split(",")
    if not set(parts) <= {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY"} or (by_day and by_date) or not all(names):
        return rule
    words = PERIODS.get((parts["FREQ"], "BYDAY" if by_day else "BYMONTHDAY"))
    if words is None:
        return rule
    listed = _(" or ") if either else _(", ")
    days, interval = listed.join(names), int(parts.get("INTERVAL", "1"))
    if rule == weekly(Weekday.values) and not either:
        return str(_("Every day"))
    if interval > 1:
        return words[1] % {"count": interval, "days": days}
    return (_("Every week on %(days)s") if either else words[0]) % {"days": days}


def _weekday_in_words(code: str) -> str:
    """ "TH" -> "Thursday", "4SU" -> "fourth Sunday"; "" where there are no words."""
    which, day = code[:-2], code[-2:]
    if day not in Weekday.values or (which and which not in WHICH):
        return ""
    name = str(Weekday(day).label)
    return _("%(which)s %(day)s") % {"which": WHICH[which], "day": name} if which else name
