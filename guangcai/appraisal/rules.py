"""Pure rules of feedback and appraisal: quarters, what a member owes, and whether he met it."""

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from guangcai.appraisal.enums import Verdict
from guangcai.appraisal.wording import quarter_in_words
from guangcai.core.errors import RuleBroken
from guangcai.orgs.policies import AnnualDuty

QUARTER = re.compile(r"(20\d{2})Q([1-4])", re.ASCII)
MONTHS_IN_QUARTER = 3
FIRST_YEAR = 2000


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, written `2026Q3`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Raises RuleBroken unless `text` is a year and a quarter, `2026Q3`."""
        match = QUARTER.fullmatch(text.strip().upper())
        if match is None:
            raise RuleBroken(_("A quarter is written like 2026Q3."), field="quarter", code="bad_quarter")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month - 1) // MONTHS_IN_QUARTER + 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def in_words(self) -> str:
        """As people say it, in the reader's language."""
        return quarter_in_words(str(self))

    @property
    def starts_on(self) -> date:
        return date(self.year, (self.number - 1) * MONTHS_IN_QUARTER + 1, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.next.starts_on - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)


def check_quarter_over(quarter: Quarter, *, today: date) -> None:
    """A quarter is closed when it is over, not before: later records would all be supplements."""
    if today <= quarter.ends_on:
        raise RuleBroken(
            _("%(quarter)s runs until %(day)s. Close it after that day.")
            % {"quarter": quarter.in_words, "day": date_format(quarter.ends_on)},
            field="quarter",
            code="quarter_running",
        )


@dataclass(frozen=True)
class Owed:
    """What one member owes in one year: whole minutes and deeds, for the days he was bound."""

    minutes: int
    deeds: int
    days: int


@dataclass(frozen=True)
class Span:
    """From `since` to `until`, exclusive; open when None."""

    since: date
    until: date | None = None


def owed(duty: AnnualDuty, *, year: int, bound: Iterable[Span], exempt: Iterable[Span] = ()) -> Owed:
    """The year's duty, pro rata by days: the days of `bound` (residence here) less those of `exempt`.

    Minutes and deeds are rounded down, so that nobody owes more than his share. Source: A43, 2019 regulation art 23.
    """
    days = _days_in(year, bound) - _days_in(year, exempt)
    length = 366 if calendar.isleap(year) else 365
    return Owed(minutes=duty.minutes * len(days) // length, deeds=duty.deeds * len(days) // length, days=len(days))


def _days_in(year: int, spans: Iterable[Span]) -> set[int]:
    first, beyond = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    days: set[int] = set()
    for span in spans:
        until = span.until.toordinal() if span.until else beyond
        days.update(range(max(first, span.since.toordinal()), min(beyond, until)))
    return days


def verdict(*, minutes: int, deeds: int, owed: Owed, elsewhere_minutes: int = 0, elsewhere_deeds: int = 0) -> Verdict:
    """Whether the year's duty was met: both counters, here or together with proven service elsewhere."""
    if owed.days == 0:
        return Verdict.EXEMPT
    if minutes >= owed.minutes and deeds >= owed.deeds:
        return Verdict.MET
    if minutes + elsewhere_minutes >= owed.minutes and deeds + elsewhere_deeds >= owed.deeds:
        return Verdict.MET_ELSEWHERE
    return Verdict.NOT_MET


@dataclass(frozen=True)
class Figures:
    """Minutes, deeds and number of services of a line, or of one service."""

    minutes: int = 0
    deeds: int = 0
    services: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.minutes + other.minutes, self.deeds + other.deeds, self.services + other.services)

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(self.minutes - other.minutes, self.deeds - other.deeds, self.services - other.services)


MOST_CROSSING = 3


def share_out(
    services: Sequence[tuple[datetime, Figures]], sheets: Sequence[tuple[datetime, Figures]]
) -> list[list[int]]:
    """Which services (confirmed when, figures) stand on which of the sheets (frozen when, written figures), in order.

    A service is on the first sheet frozen after it was confirmed; unless the two crossed each other and the sheet says
    less: then the latest services that make the difference (at most MOST_CROSSING) are on the next one.
    """
    shares: list[list[int]] = [[] for _sheet in sheets]
    for index in sorted(range(len(services)), key=lambda i: services[i][0]):
        number = next((n for n, (frozen_at, _) in enumerate(sheets) if services[index][0] <= frozen_at), None)
        if number is not None:
            shares[number].append(index)
    for number, (_frozen_at, written) in enumerate(sheets[:-1]):
        excess = sum((services[i][1] for i in shares[number]), Figures()) - written
        late = _latest_making(excess, shares[number], services) if excess != Figures() else ()
        shares[number] = [i for i in shares[number] if i not in late]
        shares[number + 1] = [*late, *shares[number + 1]]
    return [sorted(share) for share in shares]


def _latest_making(wanted: Figures, share: list[int], services: Sequence[tuple[datetime, Figures]]) -> tuple[int, ...]:
    for size in range(1, MOST_CROSSING + 1):
        for some in combinations(reversed(share), size):
            if sum((services[i][1] for i in some), Figures()) == wanted:
                return some[::-1]
    return ()


class Staged(Protocol):
    """Whatever is approved, then sent."""

    approved_at: datetime | None
    sent_at: datetime | None


def further_on(one: Staged, *, than: Staged) -> bool:
    """Whether an appraisal stands further on than another of the same year: draft, then approved, then sent."""
    return (one.sent_at is not None, one.approved_at is not None) > (
        than.sent_at is not None,
        than.approved_at is not None,
    )


def unite_texts(first: str, second: str, *, separator: str, most: int) -> str:
    """Two texts about one matter as one, each said once, at most `most` characters."""
    parts = [part for text in (first, second) for part in text.split(separator) if part]
    return separator.join(dict.fromkeys(parts))[:most]


def check_remark(text: str) -> str:
    """One line at most: feedback is computed, not composed."""
    text = " ".join(text.split())
    if len(text) > 200:
        raise RuleBroken(_("A remark has at most 200 characters."), field="remark", code="remark_long")
    return text


def check_year(year: int, *, today: date) -> None:
    """A year is appraised while it runs or after it, not before."""
    if not FIRST_YEAR <= year <= today.year:
        raise RuleBroken(_("Choose this year or one before it."), field="year", code="bad_year")


def check_handed_over(on: date, *, today: date) -> None:
    if on > today:
        raise RuleBroken(_("That day has not come yet."), field="on", code="in_future")


def check_can_object(*, approved_at: datetime | None, has_objected: bool) -> None:
    """A member objects to what he was shown, once, also after it went to his unit."""
    if approved_at is None:
        raise RuleBroken(_("The community has not finished this appraisal yet."), code="not_approved")
    if has_objected:
        raise RuleBroken(_("You have objected already. The community answers you here."), code="objected")
