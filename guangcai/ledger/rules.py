"""What may be recorded, confirmed, undone and certified: pure checks, no database, no clock.

Sources: Order 67 arts 7, 11-13, 19 (MCA, in force 2021-02-01); A43, A44; promises T5, I7-I9.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core import workdays
from guangcai.core.errors import RuleBroken
from guangcai.core.text import is_blank
from guangcai.core.units import hours
from guangcai.ledger.enums import EntryOrigin, Refusal

MINUTES_A_DAY: Final = 24 * 60
# What somebody present wrote down as it happened; everything else says why it was typed in.
SPEAKS_FOR_ITSELF: Final = frozenset(
    {EntryOrigin.ATTENDANCE, EntryOrigin.CLAIM, EntryOrigin.VISIT, EntryOrigin.CASE, EntryOrigin.MEDIATION}
)
NEEDS_APPROVER: Final = frozenset({EntryOrigin.BACK_FILL, EntryOrigin.TRANSFER_IN})


# --- recording ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recording:
    """What somebody wants to write down.

    joined_on: the day the member first reported in, None if he never did. words: the texts of Order 67 art 7 by field.
    """

    starts_at: datetime
    ends_at: datetime
    minutes: int
    deeds: int
    gives_hours: bool
    joined_on: date | None
    words: Mapping[str, str]
    origin: str = EntryOrigin.ATTENDANCE
    reason: str = ""


def local_day(moment: datetime) -> date:
    """The day in China on which `moment` falls: service counts on the day it began."""
    return moment.astimezone(workdays.SHANGHAI).date()


def check_recording(wish: Recording, *, now: datetime) -> None:
    """Raises RuleBroken(field) unless `wish` is an act of service that can have happened as stated.

    Whole minutes actually given, 1 to 1440, not more than from start to end; at most one deed; after the member
    reported in; not in the future. Source: Order 67 arts 7, 19; promise T5.
    """
    if not wish.gives_hours:
        raise RuleBroken(_("Meetings, study and duty shifts give no service hours."), field="kind", code="no_hours")
    _check_time(wish, now)
    _check_amount(wish)
    if wish.joined_on is None:
        raise RuleBroken(_("The member has not reported in yet."), field="member", code="not_joined")
    if local_day(wish.starts_at) < wish.joined_on:
        raise RuleBroken(
            _("The member reported in on %(day)s: earlier service cannot be recorded here.") % {"day": wish.joined_on},
            field="starts_at",
            code="before_joining",
        )
    _check_words(wish)


def _check_words(wish: Recording) -> None:
    for name, text in wish.words.items():
        if is_blank(text):
            raise RuleBroken(_("Every record names activity, content, place and lead."), field=name, code="words")
    if wish.origin not in SPEAKS_FOR_ITSELF and is_blank(wish.reason):
        raise RuleBroken(_("Say why this is entered by hand."), field="reason", code="reason_missing")


def _check_time(wish: Recording, now: datetime) -> None:
    if wish.ends_at <= wish.starts_at:
        raise RuleBroken(_("The end lies before the beginning."), field="ends_at", code="ends_before_start")
    if wish.ends_at > now:
        raise RuleBroken(_("The service has not ended yet."), field="ends_at", code="in_future")
    if wish.ends_at - wish.starts_at > timedelta(days=1):
        raise RuleBroken(_("One record covers at most a day."), field="ends_at", code="longer_than_a_day")


def _check_amount(wish: Recording) -> None:
    if type(wish.minutes) is not int or not 1 <= wish.minutes <= MINUTES_A_DAY:
        raise RuleBroken(_("Service is 1 minute to 24 hours, in whole minutes."), field="minutes", code="minutes")
    if timedelta(minutes=wish.minutes) > wish.ends_at - wish.starts_at:
        raise RuleBroken(
            _("%(hours)s hours do not fit between beginning and end.") % {"hours": hours(wish.minutes)},
            field="minutes",
            code="minutes_exceed_interval",
        )
    if wish.deeds not in (0, 1):
        raise RuleBroken(_("One record holds at most one deed."), field="deeds", code="deeds")


def is_late(*, served_on: date, recorded_on: date, working_days: int, overrides: workdays.Overrides) -> bool:
    """Whether a record comes after the deadline. Source: Order 67 art 11 (ten working days)."""
    return recorded_on > workdays.add_working_days(served_on, working_days, overrides)


def in_office_hours(
    *, starts_at: datetime, ends_at: datetime, opens: time, closes: time, overrides: workdays.Overrides
) -> bool:
    """Whether any minute of the service lies inside office hours: shown, never refused."""
    return workdays.working_minutes(starts_at, ends_at, overrides, opens=opens, closes=closes) > 0


def check_by_hand(*, member_id: UUID, by_member: UUID | None) -> None:
    """Raises RuleBroken when somebody types in his own service: recorder and served are two people (A49)."""
    if member_id == by_member:
        raise RuleBroken(
            _("This is your own service: another person has to type it in."), field="member", code="own_service"
        )


# --- confirming -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """An entry that somebody wants to confirm. most_minutes: the daily limit where and when it was served."""

    id: UUID
    member_id: UUID
    served_on: date
    starts_at: datetime
    ends_at: datetime
    minutes: int
    most_minutes: int


@dataclass(frozen=True)
class Checker:
    """Who confirms, and whether he may approve what was typed in later."""

    user_id: UUID | None
    member_id: UUID | None
    may_approve: bool


def refusal_of(*, recorded_by: UUID | None, member_id: UUID, origin: str, checker: Checker) -> Refusal | None:
    """Why this person may not confirm an entry: maker is not checker, nobody confirms his own service.

    The program itself (no user) may be one of the two, never both.
    """
    if recorded_by == checker.user_id:
        return Refusal.OWN_RECORD
    if member_id == checker.member_id:
        return Refusal.OWN_SERVICE
    if origin in NEEDS_APPROVER and not checker.may_approve:
        return Refusal.NEEDS_APPROVER
    return None


class Calendar:
    """The confirmed time of some members, filled while entries are accepted one after the other."""

    def __init__(
        self, *, spans: Iterable[tuple[UUID, datetime, datetime]], served: Mapping[tuple[UUID, date], int]
    ) -> None:
        """spans: confirmed intervals by member; served: confirmed minutes by member and day."""
        self._spans: dict[UUID, list[tuple[datetime, datetime]]] = {}
        for member_id, starts_at, ends_at in spans:
            self._spans.setdefault(member_id, []).append((starts_at, ends_at))
        self._served = dict(served)

    def take(self, candidate: Candidate) -> Refusal | None:
        """Accept `candidate` into the calendar, or say why it does not fit (I7: no overlap, daily limit)."""
        spans = self._spans.setdefault(candidate.member_id, [])
        if any(starts < candidate.ends_at and candidate.starts_at < ends for starts, ends in spans):
            return Refusal.OVERLAP
        day = (candidate.member_id, candidate.served_on)
        minutes = self._served.get(day, 0) + candidate.minutes
        if minutes > candidate.most_minutes:
            return Refusal.DAILY_LIMIT
        spans.append((candidate.starts_at, candidate.ends_at))
        self._served[day] = minutes
        return None


def check_reversal(
    *,
    recorded_by: UUID | None,
    asked_by: UUID | None,
    by_user: UUID | None,
    by_member: UUID | None,
    member_id: UUID,
    reason: str,
) -> UUID | None:
    """Two people undo an entry; returns the first of them: who recorded it, else who objected to it (`asked_by`).

    Raises RuleBroken when the second, `by`, would be alone, or undoes his own service.
    """
    if is_blank(reason):
        raise RuleBroken(_("Say why the record is reversed."), field="reason", code="reason_missing")
    first_person = asked_by if recorded_by == by_user and asked_by is not None else recorded_by
    if first_person == by_user:
        raise RuleBroken(
            _("You recorded this yourself: another person has to reverse it."), field="reason", code="own_record"
        )
    if by_member == member_id:
        raise RuleBroken(
            _("This is your own service: another person has to reverse it."), field="reason", code="own_service"
        )
    return first_person


# --- sample ---------------------------------------------------------------------------------------------------------


def sample_size(*, population: int, percent: int) -> int:
    """How many of `population` are drawn: the share rounded up, so that a small street is not left out."""
    return -(-population * percent // 100)


def draw_key(seed: str, entry_id: UUID) -> str:
    """The order of drawing: the smallest keys are drawn. The database computes the same (queries.review)."""
    return sha256(f"{seed}:{entry_id}".encode()).hexdigest()


def draw(entry_ids: Sequence[UUID], *, seed: str, percent: int, drawn: int = 0) -> list[UUID]:
    """The entries to check, the same on every machine and day. `drawn` were drawn before and are not in the list."""
    size = max(0, sample_size(population=len(entry_ids) + drawn, percent=percent) - drawn)
    return sorted(entry_ids, key=lambda entry_id: draw_key(seed, entry_id))[:size]


# --- certificates ---------------------------------------------------------------------------------------------------


def certificate_number(*, community_code: str, year: int, serial: int) -> str:
    """`210802001002-2026-00001`: the community that recorded, the year of issue, its running number."""
    return f"{community_code[:12]}-{year}-{serial:05d}"


def check_certificate(*, since: date, until: date, on: date, lines: int) -> None:
    """Raises RuleBroken for a period that is turned around, not over, or empty. Source: Order 67 arts 14, 15."""
    if until < since:
        raise RuleBroken(_("The end lies before the beginning."), field="until", code="ends_before_start")
    if until > on:
        raise RuleBroken(_("A certificate cannot reach into the future."), field="until", code="in_future")
    if not lines:
        raise RuleBroken(_("There is no confirmed service in this period."), field="since", code="nothing_served")


def is_name_initial(answer: str, *, name: str, pinyin_initials: str) -> bool:
    """Whether `answer` is the surname's first character or the first letter of its pinyin."""
    given = answer.strip().casefold()
    return bool(given) and given in {name[:1].casefold(), pinyin_initials[:1].casefold()} - {""}


BOOKLET_TITLES: Final = {
    # A44, document 003: three booklets by member type.
    "branch": pgettext_lazy("booklet", "Record booklet of a branch member's community service"),
    "in_service": pgettext_lazy("booklet", "Record booklet of an in-service member's community service"),
    "laid_off_or_mobile": pgettext_lazy("booklet", "Record booklet of a laid-off or mobile member's community service"),
}


def masked_name(name: str) -> str:
    """The first character and a star for each of the others: the certificate is compared with the paper in hand."""
    return name[:1] + "*" * max(1, len(name) - 1)
