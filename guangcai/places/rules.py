"""What may be booked when, and what a service point must say. No database, no clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.core.text import is_blank
from guangcai.places.enums import ClubKind, PointKind
from guangcai.places.wording import slot_words

LONGEST_NAME: Final = 60
LONGEST_REASON: Final = 200
MOST_SLOTS: Final = 42
MOST_PEOPLE: Final = 100_000
DAY_MINUTES: Final = 24 * 60
# Nobody knows today what a hall is used for in two years.
AHEAD: Final = timedelta(days=366)
# A house is renovated; a paper of 1999 is typed in: no further back.
EARLIEST: Final = date(1949, 10, 1)
_PHONE = re.compile(r"[0-9+][0-9 ()/+-]{2,38}[0-9]", re.ASCII)


@dataclass(frozen=True)
class Slot:
    """A time of the week: minutes since local midnight, half open."""

    weekday: int
    begins: int
    ends: int


Part = tuple[int, int]


def check_slots(slots: Iterable[Slot]) -> list[Slot]:
    """In order of the week, none over another, at least one. Raises RuleBroken(field="slots")."""
    ordered = sorted(slots, key=lambda slot: (slot.weekday, slot.begins))
    if not ordered:
        raise RuleBroken(_("Say when it is free: at least one day with a beginning and an end."), field="slots")
    if len(ordered) > MOST_SLOTS:
        raise RuleBroken(_("These are too many times. Join some."), field="slots")
    if any(slot.begins >= slot.ends for slot in ordered):
        raise RuleBroken(_("A free time ends after it begins."), field="slots", code="slot_ends_first")
    if any(one.weekday == two.weekday and two.begins < one.ends for one, two in pairwise(ordered)):
        raise RuleBroken(_("Two free times of one day overlap. Join them."), field="slots", code="slots_overlap")
    return ordered


def parts_of(weekday: int, slots: Iterable[Slot]) -> list[Part]:
    """The free times of a weekday, those that touch joined."""
    joined: list[Part] = []
    for slot in sorted((s for s in slots if s.weekday == weekday), key=lambda slot: slot.begins):
        if joined and joined[-1][1] >= slot.begins:
            joined[-1] = (joined[-1][0], max(joined[-1][1], slot.ends))
        else:
            joined.append((slot.begins, slot.ends))
    return joined


def minutes_on(day: date, starts_at: datetime, ends_at: datetime) -> Part:
    """Which minutes of the local `day` lie between two instants."""
    first, last = localtime(starts_at), localtime(ends_at)
    begins = 0 if first.date() < day else first.hour * 60 + first.minute
    ends = DAY_MINUTES if last.date() > day else last.hour * 60 + last.minute
    return begins, ends


def left_of(part: Part, taken: Iterable[Part]) -> list[Part]:
    """What is left of a free time when the taken ones are cut out."""
    left, begins = [], part[0]
    for start, end in sorted(taken):
        if start > begins:
            left.append((begins, min(start, part[1])))
        begins = max(begins, end)
    if begins < part[1]:
        left.append((begins, part[1]))
    return [(start, end) for start, end in left if start < end]


def check_time(*, starts_at: datetime, ends_at: datetime, slots: Iterable[Slot], now: datetime) -> None:
    """A booking lies ahead, on one day, within the free times. Raises RuleBroken(field) that names them."""
    if ends_at <= starts_at:
        raise RuleBroken(_("The end is after the beginning."), field="end_time", code="ends_first")
    if starts_at < now:
        raise RuleBroken(_("This time is over. Choose one that is still to come."), field="day", code="past")
    if starts_at > now + AHEAD:
        raise RuleBroken(_("Book at most a year ahead."), field="day", code="too_far")
    known = list(slots)
    begins, ends = minutes_on(localtime(starts_at).date(), starts_at, ends_at)
    is_one_day = localtime(starts_at).date() == localtime(ends_at - timedelta(microseconds=1)).date()
    parts = parts_of(localtime(starts_at).isoweekday(), known)
    if not is_one_day or not any(first <= begins and ends <= last for first, last in parts):
        words = _("It is free at these times only: %(slots)s. Choose a time within one of them.")
        raise RuleBroken(words % {"slots": slot_words(known)}, field="start_time", code="not_free")


def check_untaken(taken: tuple[datetime, datetime] | None) -> None:
    """Nobody else has it then. taken: the first booking in the way. Raises RuleBroken(field="start_time")."""
    if taken is None:
        return
    first, last = (localtime(moment) for moment in taken)
    words = _("Somebody has booked it from %(begins)s to %(ends)s. Choose another time: the page shows what is free.")
    times = {"begins": first.strftime("%H:%M"), "ends": last.strftime("%H:%M")}
    raise RuleBroken(words % times, field="start_time", code="taken")


def check_in_use(*, ended_at: datetime | None) -> None:
    if ended_at is not None:
        raise RuleBroken(_("It is no longer lent. Choose something else."), code="resource_ended")


def check_standing(*, ended_at: datetime | None, returned_at: datetime | None) -> None:
    if ended_at is not None:
        raise RuleBroken(_("This booking has ended before: refused, cancelled or never answered."), code="ended")
    if returned_at is not None:
        raise RuleBroken(_("It was given back before."), code="returned")


def check_answerable(*, starts_at: datetime, now: datetime) -> None:
    """What nobody answered before its time began has lapsed: whoever asked has had to look elsewhere."""
    if starts_at <= now:
        raise RuleBroken(_("Its time has begun without an answer: the booking has lapsed."), code="lapsed")


def check_not_confirmed(*, confirmed_at: datetime | None) -> None:
    if confirmed_at is not None:
        raise RuleBroken(_("It was confirmed before. Cancel it if it cannot be."), code="confirmed")


def check_return(
    *, confirmed_at: datetime | None, starts_at: datetime, now: datetime, people: int, minutes: int
) -> None:
    """Confirmed and begun; people and minutes are plausible. Raises RuleBroken(field)."""
    if confirmed_at is None:
        raise RuleBroken(_("The owner has not confirmed it."), code="not_confirmed")
    if starts_at > now:
        raise RuleBroken(_("It has not begun. Cancel it if it is not needed."), code="not_begun")
    if not 0 < people <= MOST_PEOPLE:
        raise RuleBroken(_("How many people used it? If nobody did, cancel it instead."), field="people")
    if not 0 < minutes <= DAY_MINUTES:
        raise RuleBroken(_("How long was it used? From one minute to a day."), field="minutes")


def check_reason(reason: str) -> str:
    if is_blank(reason):
        raise RuleBroken(_("Say why: the other side reads it."), field="reason", code="reason_missing")
    return reason.strip()


def check_resource(*, name: str, is_taken: bool, capacity: int | None, since: date) -> None:
    _check_named(name, is_taken=is_taken)
    if capacity is not None and capacity < 1:
        raise RuleBroken(_("Leave it empty or give the number of people."), field="capacity")
    _check_since(since)


@dataclass(frozen=True)
class PointFacts:
    """What a service point says of itself, as far as rules ask."""

    kind: PointKind
    name: str
    club_kind: str
    has_host: bool
    phone: str
    meets: str
    since: date


def check_point(facts: PointFacts, *, is_taken: bool) -> None:
    """Raises RuleBroken(field): a name of its own, a home has a unit that runs it, a club says what it does."""
    _check_named(facts.name, is_taken=is_taken)
    _check_since(facts.since)
    if facts.kind == PointKind.HOME and not facts.has_host:
        raise RuleBroken(_("A home is run by a unit: choose which."), field="host", code="host_missing")
    if facts.kind == PointKind.CLUB and facts.club_kind not in ClubKind.values:
        raise RuleBroken(_("Say what the club does."), field="club_kind", code="club_kind_missing")
    if facts.kind != PointKind.CLUB and facts.club_kind:
        raise RuleBroken(_("Only a club says what it does together."), field="club_kind", code="no_club")
    if facts.kind != PointKind.CLUB and facts.meets:
        raise RuleBroken(
            _("Only a club has meeting times; write opening hours instead."), field="meets", code="no_club"
        )
    if facts.phone and not _PHONE.fullmatch(facts.phone):
        raise RuleBroken(_("Write the phone number in digits, for example 0417-2812345."), field="phone")


def _check_named(name: str, *, is_taken: bool) -> None:
    if not name:
        raise RuleBroken(_("Give a name."), field="name", code="name_missing")
    if len(name) > LONGEST_NAME:
        raise RuleBroken(_("At most 60 characters."), field="name", code="name_long")
    if is_taken:
        raise RuleBroken(_("There is one of this name here already."), field="name", code="name_taken")


def _check_since(since: date) -> None:
    if since < EARLIEST:
        raise RuleBroken(_("Check the day: it is too long ago."), field="since", code="since_early")


def check_ending(*, since: date, on: date) -> date:
    """The first day without: today, or the first day of use for what never opened."""
    return max(since, on)
