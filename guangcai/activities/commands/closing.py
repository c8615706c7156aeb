"""Closing a shift: attendance becomes service entries, and the shift can be changed no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guangcai.activities import rules
from guangcai.activities.commands.shifts import lock_shift
from guangcai.activities.enums import Method, Presence
from guangcai.activities.models import Attendance, Outcome, Shift, SignUp
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.ledger.commands import Service, record_many
from guangcai.orgs.facts import of_community


@dataclass(frozen=True)
class Achieved:
    """One thing the shift achieved: 1000 pieces of leaflets removed (A41)."""

    name: str
    quantity: int
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Closed:
    """What closing did: people present and absent, entries handed to the ledger, minutes in all."""

    shift: Shift
    present: int
    absent: int
    entries: int
    minutes: int


@transaction.atomic
def close_shift(
    *,
    shift: Shift,
    head_count: int,
    by: Actor,
    now: datetime,
    outcomes: Sequence[Achieved] = (),
    ended_at: datetime | None = None,
) -> Closed:
    """Close a shift: who signed up and was not seen is absent, outcomes are kept, service is written to the ledger.

    ended_at: the actual end, when it was earlier than planned; never later than now. Entries only where the kind gives
    hours (Order 67 art 19); one deed each if the activity is one. Closing again changes nothing and says so in
    `entries` 0. It cannot be reopened: mistakes are reversed in the ledger.
    Raises RuleBroken not_begun, cancelled, field head_count; what the ledger refuses names the member.
    """
    by.require(Permission.ATTENDANCE_TAKE, shift.path)
    shift = lock_shift(shift.pk)
    rows = list(shift.attendances.select_related("member").order_by("pk"))
    if shift.closed_at is not None:
        return _closed(shift, rows, entries=0)
    rules.check_shift_open(cancelled_at=shift.cancelled_at, closed_at=None)
    rules.check_closing(starts_at=shift.starts_at, now=now, head_count=head_count)
    end = max(shift.starts_at, min(ended_at or shift.ends_at, shift.ends_at, now))
    rows += _mark_absent(shift, rows, by=by, now=now)
    services = _settle(shift, rows, end=end, now=now)
    record_many(services=services, by=by, now=now, permission=None)
    _keep_outcomes(shift, outcomes, by=by, now=now)
    shift.closed_at, shift.closed_by, shift.head_count = now, by.user_id, head_count
    shift.save(update_fields=["closed_at", "closed_by", "head_count"])
    closed = _closed(shift, rows, entries=len(services))
    audit.record(
        Tag.SHIFT_CLOSE, by=by, on=shift, now=now, present=closed.present, absent=closed.absent,
        head_count=head_count, entries=closed.entries, minutes=closed.minutes,
    )  # fmt: skip
    return closed


def _mark_absent(shift: Shift, rows: Sequence[Attendance], *, by: Actor, now: datetime) -> list[Attendance]:
    """Who had a place and was not seen. Somebody who cancelled too late has told us all the same (Order 685 art 22)."""
    seen = {row.member_id for row in rows}
    missing = {}
    for sign_up in SignUp.objects.filter(shift=shift).exclude(place_no=None).select_related("member").order_by("pk"):
        is_live = sign_up.cancelled_at is None
        if sign_up.member_id not in seen and (is_live or not sign_up.cancelled_in_time):
            presence = Presence.ABSENT if is_live else Presence.ABSENT_TOLD
            missing[sign_up.member_id] = Attendance(
                **of_community(shift.community),
                shift=shift,
                member=sign_up.member,
                presence=presence,
                method=Method.BOARD,
                recorded_at=now,
                recorded_by=by.user_id,
            )
    return Attendance.objects.bulk_create(missing.values())


def _settle(shift: Shift, rows: Sequence[Attendance], *, end: datetime, now: datetime) -> list[Service]:
    """Write down when each left and how many minutes that makes; what the ledger is to record."""
    activity, services = shift.activity, []
    present = [row for row in rows if row.presence == Presence.PRESENT]
    for row in present:
        given = rules.served(
            starts_at=shift.starts_at,
            ended_at=end,
            arrived_at=row.arrived_at,
            left_at=row.left_at,
            minutes=row.minutes,
        )
        row.left_at = row.left_at or max(end, row.arrived_at or end)
        row.minutes = given.minutes
        if rules.gives_hours(activity.kind) and given.minutes:
            services.append(_service(shift, row, given))
    Attendance.objects.bulk_update(present, ["left_at", "minutes"])
    return services


def _service(shift: Shift, row: Attendance, given: rules.Served) -> Service:
    activity = shift.activity
    return Service(
        member=row.member,
        community=shift.community,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        minutes=given.minutes,
        deeds=int(activity.is_deed),
        kind=activity.service_kind,
        activity_name=activity.title,
        content=activity.content,
        place=activity.place,
        lead_name=activity.lead_name,
        source=f"attendance:{row.pk}",
    )


def _keep_outcomes(shift: Shift, outcomes: Sequence[Achieved], *, by: Actor, now: datetime) -> None:
    """One row per name and unit of measure: the same thing written twice is added up."""
    sums: dict[tuple[str, str], Achieved] = {}
    for one in outcomes[: rules.MOST_OUTCOMES]:
        rules.check_outcome(name=one.name, quantity=one.quantity, unit=one.unit)
        key = (one.name.strip(), one.unit.strip())
        before = sums.get(key)
        sums[key] = Achieved(*key[:1], one.quantity + (before.quantity if before else 0), key[1], one.note)
    Outcome.objects.bulk_create(
        Outcome(
            **of_community(shift.community),
            shift=shift,
            name=one.name,
            quantity=one.quantity,
            unit=one.unit,
            note=one.note,
            recorded_at=now,
            recorded_by=by.user_id,
        )
        for one in sums.values()
    )


def _closed(shift: Shift, rows: Sequence[Attendance], *, entries: int) -> Closed:
    present = [row for row in rows if row.presence == Presence.PRESENT]
    minutes = sum(row.minutes or 0 for row in present)
    return Closed(shift, present=len(present), absent=len(rows) - len(present), entries=entries, minutes=minutes)
