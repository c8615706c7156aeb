"""Shifts, one by one or as a series."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from guangcai.activities import codes, hooks, recurrence, rules
from guangcai.activities.commands.places import fill_places
from guangcai.activities.commands.telling import tell_signed_up
from guangcai.activities.enums import CancelReason, HolidayRule, Occasion
from guangcai.activities.models import Activity, Series, Shift, SignUp
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.workdays import is_working_day
from guangcai.orgs.facts import of_community
from guangcai.orgs.queries import workday_overrides


@dataclass(frozen=True)
class Repeat:
    """When a series meets. `rule` is RRULE text, `minutes` the length of a shift; either: alternatives of a week."""

    rule: str
    starts_on: date
    ends_on: date
    start_time: time
    minutes: int
    places: int
    on_holiday: HolidayRule = HolidayRule.SKIP
    either: bool = False


@transaction.atomic
def add_shift(
    *, activity: Activity, starts_at: datetime, ends_at: datetime, places: int, by: Actor, now: datetime,
    id: UUID | None = None,
) -> Shift:  # fmt: skip
    """Add one shift. `starts_at` and `ends_at` are aware. The same id sent again is the same shift."""
    by.require(Permission.ACTIVITY_EDIT, activity.path)
    if found := already(Shift, id, activity_id=activity.pk, starts_at=starts_at):
        return found
    _check_going_on(activity)
    rules.check_shift_times(starts_at=starts_at, ends_at=ends_at, places=places, now=now)
    shift = Shift.objects.create(
        **of_community(activity.community),
        id=id or new_id(),
        activity=activity,
        starts_at=starts_at,
        ends_at=ends_at,
        places=places,
        code_key=codes.new_key(),
    )
    audit.record(Tag.SHIFT_ADD, by=by, on=shift, now=now)
    return shift


@transaction.atomic
def add_series(*, activity: Activity, repeat: Repeat, by: Actor, now: datetime, id: UUID | None = None) -> Series:
    """Add a repeat rule and make its shifts, a year of them at most. The same id sent again adds nothing."""
    by.require(Permission.ACTIVITY_EDIT, activity.path)
    if found := already(Series, id, activity_id=activity.pk, rule=repeat.rule, starts_on=repeat.starts_on):
        return found
    _check_going_on(activity)
    recurrence.check_rule(repeat.rule)
    rules.check_series_end(ends_on=repeat.ends_on, today=timezone.localdate(now))
    recurrence.check_span(starts_on=repeat.starts_on, ends_on=repeat.ends_on)
    series = Series(
        **of_community(activity.community),
        id=id or new_id(),
        activity=activity,
        rule=repeat.rule,
        starts_on=repeat.starts_on,
        ends_on=repeat.ends_on,
        start_time=repeat.start_time,
        minutes=repeat.minutes,
        places=repeat.places,
        on_holiday=repeat.on_holiday,
        either=repeat.either,
        created_at=now,
        created_by=by.user_id,
    )
    series.save(force_insert=True)
    made = _make_shifts(series, now=now)
    if not made:
        raise RuleBroken(
            _("No day fits this rule between the first and the last day."), field="ends_on", code="no_date"
        )
    audit.record(Tag.SERIES_ADD, by=by, on=series, now=now, shifts=made)
    return series


@transaction.atomic
def extend_series(*, series: Series, ends_on: date, by: Actor, now: datetime) -> int:
    """Let a series run on until `ends_on`: the number of shifts added. Dates that exist are not touched."""
    by.require(Permission.ACTIVITY_EDIT, series.path)
    series = Series.objects.select_for_update(of=("self",)).select_related("activity", "community").get(pk=series.pk)
    _check_going_on(series.activity)
    until = series.ends_on
    if ends_on <= until:
        return 0
    rules.check_series_end(ends_on=ends_on, today=timezone.localdate(now))
    recurrence.check_span(starts_on=until, ends_on=ends_on)
    series.ends_on = ends_on
    series.save(update_fields=["ends_on"])
    made = _make_shifts(series, after=until, now=now)
    audit.record(Tag.SERIES_ADD, by=by, on=series, now=now, shifts=made)
    return made


@transaction.atomic
def change_shift(
    *, shift: Shift, starts_at: datetime, ends_at: datetime, places: int, by: Actor, now: datetime
) -> Shift:
    """Move a shift or change its places; people are told of a new time, and the waiting list moves up into new places.

    Raises RuleBroken(field="places") when more people hold a place than would be left.
    """
    by.require(Permission.ACTIVITY_EDIT, shift.path)
    shift = lock_shift(shift.pk)
    rules.check_shift_open(cancelled_at=shift.cancelled_at, closed_at=shift.closed_at)
    rules.check_shift_times(starts_at=starts_at, ends_at=ends_at, places=places, now=now)
    moved = (shift.starts_at, shift.ends_at) != (starts_at, ends_at)
    siblings = Shift.objects.filter(series=shift.series_id).exclude(pk=shift.pk)
    if shift.series_id and siblings.filter(starts_at=starts_at).exists():
        raise RuleBroken(_("The series already has a shift at this time."), field="start_time", code="shift_twice")
    fewer = places < shift.places
    shift.starts_at, shift.ends_at, shift.places = starts_at, ends_at, places
    if fewer:
        _close_ranks(shift)
    shift.save(update_fields=["starts_at", "ends_at", "places"])
    audit.record(Tag.SHIFT_CHANGE, by=by, on=shift, now=now, moved=moved, places=places)
    fill_places(shift=shift, by=by, now=now)
    if moved:
        tell_signed_up(shift=shift, occasion=Occasion.CHANGED, now=now)
    return shift


@transaction.atomic
def cancel_shift(*, shift: Shift, reason: str, by: Actor, now: datetime, note: str = "") -> Shift:
    """Call one shift off and tell everybody who signed up. Harmless twice; refused once it is closed."""
    by.require(Permission.ACTIVITY_EDIT, shift.path)
    shift = lock_shift(shift.pk)
    if shift.cancelled_at is not None:
        return shift
    rules.check_shift_open(cancelled_at=None, closed_at=shift.closed_at)
    if reason not in CancelReason.values:
        raise RuleBroken(_("Choose a reason."), field="reason", code="reason_missing")
    if shift.attendances.present().exists():
        raise RuleBroken(_("People were here: close the shift instead."), code="people_present")
    shift.cancelled_at, shift.cancelled_by, shift.cancel_reason, shift.cancel_note = now, by.user_id, reason, note
    shift.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason", "cancel_note"])
    audit.record(Tag.SHIFT_CANCEL, by=by, on=shift, now=now, reason=reason)
    tell_signed_up(shift=shift, occasion=Occasion.CANCELLED, now=now)
    hooks.called_off(shift, by=by, now=now)
    return shift


@transaction.atomic
def renew_code(*, shift: Shift, by: Actor, now: datetime) -> Shift:
    """Make every code shown or printed so far worthless, because one got about."""
    by.require(Permission.ATTENDANCE_TAKE, shift.path)
    shift = lock_shift(shift.pk)
    shift.code_key = codes.new_key()
    shift.save(update_fields=["code_key"])
    audit.record(Tag.SHIFT_CHANGE, by=by, on=shift, now=now, code="renewed")
    return shift


def lock_shift(pk: UUID) -> Shift:
    """The shift under a lock that holds up sign-ups, changes, closing and every new attendance row."""
    return Shift.objects.select_for_update(of=("self",)).select_related("activity", "community").get(pk=pk)


def _check_going_on(activity: Activity) -> None:
    if activity.cancelled_at is not None:
        raise RuleBroken(_("This activity was called off."), code="cancelled")


def _make_shifts(series: Series, *, now: datetime, after: date = date.min) -> int:
    """The shifts of the dates that the rule names after `after`. The unique constraint refuses a time made twice."""
    overrides = workday_overrides()
    dates = recurrence.meetings(
        series.rule,
        starts_on=series.starts_on,
        ends_on=series.ends_on,
        on_holiday=HolidayRule(series.on_holiday),
        either=series.either,
        is_working_day=lambda day: is_working_day(day, overrides),
    )
    there = set(series.shifts.values_list("starts_at", flat=True))
    made = []
    for meeting in dates:
        starts_at = timezone.make_aware(datetime.combine(meeting.on, series.start_time))
        ends_at = starts_at + timedelta(minutes=series.minutes)
        rules.check_shift_times(starts_at=starts_at, ends_at=ends_at, places=series.places, now=now)
        if meeting.rule_date > after and starts_at not in there:
            made.append(_shift_of(series, starts_at, ends_at, meeting.group))
    Shift.objects.bulk_create(made)
    return len(made)


def _shift_of(series: Series, starts_at: datetime, ends_at: datetime, group: str) -> Shift:
    return Shift(
        **of_community(series.community),
        activity=series.activity,
        series=series,
        starts_at=starts_at,
        ends_at=ends_at,
        places=series.places,
        alternative_group=f"{series.pk}:{group}" if group else "",
        code_key=codes.new_key(),
    )


def _close_ranks(shift: Shift) -> None:
    """Everybody keeps a place, under a number within the smaller shift."""
    placed = list(SignUp.objects.placed().filter(shift=shift).order_by("place_no"))
    if len(placed) > shift.places:
        raise RuleBroken(
            ngettext_lazy(
                "%(count)d person already has a place.", "%(count)d people already have a place.", len(placed)
            )
            % {"count": len(placed)},
            field="places",
            code="places_taken",
        )
    free = iter(sorted(set(range(1, shift.places + 1)) - {row.place_no for row in placed}))
    for row in placed:
        if row.place_no is not None and row.place_no > shift.places:
            row.place_no = next(free)
            row.save(update_fields=["place_no"])
