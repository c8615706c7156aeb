"""What posts allow: pure checks, no database, no clock.

Every refusal of a claim has a code; the screens put the next step beside it. Nobody is assigned: a place is offered,
and the member takes it up himself or does not (Order 685 art 25).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken, Text
from guangcai.core.text import is_blank
from guangcai.members.fitness import SkillHeld, check_skill
from guangcai.orgs.enums import ClaimOrder
from guangcai.posts.enums import HoursForm

MOST_PLACES: Final = 200
LONGEST_PERIOD: Final = timedelta(days=731)
LONGEST_REASON: Final = 200


# --- the post -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hours:
    """When the service of a post is given. minutes_wanted: of one holder, within `since` and `until`."""

    form: HoursForm
    note: str = ""
    minutes_wanted: int | None = None
    since: date | None = None
    until: date | None = None


def check_hours(hours: Hours) -> None:
    """Raises RuleBroken(field) for what is missing: set hours name them, flexible ones say how much and by when."""
    if hours.since and hours.until and hours.until < hours.since:
        raise RuleBroken(_("The end lies before the beginning."), field="until", code="period_backwards")
    if hours.since and hours.until and hours.until - hours.since > LONGEST_PERIOD:
        raise RuleBroken(_("A period lasts two years at most."), field="until", code="period_long")
    if hours.form == HoursForm.SET and is_blank(hours.note):
        raise RuleBroken(_("Say when: for example Saturdays 9:00-11:00."), field="hours_note", code="hours_missing")
    if hours.form == HoursForm.FLEXIBLE:
        _check_flexible(hours)


def _check_flexible(hours: Hours) -> None:
    if not hours.minutes_wanted or hours.minutes_wanted < 1:
        raise RuleBroken(_("Say how many hours are needed."), field="hours_wanted", code="minutes_missing")
    if hours.since is None:
        raise RuleBroken(_("Say from which day on."), field="since", code="since_missing")
    if hours.until is None:
        raise RuleBroken(_("Say by which day."), field="until", code="until_missing")


def check_draft(*, title: str, places: int) -> None:
    if is_blank(title):
        raise RuleBroken(_("Give the post a name."), field="title", code="title_missing")
    if not 1 <= places <= MOST_PLACES:
        words = _("A post has 1 to %(most)d places.") % {"most": MOST_PLACES}
        raise RuleBroken(words, field="places", code="places")


def missing_words(*, duties: str, place: str, risk_note: str, guarantee: str) -> dict[str, Text]:
    """Field -> what to add before a post may be opened. Source: Order 685 arts 12, 14."""
    items: dict[str, tuple[str, Text]] = {
        "duties": (duties, _("Say what is to be done.")),
        "place": (place, _("Say where.")),
        "risk_note": (risk_note, _("Say what the risks are: nobody is asked to serve without them.")),
        "guarantee": (guarantee, _("Say what is provided: insurance, gloves, water.")),
    }
    return {field: words for field, (text, words) in items.items() if is_blank(text)}


def check_openable(*, is_established: bool, is_open: bool, missing: dict[str, Text]) -> None:
    if not is_established:
        raise RuleBroken(_("The community has not established this post yet."), code="not_established")
    if is_open:
        raise RuleBroken(_("This post is open already."), code="open_already")
    for field, words in missing.items():
        raise RuleBroken(words, field=field, code=f"missing_{field}")


def check_post_live(*, ended_at: datetime | None) -> None:
    if ended_at is not None:
        raise RuleBroken(_("This post has ended."), code="post_ended")


def end_of_day(day: date) -> datetime:
    """The last instant of a local date."""
    return make_aware(datetime.combine(day + timedelta(days=1), time())) - timedelta(seconds=1)


def collects(order: str) -> bool:
    """Whether claims are collected until a day and served then, by lot or by who holds the fewest."""
    return order in (ClaimOrder.LOT, ClaimOrder.FEWEST_FIRST)


# --- the claim ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Applicant:
    """What a claim is judged by, on the side of the member."""

    is_in_area: bool
    is_on_roster: bool = True
    category: str = ""
    skills: tuple[SkillHeld, ...] = ()
    has_claimed: bool = False


@dataclass(frozen=True)
class Wanted:
    """What a claim is judged by, on the side of the post. on: the local date of the claim; is_over: claims were
    collected until a day before it and are not served yet."""

    is_open: bool
    on: date
    is_over: bool = False
    category: str = ""
    category_name: str = ""
    skills: tuple[str, ...] = ()
    until: date | None = None


def check_claim(wanted: Wanted, applicant: Applicant) -> None:
    """Raises RuleBroken with a code of its own for every reason why a member cannot claim a post."""
    if not wanted.is_open:
        raise RuleBroken(_("This post is not open to claims."), code="not_open")
    if wanted.is_over:
        raise RuleBroken(
            _("Claims were taken until the day announced: the community gives it out now."), code="claims_over"
        )
    if wanted.until is not None and wanted.until < wanted.on:
        raise RuleBroken(_("The period of this post is over."), code="period_over")
    if not applicant.is_on_roster:
        raise RuleBroken(_("You are no longer on the roster of this community."), code="not_on_roster")
    if not applicant.is_in_area:
        raise RuleBroken(_("This is for members who reported to another community."), code="other_area")
    if applicant.has_claimed:
        raise RuleBroken(_("You have claimed this post already."), code="already_claimed")
    if wanted.category and applicant.category != wanted.category:
        words = _("This post is for “%(category)s”.") % {"category": wanted.category_name}
        raise RuleBroken(words, code="other_category")
    for name in wanted.skills:
        check_skill(name, applicant.skills, on=wanted.on)


def free_places(taken: Iterable[int], *, places: int) -> list[int]:
    """The numbers nobody holds, lowest first."""
    held = set(taken)
    return [number for number in range(1, places + 1) if number not in held]


def check_places(*, places: int, highest: int) -> None:
    if places < highest:
        words = _("%(number)d places are taken: end a claim first.") % {"number": highest}
        raise RuleBroken(words, field="places", code="places_taken")


def check_has_place(*, place_no: int | None) -> None:
    if place_no is None:
        raise RuleBroken(_("This claim has no place yet."), code="no_place")


def check_allot(*, is_collecting: bool, claims_until: datetime | None, now: datetime) -> None:
    if not is_collecting or claims_until is None:
        raise RuleBroken(_("There is nothing to allot: places go to whoever comes."), code="nothing_to_allot")
    if now < claims_until:
        raise RuleBroken(_("Claims are still being taken."), code="still_collecting")
