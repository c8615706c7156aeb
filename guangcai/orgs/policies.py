"""Reading the rules in force: the nearest owner above a place wins, and a missing rule is a fault, not a zero."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken
from guangcai.core.scoping import ancestors
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Policy
from guangcai.orgs.models.organisations import in_force


@dataclass(frozen=True)
class AnnualDuty:
    """What a member owes in a calendar year: whole minutes and deeds. Source: A43."""

    minutes: int
    deeds: int


@dataclass(frozen=True)
class DailyLimit:
    """Most confirmed minutes of one person on one day. Source: promise I7."""

    minutes: int


@dataclass(frozen=True)
class RecordingDeadline:
    """Working days from the activity to its record. Source: Order 67 art 11."""

    working_days: int


@dataclass(frozen=True)
class LateArrival:
    """Hours after which an attendance kept by an offline phone is no longer taken."""

    hours: int


@dataclass(frozen=True)
class SampleShare:
    """Percent of confirmed records drawn at random for the street to check."""

    percent: int


@dataclass(frozen=True)
class OfficeHours:
    """Local clock times between which service is flagged as inside working hours, `HH:MM`."""

    start: str
    end: str

    @property
    def opens(self) -> time:
        return time.fromisoformat(self.start)

    @property
    def closes(self) -> time:
        return time.fromisoformat(self.end)


@dataclass(frozen=True)
class FeedbackDeadline:
    """Working days after the quarter's end by which feedback is sent. Source: A50."""

    working_days: int


@dataclass(frozen=True)
class CancelNotice:
    """Hours before a shift until which cancelling counts as in time. Source: Order 685 art 22."""

    hours: int


@dataclass(frozen=True)
class ListKept:
    """Days after which a list that was sent and not settled, or its refused rows, are removed. Source: PIPL art 19."""

    days: int


@dataclass(frozen=True)
class LookAtTimes:
    """When the times of service deserve a second look; each number is the first that does. Source: promise T5.

    night_*: clock times `HH:MM`. day_minutes: more than so many on a day. way_minutes: less than so many between two
    communities. days, month_minutes, office_times: of one member in a month; office_times of in-service members.
    """

    night_begins: str
    night_ends: str
    day_minutes: int
    way_minutes: int
    days: int
    month_minutes: int
    office_times: int


@dataclass(frozen=True)
class LookAtTyping:
    """When records typed in by hand deserve a second look; each number is the first that does.

    round_run: full hours in a row for one member. by_one: records of one maker in a month. late_batch: late records of
    one maker within an hour. quick_minutes: confirmed sooner. same_times: people with the same times from one maker.
    copies: records of one member with the same words and minutes. of_one: records of one member in a month.
    unseen: the same when he never was at a shift. at_once: of one member within an hour. days_later: after the service.
    """

    round_run: int
    by_one: int
    late_batch: int
    quick_minutes: int
    same_times: int
    copies: int
    of_one: int
    unseen: int
    at_once: int
    days_later: int


@dataclass(frozen=True)
class LookAtContent:
    """When content and totals deserve a second look.

    words: what is no service (Order 67 art 19), separated by spaces. day_deeds: deeds of one member on a day.
    more_minutes: so many more than the reversed record of that day. last_months: of the year, in which reaching the
    yearly duty by typed records shows, when the total stays within over_minutes of it.
    """

    words: str
    day_deeds: int
    more_minutes: int
    last_months: int
    over_minutes: int


@dataclass(frozen=True)
class ClaimRule:
    """Who goes first when more people claim than there are places: first_come, lot or fewest_first.

    days: how long claims are collected before they are served; 0 with first_come. Source: J2 (claimed in seconds by the
    same few), Order 685 art 25.
    """

    order: str
    days: int


@dataclass(frozen=True)
class ZoneTerm:
    """Term of a zone agreement in months, and how many days before its end a renewal is asked for. Source: A11."""

    months: int
    remind_days: int


@dataclass(frozen=True)
class HouseholdLimit:
    """Most households one member looks after at a time. Source: A62 (five)."""

    households: int


@dataclass(frozen=True)
class VisitRhythm:
    """Most days between two visits, by risk tier, and hours until a visit after a major change. Source: J5."""

    high_days: int
    key_days: int
    general_days: int
    alert_hours: int

    def __post_init__(self) -> None:
        if not self.high_days <= self.key_days <= self.general_days:
            words = _("A higher risk is visited at least as often as a lower one.")
            raise RuleBroken(words, field="high_days", code="rhythm_order")


