"""Pure rules of feedback and appraisal: quarters, what a member owes, and whether he met it."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from guangcai.appraisal.enums import Verdict
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
            % {"quarter": quarter, "day": quarter.ends_on.isoformat()},
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

    Minutes and deeds are rounded down, so that nobody owes more than his share. Source: A43, domain §2.5, §2.9.
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


def check_can_object(*, approved_at: datetime | None, sent_at: datetime | None, objected_at: datetime | None) -> None:
    """A member objects after he was shown the appraisal and before it goes to the unit, once."""
    if approved_at is None:
        raise RuleBroken(_("The community has not finished this appraisal yet."), code="not_approved")
    if sent_at is not None:
        raise RuleBroken(_("This appraisal has gone to your unit. Ask the community to correct it."), code="sent")
    if objected_at is not None:
        raise RuleBroken(_("You have objected already. The community answers you here."), code="objected")
