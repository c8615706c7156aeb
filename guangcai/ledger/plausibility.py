"""Which records deserve a second look, and why: pure rules over what is known about an entry.

A doubt accuses nobody, changes nothing and is never counted per person: it tells the overseer what to ask. The numbers
are rules of the district (orgs.policies LookAt*). Source: promise T5, Order 67 arts 19, 21.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from guangcai.core import workdays
from guangcai.core.units import hours
from guangcai.ledger.enums import Doubt
from guangcai.orgs.policies import AnnualDuty, LookAtContent, LookAtTimes, LookAtTyping

_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Looks:
    """The rules in force where somebody looks."""

    times: LookAtTimes
    typing: LookAtTyping
    content: LookAtContent
    duty: AnnualDuty


@dataclass(frozen=True)
class Features:
    """What is known about an entry beside itself, computed over the period asked for.

    typed: entered by hand. Of the member: day_minutes and day_deeds of that day; days, month_minutes, of_one (typed),
    on_site (from shifts), office_times (in office hours, in-service members) of the period, is_latest: its last record;
    round_run: length of the run of typed full hours the entry belongs to; copies: typed with the same words and
    minutes; at_once: typed, saved within the same hour by the same person; gap_minutes: to the nearest service in
    another community, negative when they overlap; undone_minutes: the longest reversed record of that day; year_* of
    the whole year so far, of which typed_* were typed in during the period. Of the maker: by_one: all he typed in,
    is_makers_latest: the last of them; late_batch: late ones saved within the hour; same_times: people he typed in
    with the same times; each_other: the member typed in for him as well. quick_minutes: from saving to confirming.
    word: what names no service.
    """

    starts_at: datetime
    ends_at: datetime
    recorded_at: datetime
    minutes: int
    deeds: int
    typed: bool
    day_minutes: int
    day_deeds: int = 0
    days: int = 1
    month_minutes: int = 0
    is_latest: bool = False
    office_times: int = 0
    in_office: bool = False
    gap_minutes: int | None = None
    round_run: int = 0
    by_one: int = 0
    is_makers_latest: bool = False
    late_batch: int = 0
    quick_minutes: int | None = None
    same_times: int = 0
    copies: int = 0
    of_one: int = 0
    on_site: int = 0
    at_once: int = 0
    days_later: int = 0
    each_other: bool = False
    word: str | None = None
    undone_minutes: int | None = None
    year_minutes: int = 0
    year_deeds: int = 0
    typed_minutes: int = 0
    typed_deeds: int = 0


def at_night(starts_at: datetime, ends_at: datetime, *, begins: time, ends: time) -> bool:
    """Whether the interval touches the night from `begins` to `ends` of the next day, China time."""
    start = starts_at.astimezone(workdays.SHANGHAI)
    end = ends_at.astimezone(workdays.SHANGHAI)
    day = start.date() - timedelta(days=1)
    while day <= end.date():
        night_from = datetime.combine(day, begins, workdays.SHANGHAI)
        night_to = datetime.combine(day + timedelta(days=1), ends, workdays.SHANGHAI)
        if start < night_to and night_from < end:
            return True
        day += timedelta(days=1)
    return False


def _in_night(starts_at: datetime, ends_at: datetime, looks: Looks) -> bool:
    begins, ends = time.fromisoformat(looks.times.night_begins), time.fromisoformat(looks.times.night_ends)
    return at_night(starts_at, ends_at, begins=begins, ends=ends)


def _just_enough(f: Features, looks: Looks) -> bool:
    """Typed records of the last months carried the member over the yearly duty, and hardly further."""
    month = f.starts_at.astimezone(workdays.SHANGHAI).month
    if not f.typed or month <= 12 - looks.content.last_months:
        return False
    duty = looks.duty
    by_minutes = f.year_minutes - f.typed_minutes < duty.minutes <= f.year_minutes
    by_deeds = f.deeds > 0 and f.year_deeds - f.typed_deeds < duty.deeds <= f.year_deeds
    is_close = f.year_minutes <= duty.minutes + looks.content.over_minutes
    return (by_minutes and is_close) or (by_deeds and f.year_deeds == duty.deeds)


# What is said of somebody's whole month stands at the latest record alone: once is enough to ask.
REASONS: Final[dict[Doubt, Callable[[Features, Looks], bool]]] = {
    Doubt.NIGHT: lambda f, r: _in_night(f.starts_at, f.ends_at, r),
    Doubt.LONG_DAY: lambda f, r: f.day_minutes > r.times.day_minutes,
    Doubt.EVERY_DAY: lambda f, r: f.is_latest and f.days >= r.times.days,
    Doubt.LONG_MONTH: lambda f, r: f.is_latest and f.month_minutes >= r.times.month_minutes,
    Doubt.NO_WAY: lambda f, r: f.gap_minutes is not None and f.gap_minutes < r.times.way_minutes,
    Doubt.AT_WORK: lambda f, r: f.in_office and f.office_times >= r.times.office_times,
    Doubt.ROUND_HOURS: lambda f, r: f.round_run >= r.typing.round_run,
    Doubt.SAME_MAKER: lambda f, r: f.is_makers_latest and f.by_one >= r.typing.by_one,
    Doubt.LATE_BATCH: lambda f, r: f.late_batch >= r.typing.late_batch,
    Doubt.QUICK: lambda f, r: f.typed and f.quick_minutes is not None and f.quick_minutes < r.typing.quick_minutes,
    Doubt.SAME_TIMES: lambda f, r: f.typed and f.same_times >= r.typing.same_times,
    Doubt.COPIES: lambda f, r: f.typed and f.copies >= r.typing.copies,
    Doubt.BY_HAND: lambda f, r: f.typed and f.of_one >= r.typing.of_one,
    Doubt.UNSEEN: lambda f, r: f.typed and not f.on_site and f.of_one >= r.typing.unseen,
    Doubt.AT_ONCE: lambda f, r: f.typed and f.at_once >= r.typing.at_once,
    Doubt.SAVED_AT_NIGHT: lambda f, r: f.typed and _in_night(f.recorded_at, f.recorded_at + _A_MOMENT, r),
    Doubt.LONG_AGO: lambda f, r: f.typed and f.days_later >= r.typing.days_later,
    Doubt.EACH_OTHER: lambda f, r: f.each_other,
    Doubt.WORDS: lambda f, r: f.word is not None,
    Doubt.SPLIT_DEEDS: lambda f, r: f.deeds > 0 and f.day_deeds >= r.content.day_deeds,
    Doubt.GREW: lambda f, r: f.undone_minutes is not None and f.minutes - f.undone_minutes >= r.content.more_minutes,
    Doubt.JUST_ENOUGH: _just_enough,
}


def doubts(features: Features, looks: Looks) -> tuple[Doubt, ...]:
    """Every reason for a second look, in the order of the table."""
    return tuple(doubt for doubt, holds in REASONS.items() if holds(features, looks))


# --- in words -------------------------------------------------------------------------------------------------------


def explained(doubt: Doubt, features: Features, looks: Looks) -> str:
    """One sentence for the overseer: what was seen and what to ask. It never says that something is wrong."""
    seen = {**vars(looks.times), **vars(features)}
    seen["day_hours"], seen["month_hours"] = hours(features.day_minutes), hours(features.month_minutes)
    seen["year_hours"], seen["grown"] = hours(features.year_minutes), features.minutes - (features.undone_minutes or 0)
    return _sentences()[doubt] % seen


def _sentences() -> dict[Doubt, str]:
    return {**_sentences_of_times(), **_sentences_of_typing(), **_sentences_of_content()}


def _sentences_of_times() -> dict[Doubt, str]:
    return {
        Doubt.NIGHT: _("Service between %(night_begins)s and %(night_ends)s: ask what was to be done at that hour."),
        Doubt.LONG_DAY: _("%(day_hours)s hours on this day: ask how the day was spent, and about rests."),
        Doubt.EVERY_DAY: _("Service on %(days)s days of the month: ask who saw the member at work."),
        Doubt.LONG_MONTH: _("%(month_hours)s hours in the month: ask whether meals, ways and rests are counted."),
        Doubt.NO_WAY: _(
            "Less than %(way_minutes)s minutes from a service in another community: ask how the way was made."
        ),
        Doubt.AT_WORK: _("In office hours %(office_times)s times in the month: ask whether the unit sent the member."),
    }


def _sentences_of_typing() -> dict[Doubt, str]:
    return {
        Doubt.ROUND_HOURS: _("%(round_run)s full hours in a row, typed in: ask how the time was measured."),
        Doubt.SAME_MAKER: _("The same person typed in %(by_one)s records this month: ask to see the paper lists."),
        Doubt.LATE_BATCH: _(
            "%(late_batch)s late records saved within an hour: ask why they came late, and for the lists."
        ),
        Doubt.QUICK: _("Confirmed %(quick_minutes)s minutes after it was typed in: ask what it was checked against."),
        Doubt.SAME_TIMES: _(
            "%(same_times)s people typed in with the same beginning and end: ask for the list they signed."
        ),
        Doubt.COPIES: _(
            "%(copies)s records of this member with the same words and minutes: ask what was done each time."
        ),
        Doubt.BY_HAND: _("%(of_one)s records typed in for this member this month: ask why no attendance was taken."),
        Doubt.UNSEEN: _("%(of_one)s records typed in and no attendance at a shift: ask who served together with him."),
        Doubt.AT_ONCE: _("%(at_once)s records of this member saved within an hour: ask what they were copied from."),
        Doubt.SAVED_AT_NIGHT: _("Typed in at night: ask who was signed in at that hour."),
        Doubt.LONG_AGO: _("Typed in %(days_later)s days after the service: ask what it was copied from."),
        Doubt.EACH_OTHER: _("This member and the one who typed it in did so for each other: ask a third person."),
    }


def _sentences_of_content() -> dict[Doubt, str]:
    return {
        Doubt.WORDS: _("The record speaks of %(word)s: ask whether it was volunteer service."),
        Doubt.SPLIT_DEEDS: _("%(day_deeds)s deeds on one day: ask whether one deed was written down several times."),
        Doubt.GREW: _("%(grown)s minutes more than the record reversed that day: ask why it became longer."),
        Doubt.JUST_ENOUGH: _(
            "Typed in at the end of the year, and the yearly duty is just reached (%(year_hours)s hours, "
            "%(year_deeds)s deeds): ask for the lists."
        ),
    }