@dataclass(frozen=True)
class SmallCount:
    """Counts of people in need from 1 to below this one are shown as "<below". Source: PIPL art 28."""

    below: int


@dataclass(frozen=True)
class MatchPlace:
    """Points against a pair by the nearest place both share; whole numbers, never fewer for a farther one."""

    stairwell: int
    building: int
    compound: int
    community: int
    elsewhere: int

    def __post_init__(self) -> None:
        if not self.stairwell <= self.building <= self.compound <= self.community <= self.elsewhere:
            words = _("A farther place cannot have fewer points than a nearer one.")
            raise RuleBroken(words, field="stairwell", code="places_order")


@dataclass(frozen=True)
class MatchFit:
    """Points against a pair for all but distance (matching.weights.Weights), and what limits a proposal.

    candidates: the best so many members of a need are compared. commitments: most that one member is proposed for,
    those he holds included.
    """

    without_skill: int
    without_certificate: int
    without_time: int
    time_unknown: int
    per_commitment: int
    per_hour_served: int
    hours_counted: int
    candidates: int
    commitments: int


@dataclass(frozen=True)
class CaseTime:
    """Target times of a request whose item sets none of its own; all are counted from its dispatch.

    response_hours: until the asker was spoken to. solution_days: calendar days until it is done. notice_days: days over
    time before the street is told. answer_days: how long the asker may still say "not solved" after the call-back.
    Sources: J4; domain of 接诉即办.
    """

    response_hours: int
    solution_days: int
    notice_days: int
    answer_days: int


@dataclass(frozen=True)
class CaseRates:
    """What the three rates weigh in the figure that joins them, in percent; together 100."""

    response: int
    solution: int
    satisfaction: int

    def __post_init__(self) -> None:
        if self.response + self.solution + self.satisfaction != 100:
            words = _("The three weights together must be 100.")
            raise RuleBroken(words, field="response", code="weights_sum")


@dataclass(frozen=True)
class MeetingRhythm:
    """When bodies meet again. menu_days: days before a month starts by which its activity menu is published; the others
    are the most months between two meetings (or surveys) of a kind. Sources: A27, A28, A34, A35.
    """

    menu_days: int
    survey_months: int
    joint_months: int
    committee_months: int
    hearing_months: int


@dataclass(frozen=True)
class MediationVisits:
    """Days after an agreement between neighbours until both sides are asked whether it holds. Source: A23."""

    first_days: int
    second_days: int

    def __post_init__(self) -> None:
        if self.second_days <= self.first_days:
            words = _("The second visit must come later than the first.")
            raise RuleBroken(words, field="second_days", code="visits_order")


SHAPES: dict[PolicyKey, type[Any]] = {
    PolicyKey.ANNUAL_DUTY: AnnualDuty,
    PolicyKey.DAILY_LIMIT: DailyLimit,
    PolicyKey.RECORDING_DEADLINE: RecordingDeadline,
    PolicyKey.LATE_ARRIVAL: LateArrival,
    PolicyKey.SAMPLE_SHARE: SampleShare,
    PolicyKey.OFFICE_HOURS: OfficeHours,
    PolicyKey.FEEDBACK_DEADLINE: FeedbackDeadline,
    PolicyKey.CANCEL_NOTICE: CancelNotice,
    PolicyKey.LIST_KEPT: ListKept,
    PolicyKey.LOOK_AT_TIMES: LookAtTimes,
    PolicyKey.LOOK_AT_TYPING: LookAtTyping,
    PolicyKey.LOOK_AT_CONTENT: LookAtContent,
    PolicyKey.CLAIM_RULE: ClaimRule,
    PolicyKey.ZONE_TERM: ZoneTerm,
    PolicyKey.HOUSEHOLD_LIMIT: HouseholdLimit,
    PolicyKey.VISIT_RHYTHM: VisitRhythm,
    PolicyKey.SMALL_COUNT: SmallCount,
    PolicyKey.MATCH_PLACE: MatchPlace,
    PolicyKey.MATCH_FIT: MatchFit,
    PolicyKey.CASE_TIME: CaseTime,
    PolicyKey.CASE_RATES: CaseRates,
    PolicyKey.MEETING_RHYTHM: MeetingRhythm,
    PolicyKey.MEDIATION_VISITS: MediationVisits,
}
KEYS = {shape: key for key, shape in SHAPES.items()}
Shape = TypeVar("Shape")


class NoRule(RuleBroken, LookupError):
    """No rule of a kind was in force on a day: before the first of them nothing can be worked out."""

    def __init__(self, key: PolicyKey, on: date) -> None:
        words = {"rule": key.label, "day": on.isoformat()}
        super().__init__(_("On %(day)s no rule “%(rule)s” was in force: choose a later day.") % words, code=key.value)


