"""What activities allow: pure checks and arithmetic, no database, no clock.

Every refusal of a sign-up or an attendance has a code; the screens put the next step beside it (views/refusals.py).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.activities.enums import ActivityKind, Method, Occasion, Presence
from guangcai.core.errors import Forbidden, RuleBroken, Text
from guangcai.core.scoping import covers
from guangcai.core.text import is_blank
from guangcai.core.workdays import DAY, NO_OVERRIDES, Overrides, add_working_days
from guangcai.members.fitness import SkillHeld, check_skill

# A Party member is an adult, also where the birth date is not on the roster.
AGE_OF_MEMBERS: Final = 18
OPENS_BEFORE: Final = timedelta(minutes=60)
CLOSES_AFTER: Final = timedelta(minutes=30)
# Somebody may have tidied up after the others had left.
MINUTES_BEYOND_SHIFT: Final = 30
MESSAGES_PER_MATTER: Final = 2
MOST_OUTCOMES: Final = 20
NEAR_WORKING_DAYS: Final = 3
MINUTE: Final = timedelta(minutes=1)


# --- publishing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoticeText:
    """The eight items of a recruitment notice (GB/T 40143-2021 6.1), time and number as "is there a shift to come"."""

    title: str
    kind: str
    has_service_kind: bool
    has_shift_to_come: bool
    place: str
    content: str
    conditions: str
    sign_up_method: str
    risk_note: str
    guarantee: str
    lead_name: str


def missing_items(notice: NoticeText) -> dict[str, Text]:
    """Field name -> what to add, for every item without which a notice may not go out. Empty: it may.

    Sources: GB/T 40143-2021 6.1; Order 685 art 12 (true information and risks).
    """
    items: dict[str, tuple[bool, Text]] = {
        "shifts": (notice.has_shift_to_come, _("Add a shift that is still to come.")),
        "place": (not is_blank(notice.place), _("Say where: the exact address.")),
        "content": (not is_blank(notice.content), _("Say what will be done.")),
        "conditions": (not is_blank(notice.conditions), _("Say who can come.")),
        "sign_up_method": (not is_blank(notice.sign_up_method), _("Say how to sign up.")),
        "risk_note": (not is_blank(notice.risk_note), _("Say what the risks are: no notice goes out without them.")),
        "guarantee": (not is_blank(notice.guarantee), _("Say what is provided: insurance, gloves, water.")),
        "lead_name": (not is_blank(notice.lead_name), _("Say who leads.")),
        "service_kind": (
            notice.has_service_kind or notice.kind != ActivityKind.SERVICE,
            _("Choose the kind of service."),
        ),
    }
    return {field: words for field, (is_there, words) in items.items() if not is_there}


def check_publishable(notice: NoticeText, *, refused_words: Iterable[str]) -> None:
    """Raises RuleBroken for the first missing item, or a title that hides back-filling (GB/T 40143 6.1)."""
    check_title(notice.title, refused_words=refused_words)
    for field, words in missing_items(notice).items():
        raise RuleBroken(words, field=field, code=f"missing_{field}")


def check_title(title: str, *, refused_words: Iterable[str]) -> None:
    if is_blank(title):
        raise RuleBroken(_("Give it a title."), field="title", code="title_missing")
    for word in refused_words:
        if word in title:
            raise RuleBroken(
                _("A title may not contain “%(word)s”. Earlier service is back-filled in the record, with a reason.")
                % {"word": word},
                field="title",
                code="title_refused",
            )


def gives_hours(kind: str) -> bool:
    """Service to the community alone gives hours (Order 67 art 19, A105)."""
    return ActivityKind(kind).gives_hours


# A series lasts a year; what lies further away is a slip of the pen.
SHIFTS_WITHIN = timedelta(days=731)


def check_shift_times(*, starts_at: datetime, ends_at: datetime, places: int, now: datetime) -> None:
    if abs(starts_at - now) > SHIFTS_WITHIN:
        raise RuleBroken(_("This day lies more than two years away: check the year."), field="day", code="shift_far")
    if ends_at <= starts_at:
        raise RuleBroken(_("The end lies before the beginning."), field="end_time", code="shift_backwards")
    if ends_at - starts_at > timedelta(hours=12):
        raise RuleBroken(_("A shift lasts twelve hours at most."), field="end_time", code="shift_too_long")
    if places < 1:
        raise RuleBroken(_("At least one place."), field="places", code="shift_without_places")


def check_series_end(*, ends_on: date, today: date) -> None:
    """A slip in the year is found before a calendar is walked through to its end."""
    if abs(ends_on - today) > SHIFTS_WITHIN:
        raise RuleBroken(
            _("This day lies more than two years away: check the year."), field="ends_on", code="series_far"
        )


def check_shift_open(*, cancelled_at: datetime | None, closed_at: datetime | None) -> None:
    """Raises RuleBroken when the shift was called off or closed."""
    if cancelled_at is not None:
        raise RuleBroken(_("This shift was called off."), code="cancelled")
    if closed_at is not None:
        raise RuleBroken(_("This shift is closed. Mistakes are corrected in the record."), code="closed")


# --- sign-up --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Applicant:
    """What a sign-up is judged by, on the side of the member."""

    is_in_area: bool
    birth_date: date | None = None
    skills: tuple[SkillHeld, ...] = ()
    has_signed_up: bool = False
    is_on_roster: bool = True
    # Titles of what he signed up for at the same time.
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What a sign-up is judged by, on the side of the shift."""

    is_published: bool
    starts_at: datetime
    on: date
    cancelled_at: datetime | None = None
    closed_at: datetime | None = None
    minimum_age: int | None = None
    skills: tuple[str, ...] = ()


