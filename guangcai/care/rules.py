"""What care allows: pure checks, no database, no clock."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from guangcai.care.enums import OF_DESK, OF_MEMBER, ConsentBy, HouseholdCategory, Outcome, RiskTier, SaidBy
from guangcai.core.errors import RuleBroken, Text
from guangcai.core.text import is_blank
from guangcai.orgs.policies import VisitRhythm

LONGEST_LABEL: Final = 20
LONGEST_NOTES: Final = 1000
LONGEST_NOTE: Final = 500
LONGEST_REASON: Final = 200
LONGEST_HOW: Final = 60
LONGEST_OFFER: Final = 60
OFF_ROSTER: Final = _("This member is no longer on the roster.")
# A visit is written down within the time in which a household still has its tier and its pair in memory.
OLDEST_VISIT: Final = timedelta(days=60)
RETENTION: Final = timedelta(days=3 * 365 + 1)
ONE_DAY: Final = timedelta(days=1)
What = TypeVar("What")


# --- households -----------------------------------------------------------------------------------------------------


def check_household(*, label: str, name: str, people: int | None, needs_guardian: bool, guardian: str) -> None:
    """Raises RuleBroken(field). A child without a guardian is not written down at all."""
    if is_blank(label):
        raise RuleBroken(_("Give it a short label for lists, without a name."), field="label", code="label_missing")
    if is_blank(name):
        raise RuleBroken(_("Say whose household it is. Only the desk and the pair read it."), field="name")
    if not is_blank(name) and name.strip() in label:
        words = _("The label stands on lists: leave the name out of it.")
        raise RuleBroken(words, field="label", code="label_names")
    if people is not None and not 1 <= people <= 30:
        raise RuleBroken(_("From 1 to 30 people."), field="people", code="people_number")
    if needs_guardian and is_blank(guardian):
        words = _("Enter the guardian first: a child is contacted only through the guardian.")
        raise RuleBroken(words, field="guardian_name", code="guardian_missing")


def check_current(*, ended_at: datetime | None) -> None:
    if ended_at is not None:
        raise RuleBroken(_("This household is no longer looked after. Add it again."), code="household_ended")


def check_consent(*, said_by: str, how: str, given_on: date, today: date, needs_guardian: bool) -> None:
    """Raises RuleBroken(field): for a child only the guardian agrees, and nobody agrees tomorrow."""
    if needs_guardian and said_by != ConsentBy.GUARDIAN:
        raise RuleBroken(_("For a child only the guardian can agree."), field="said_by", code="guardian_agrees")
    if is_blank(how):
        raise RuleBroken(_("Say how it was agreed: on paper, by phone, at the door."), field="how", code="how_missing")
    if given_on > today:
        raise RuleBroken(_("This day has not come yet."), field="given_on", code="day_ahead")


def check_consent_anew(*, was: str, becomes: str, has_consent: bool, said_by: str) -> bool:
    """Whether a change of category asks for a new consent: to or from a child another person agrees.

    Raises RuleBroken(field="consent_by") when it does and nobody has said so.
    """
    is_asked = has_consent and (HouseholdCategory.CHILD in (was, becomes)) and was != becomes
    if is_asked and not said_by:
        words = _("Somebody else agrees for this category: ask anew, and note who agreed and how.")
        raise RuleBroken(words, field="consent_by", code="consent_anew")
    return is_asked


# --- pairings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Readiness:
    """What a household needs before anybody is asked to look after it."""

    is_current: bool
    has_consent: bool
    needs_guardian: bool
    has_guardian: bool


def check_ready(household: Readiness) -> None:
    """Raises RuleBroken with a code per reason: household_ended, guardian_missing, no_consent."""
    if not household.is_current:
        raise RuleBroken(_("This household is no longer looked after. Add it again."), code="household_ended")
    if household.needs_guardian and not household.has_guardian:
        raise RuleBroken(_("Enter the guardian first."), code="guardian_missing")
    if not household.has_consent:
        raise RuleBroken(_("The household has not agreed yet: note its consent first."), code="no_consent")


def check_helper(*, is_on_roster: bool, held: int, most: int, counts: bool) -> None:
    """held: live contact households of the member; counts: whether this pairing is one of them (A62).

    Raises RuleBroken: off_roster, limit_reached.
    """
    if not is_on_roster:
        raise RuleBroken(OFF_ROSTER, field="member", code="off_roster")
    if counts and held >= most:
        words = _("The member looks after %(held)d households already; %(most)d at most. Choose somebody else.")
        raise RuleBroken(words % {"held": held, "most": most}, field="member", code="limit_reached")


def check_free(*, has_live: bool) -> None:
    if has_live:
        raise RuleBroken(_("Somebody looks after this household already. End or hand over first."), code="has_pairing")


def check_other_member(*, now_with: object, to: object) -> None:
    if now_with == to:
        raise RuleBroken(_("The household is with this member already."), field="member", code="same_member")


def check_pairing_end(*, reason: str, note: str, by_member: bool) -> None:
    """Raises RuleBroken for a reason of the other side, or a note too long. Both sides may end it at any time."""
    if reason not in (OF_MEMBER if by_member else OF_DESK):
        raise RuleBroken(_("Choose one of the reasons."), field="reason", code="reason_unknown")
    if len(note) > LONGEST_REASON:
        words = _("At most %(number)d characters.") % {"number": LONGEST_REASON}
        raise RuleBroken(words, field="note", code="note_long")


# --- visits ---------------------------------------------------------------------------------------------------------


def days_of(tier: str, rhythm: VisitRhythm) -> int:
    """Most days between two visits."""
    days = {RiskTier.HIGH: rhythm.high_days, RiskTier.KEY: rhythm.key_days, RiskTier.GENERAL: rhythm.general_days}
    return days[RiskTier(tier)]


def next_visit_on(*, last_on: date | None, held_since: date, tier_since: date, days: int) -> date:
    """The local day by which the next visit is due: `days` after the last one, or after the pairing began.

    A household that came into a stricter tier is due on that day, not before it: nobody was late under a rule that
    did not hold. Source: J5.
    """
    if last_on is None:
        return max(held_since + timedelta(days=days), tier_since)
    return max(last_on + timedelta(days=days), held_since, tier_since)


def check_visit(*, visited_on: date, today: date, added_on: date, note: str, minutes: int | None) -> None:
    """Raises RuleBroken(field)."""
    if visited_on > today:
        raise RuleBroken(_("This day has not come yet."), field="visited_on", code="day_ahead")
    if visited_on < max(added_on, today - OLDEST_VISIT):
        words = _("Too long ago: a visit is written down within 60 days, and not before the household was added.")
        raise RuleBroken(words, field="visited_on", code="day_old")
    if len(note) > LONGEST_NOTE:
        most = _("At most %(number)d characters.") % {"number": LONGEST_NOTE}
        raise RuleBroken(most, field="note", code="note_long")
    if minutes is not None and not 1 <= minutes <= 8 * 60:
        raise RuleBroken(_("From 1 to 480 minutes."), field="minutes", code="minutes_range")


def check_guardian_present(*, needs_guardian: bool, with_guardian: bool) -> None:
    """Contact with a child only through the guardian."""
    if needs_guardian and not with_guardian:
        words = _("A child is contacted only through the guardian. Confirm that the guardian was there or was asked.")
        raise RuleBroken(words, field="with_guardian", code="guardian_first")


def check_started_at(*, has_minutes: bool, has_start: bool, is_today: bool) -> None:
    """Minutes of another day need their time: none is made up."""
    if has_minutes and not has_start and not is_today:
        raise RuleBroken(_("Say when it began."), field="start_time", code="start_missing")


def check_not_corrected(*, is_corrected: bool) -> None:
    if is_corrected:
        raise RuleBroken(_("This visit was corrected before. Correct the newer one."), code="corrected_before")


# --- visits that were due -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span(Generic[What]):
    """What held from a day on; `until` is exclusive, None is still."""

    since: date
    until: date | None
    what: What


@dataclass(frozen=True)
class Stretch:
    """Days on which somebody looked after a household in one tier under one rhythm; `until` is exclusive.

    held_since: first day of the unbroken time in which somebody looked after it.
    """

    since: date
    until: date | None
    held_since: date
    tier: str
    days: int


@dataclass(frozen=True)
class DueVisit:
    """The day by which a visit was due, in which tier, and whether one was made since the visit before fell due."""

    on: date
    tier: str
    is_made: bool


def stretches(
    *, held: Sequence[Span[None]], tiers: Sequence[Span[str]], rhythms: Sequence[Span[VisitRhythm]]
) -> list[Stretch]:
    """The days of a household on which visits could fall due, cut where its tier or the rule changed, oldest first.

    Each input in order of its days. Days without a pairing, a tier or a rule are left out; a rule written anew with the
    same days cuts nothing.
    """
    found: list[Stretch] = []
    for time in unbroken(held):
        for tier in tiers:
            for rhythm in rhythms:
                since = max(time.since, tier.since, rhythm.since)
                until = _earliest(time.until, tier.until, rhythm.until)
                if until is None or since < until:
                    days = days_of(tier.what, rhythm.what)
                    _add(found, Stretch(since, until, time.since, tier.what, days))
    return found


def unbroken(held: Sequence[Span[None]]) -> list[Span[None]]:
    """Spans in order of their first days, those that touch or overlap as one."""
    found: list[Span[None]] = []
    for span in held:
        last = found[-1] if found else None
        if last is None or (last.until is not None and last.until < span.since):
            found.append(span)
        else:
            until = None if last.until is None or span.until is None else max(last.until, span.until)
            found[-1] = Span(last.since, until, None)
    return found


def due_visits(rows: Sequence[Stretch], *, visits: Sequence[date], before: date) -> list[DueVisit]:
    """Every visit that fell due before a day, in order.

    visits: local days in order. A visit falls due as next_visit_on says, from the last one made when the one before
    fell due; whoever visits more often has no more due ones, and all of them are made exactly when no two visits lie
    further apart than the rhythm. One that was missed lapses: the rhythm runs on from its day, and a late visit is made
    for the next. What later days bring changes none of the earlier ones. Source: J5.
    """
    return [each for stretch in rows for each in _due_in(stretch, visits, before=before)]


def _due_in(stretch: Stretch, visits: Sequence[date], *, before: date) -> Iterator[DueVisit]:
    end = before if stretch.until is None else min(stretch.until, before)
    earlier = bisect_left(visits, stretch.since)
    last = visits[earlier - 1] if earlier else stretch.held_since
    # A visit on the day on which somebody began answers nothing: none was due yet.
    told = max(last, stretch.since - ONE_DAY)
    while (on := max(last + timedelta(days=stretch.days), stretch.since)) < end:
        made = bisect_right(visits, on)
        is_made = made > bisect_right(visits, told)
        yield DueVisit(on, stretch.tier, is_made)
        last = visits[made - 1] if is_made else on
        told = on


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _add(found: list[Stretch], new: Stretch) -> None:
    last = found[-1] if found else None
    same = last is not None and (last.held_since, last.tier, last.days) == (new.held_since, new.tier, new.days)
    if last is not None and same and last.until == new.since:
        found[-1] = Stretch(last.since, new.until, last.held_since, last.tier, last.days)
    else:
        found.append(new)


# --- plans ----------------------------------------------------------------------------------------------------------


def missing_of_five(*, member: object, times: str, what: str, effect: str) -> dict[str, Text]:
    """Field -> what is missing of who, when, what and the intended effect; for whom is the household (A61)."""
    asked: dict[str, tuple[object, Text]] = {
        "member": (member, _("who does it")),
        "times": (not is_blank(times), _("when")),
        "what": (not is_blank(what), _("what is done")),
        "effect": (not is_blank(effect), _("which effect is intended")),
    }
    return {name: words for name, (value, words) in asked.items() if not value}


def check_plan_start(missing: dict[str, Text]) -> None:
    """Raises RuleBroken naming the first of the five that is missing."""
    for name, words in missing.items():
        text = _("The plan starts only with all five: say %(missing)s.") % {"missing": words}
        raise RuleBroken(text, field=name, code=f"missing_{name}")


def check_plan_check(*, is_started: bool, is_checked: bool, own: bool, outcome: str, said_by: str) -> None:
    """The effect is judged by the household or the desk, never by the one who did it."""
    if not is_started:
        raise RuleBroken(_("The plan has not started yet."), code="plan_not_started")
    if is_checked:
        raise RuleBroken(_("The effect was checked before."), code="plan_checked")
    if own:
        raise RuleBroken(_("Somebody else checks the effect of what you do yourself."), code="own_plan")
    if outcome not in Outcome.values:
        raise RuleBroken(_("Choose what came of it."), field="outcome", code="outcome_missing")
    if said_by not in SaidBy.values:
        raise RuleBroken(_("Say who judged it."), field="said_by", code="said_by_missing")


# --- figures --------------------------------------------------------------------------------------------------------


# --- the personal card ----------------------------------------------------------------------------------------------

NOT_THE_PAIR: Final = _("Choose a member who looks after this household.")


def check_task(*, done_on: date, today: date, note: str) -> None:
    if done_on > today:
        raise RuleBroken(_("This day has not come yet."), field="done_on", code="day_ahead")
    if is_blank(note):
        raise RuleBroken(_("Say in a few words what was done."), field="note", code="note_missing")