def in_force_at(shape: type[Shape], *, path: str, on: date) -> Shape:
    """The rule of kind `shape` at the node of `path` on the local date `on`; the nearest owner wins.

    Raises NoRule when no node from the root down sets one.
    """
    key = KEYS[shape]
    rows = Policy.objects.filter(in_force(on), key=key, path__in=ancestors(path))
    nearest = max(rows, key=lambda row: (len(row.path), row.since), default=None)
    if nearest is None:
        raise NoRule(key, on)
    return shape(**nearest.value)


def in_force_together(*shapes: type[Any], path: str, on: date) -> tuple[Any, ...]:
    """The same for several kinds of rule at one place, in one query, in the order asked for."""
    keys = {KEYS[shape]: shape for shape in shapes}
    rows = Policy.objects.filter(in_force(on), key__in=keys, path__in=ancestors(path))
    # Longer paths and later rules come last: they overwrite what is further away.
    nearest = {PolicyKey(row.key): row for row in sorted(rows, key=lambda row: (len(row.path), row.since))}
    for key in keys:
        if key not in nearest:
            raise NoRule(key, on)
    return tuple(shape(**nearest[key].value) for key, shape in keys.items())


def in_force_at_each(shape: type[Shape], *, paths: Iterable[str], on: date) -> dict[str, Shape]:
    """The same for several places at once, in one query. Raises NoRule when a place has no rule."""
    key = KEYS[shape]
    above = {path: ancestors(path) for path in paths}
    owners = {owner for path in above.values() for owner in path}
    rows = sorted(
        Policy.objects.filter(in_force(on), key=key, path__in=owners), key=lambda row: (len(row.path), row.since)
    )
    # Longer paths and later rules come last: they overwrite what is further away.
    rule_of = {row.path: row for row in rows}
    found: dict[str, Shape] = {}
    for path, line in above.items():
        nearest = max((rule_of[owner] for owner in line if owner in rule_of), key=lambda r: len(r.path), default=None)
        if nearest is None:
            raise NoRule(key, on)
        found[path] = shape(**nearest.value)
    return found


def in_force_on_days(shape: type[Shape], *, path: str, days: Iterable[date]) -> dict[date, Shape]:
    """The same for several days at once, in one query. Raises NoRule when a day has no rule."""
    key = KEYS[shape]
    rows = sorted(
        Policy.objects.filter(key=key, path__in=ancestors(path)),
        key=lambda row: (len(row.path), row.since),
        reverse=True,
    )
    found: dict[date, Shape] = {}
    for day in set(days):
        nearest = next((r for r in rows if r.since <= day and (r.until is None or day < r.until)), None)
        if nearest is None:
            raise NoRule(key, day)
        found[day] = shape(**nearest.value)
    return found


def check_value(key: PolicyKey, value: dict[str, Any]) -> None:
    """Raises ValueError unless `value` has exactly the fields of the rule's shape, each of the declared type;
    RuleBroken where its numbers contradict each other."""
    declared = {field.name: field.type for field in fields(SHAPES[key])}
    if set(declared) != set(value) or any(type(value[name]) is not kind for name, kind in declared.items()):
        raise ValueError(f"{key} needs exactly {declared}")
    SHAPES[key](**value)


def spans_at_each(shape: type[Shape], *, paths: Iterable[str]) -> dict[str, list[tuple[date, date | None, Shape]]]:
    """The rule of every day at several places, as (since, until, rule) oldest first, in one query.

    `until` is exclusive, None is still in force. Days without a rule are left out.
    """
    above = {path: set(ancestors(path)) for path in paths}
    owners = {owner for line in above.values() for owner in line}
    rows = list(Policy.objects.filter(key=KEYS[shape], path__in=owners))
    return {path: _spans(shape, [row for row in rows if row.path in line]) for path, line in above.items()}


def _spans(shape: type[Shape], rows: list[Policy]) -> list[tuple[date, date | None, Shape]]:
    cuts = sorted({row.since for row in rows} | {row.until for row in rows if row.until is not None})
    found: list[tuple[date, date | None, Shape]] = []
    for day, following in zip(cuts, [*cuts[1:], None], strict=True):
        held = [row for row in rows if row.since <= day and (row.until is None or day < row.until)]
        if held:
            nearest = max(held, key=lambda row: (len(row.path), row.since))
            found.append((day, following, shape(**nearest.value)))
    return found