def check_sign_up(wanted: Wanted, applicant: Applicant, *, now: datetime, clash_accepted: bool = False) -> None:
    """Raises RuleBroken with a code of its own for every reason why a member cannot sign up."""
    if not wanted.is_published:
        raise RuleBroken(_("This activity is not published yet."), code="not_published")
    check_shift_open(cancelled_at=wanted.cancelled_at, closed_at=wanted.closed_at)
    if now >= wanted.starts_at:
        raise RuleBroken(_("This shift has begun. Come along and check in on site."), code="begun")
    if not applicant.is_on_roster:
        raise RuleBroken(_("You are no longer on the roster of this community."), code="not_on_roster")
    if not applicant.is_in_area:
        raise RuleBroken(_("This is for members who reported to another community."), code="other_area")
    if applicant.has_signed_up:
        raise RuleBroken(_("You have signed up already."), code="already_signed_up")
    _check_age(wanted, applicant)
    for name in wanted.skills:
        check_skill(name, applicant.skills, on=wanted.on)
    if applicant.clashes and not clash_accepted:
        raise RuleBroken(
            _("You have signed up for “%(title)s” at the same time.") % {"title": applicant.clashes[0]}, code="clash"
        )


def _check_age(wanted: Wanted, applicant: Applicant) -> None:
    least = wanted.minimum_age or 0
    if applicant.birth_date is None:
        if least > AGE_OF_MEMBERS:
            raise RuleBroken(
                _("This shift is for people of %(age)d and over, and your birth date is not on the roster.")
                % {"age": least},
                code="age_unknown",
            )
    elif age_on(applicant.birth_date, wanted.on) < least:
        raise RuleBroken(_("This shift is for people of %(age)d and over.") % {"age": least}, code="too_young")


def age_on(birth_date: date, on: date) -> int:
    """Full years of age; somebody born on 29 February is a year older on 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def free_place(taken: Iterable[int], *, places: int) -> int | None:
    """The lowest place number nobody holds, or None when all are taken."""
    held = set(taken)
    return next((number for number in range(1, places + 1) if number not in held), None)


def is_cancelled_in_time(*, starts_at: datetime, now: datetime, notice_hours: int) -> bool:
    """Whether somebody who cannot come says so early enough (Order 685 art 22, policy CancelNotice)."""
    return now <= starts_at - timedelta(hours=notice_hours)


def check_cancel_sign_up(*, starts_at: datetime, closed_at: datetime | None, now: datetime, is_present: bool) -> None:
    if closed_at is not None or is_present:
        raise RuleBroken(_("You are down as present, so the sign-up stays."), code="was_present")
    if now >= starts_at:
        raise RuleBroken(_("The shift has begun. Tell the person who leads it."), code="begun")


def may_tell(occasion: str, *, told: Iterable[str]) -> bool:
    """Whether one more message about this sign-up may go out: two per matter, a cancellation always."""
    said = set(told)
    if occasion in said or Occasion.CANCELLED in said:
        return False
    return occasion == Occasion.CANCELLED or len(said) < MESSAGES_PER_MATTER


# --- attendance -----------------------------------------------------------------------------------------------------


def check_arrival(
    *, starts_at: datetime, ends_at: datetime, arrived_at: datetime, now: datetime, late_hours: int
) -> bool:
    """Whether an arrival was delivered late (True) or at once (False).

    Raises RuleBroken before the doors open, after the end, or when it was delivered after the policy's hours.
    Source: policy LateArrival.
    """
    if arrived_at < starts_at - OPENS_BEFORE:
        raise RuleBroken(_("Check-in opens an hour before the beginning."), code="too_early")
    if arrived_at > ends_at + CLOSES_AFTER:
        raise RuleBroken(_("This shift is over. Tell the person who leads it."), code="over")
    if now > arrived_at + timedelta(hours=late_hours):
        raise RuleBroken(
            _("This came more than %(hours)d hours late. Tell the desk: it can be entered from the paper list.")
            % {"hours": late_hours},
            code="too_late",
        )
    return now > ends_at + CLOSES_AFTER


def check_list(*, arrived_at: Sequence[datetime | None], starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """A list names when people came, not when they will. `arrived_at` in the order of the lines; None: from the start.

    Raises RuleBroken naming the first line that cannot be true, counted from 0.
    """
    first, last = starts_at - OPENS_BEFORE, min(now, ends_at + CLOSES_AFTER)
    for number, at in enumerate(arrived_at):
        if at is not None and not first <= at <= last:
            field = f"arrivals.{number}.arrived_at"
            raise RuleBroken(_("Nobody could come to this shift at that time."), field=field, code="arrived_at")


def is_member_of(area: str, *, path: str, ended_at: datetime | None) -> bool:
    """Whether somebody on the roster belongs to the community of the shift."""
    return ended_at is None and covers([area], path)


def check_second_person(*, method: str, reason: str, witness_is_self: bool, has_witness: bool) -> None:
    """A list typed later names why, and the second person who saw it (promise T5); no other list has either."""
    if method != Method.PAPER:
        if not is_blank(reason) or has_witness:
            raise RuleBroken(_("Only a paper list has a reason and a witness."), field="method", code="not_paper")
        return
    if is_blank(reason):
        raise RuleBroken(_("Say why this list is typed only now."), field="reason", code="paper_reason")
    if not has_witness:
        raise RuleBroken(_("Name the second person who was there."), field="witness", code="paper_witness")
    if witness_is_self:
        raise RuleBroken(_("The second person must be somebody else."), field="witness", code="paper_witness_self")


def check_witness_known(is_known: bool) -> None:
    if not is_known:
        raise Forbidden(_("The second person works for this community."), field="witness", code="witness_unknown")


def shift_minutes(*, starts_at: datetime, ends_at: datetime) -> int:
    return (ends_at - starts_at) // MINUTE


def minutes_given(
    *,
    starts_at: datetime,
    ends_at: datetime,
    arrived_at: datetime | None,
    left_at: datetime | None,
    minutes: int | None = None,
) -> int:
    """Whole minutes actually given: from arrival to departure within the shift, or what the lead wrote.

    No arrival means from the beginning, no departure until the end. Source: Order 67 art 7.
    """
    if minutes is not None:
        return check_minutes(minutes, longest=shift_minutes(starts_at=starts_at, ends_at=ends_at))
    start = max(arrived_at or starts_at, starts_at)
    end = min(left_at or ends_at, ends_at)
    return max(0, (end - start) // MINUTE)


def check_minutes(minutes: int, *, longest: int) -> int:
    """Minutes written by hand: from 0 to half an hour beyond the shift."""
    if not 0 <= minutes <= longest + MINUTES_BEYOND_SHIFT:
        raise RuleBroken(
            _("Between 0 and %(most)d minutes: the shift and half an hour.") % {"most": longest + MINUTES_BEYOND_SHIFT},
            field="minutes",
            code="minutes_out_of_shift",
        )
    return minutes


def may_replace(*, old: str, old_method: str, new: str, new_method: str) -> bool:
    """Whether a later mark changes the row of a member: the lead always, a code only a mark of absence."""
    if new_method in (Method.BOARD, Method.PAPER):
        return old != new
    return new == Presence.PRESENT and old != Presence.PRESENT and old_method == Method.BOARD


# --- closing --------------------------------------------------------------------------------------------------------


def check_begun(*, starts_at: datetime, now: datetime) -> None:
    if now < starts_at:
        raise RuleBroken(_("This shift has not begun yet."), code="not_begun")


def check_closing(*, starts_at: datetime, now: datetime, head_count: int) -> None:
    check_begun(starts_at=starts_at, now=now)
    if head_count < 0:
        raise RuleBroken(_("Count the heads: 0 or more."), field="head_count", code="head_count")


def check_outcome(*, name: str, quantity: int, unit: str) -> None:
    """What came of it: what, how much, in which unit of measure (A41)."""
    if is_blank(name):
        raise RuleBroken(_("Say what was achieved."), field="name", code="outcome_name")
    if quantity < 0:
        raise RuleBroken(_("A quantity is 0 or more."), field="quantity", code="outcome_quantity")
    if is_blank(unit):
        raise RuleBroken(_("Say in which unit of measure."), field="unit", code="outcome_unit")


def record_due_on(ended_on: date, *, working_days: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """The last day on which the record is in time (Order 67 art 11)."""
    return add_working_days(ended_on, working_days, overrides)


def due_tone(due_on: date, *, today: date, is_working_day: Callable[[date], bool]) -> str:
    """bad once the last day is over, wait in its last three working days, idle before."""
    if today > due_on:
        return "bad"
    left = sum(is_working_day(today + n * DAY) for n in range((due_on - today).days + 1))
    return "wait" if left <= NEAR_WORKING_DAYS else "idle"


@dataclass(frozen=True)
class Served:
    """When somebody served and how long: what the ledger is handed. The minutes fit between the two."""

    starts_at: datetime
    ends_at: datetime
    minutes: int


def served(
    *,
    starts_at: datetime,
    ended_at: datetime,
    arrived_at: datetime | None,
    left_at: datetime | None,
    minutes: int | None,
) -> Served:
    """What one person gave to a shift that ended at `ended_at`, in whole minutes; hand-written minutes win."""
    given = minutes_given(
        starts_at=starts_at, ends_at=ended_at, arrived_at=arrived_at, left_at=left_at, minutes=minutes
    )
    start = min(max(arrived_at or starts_at, starts_at), ended_at)
    end = max(start, min(left_at or ended_at, ended_at))
    if end - start < given * MINUTE:
        start, end = starts_at, max(ended_at, starts_at + given * MINUTE)
    return Served(starts_at=start, ends_at=end, minutes=given)
