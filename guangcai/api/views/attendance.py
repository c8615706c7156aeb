"""Who was there: one by one, or a whole list in one statement."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from guangcai.activities import commands, rules
from guangcai.activities.enums import Method, Presence
from guangcai.activities.models import Attendance, Shift
from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING, WRITING
from guangcai.api.schemas.activities import (
    AttendanceAsked,
    AttendanceNew,
    AttendancePage,
    AttendanceShown,
    BatchNew,
    BatchShown,
)
from guangcai.api.sending import attempt, made, other_content
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest

router = Router(tags=["attendance"])


def _shown(row: Attendance) -> AttendanceShown:
    own = {name: getattr(row, name) for name in AttendanceShown.model_fields if name not in ("shift", "member")}
    return AttendanceShown.model_validate({**own, "shift": row.shift_id, "member": row.member_id})


@router.get("/attendance", response={200: AttendancePage, **READING})
def list_attendance(request: ActorRequest, asked: Query[AttendanceAsked]) -> Any:
    """Attendance in the caller's area; for a member his own."""
    rows = Attendance.objects.visible_to(request.actor)
    if asked.shift:
        rows = rows.filter(shift=asked.shift)
    if asked.member:
        rows = rows.filter(member=asked.member)
    return cut(rows, asked, _shown)


@router.get("/attendance/{uuid:attendance}", response={200: AttendanceShown, **READING})
def read_attendance(request: ActorRequest, attendance: UUID) -> Any:
    """One row."""
    return _shown(lookups.one(Attendance.objects.visible_to(request.actor), attendance))


@router.post("/attendance", response={200: AttendanceShown, 201: AttendanceShown, **WRITING})
def add_attendance(request: ActorRequest, body: AttendanceNew) -> Any:
    """One row per member and shift, however often it is sent: by the desk, or by the member with the code on site."""
    shift = lookups.one(Shift.objects.visible_to(request.actor), body.shift)
    is_new = _check_in(request, body) if body.code else _write(request, shift, body)
    row = Attendance.objects.visible_to(request.actor).filter(shift=shift, member=body.member).first()
    if row is None:
        raise RuleBroken(_("This person is not on the roster of this community."), field="member", code="not_on_roster")
    if not is_new:
        _check_same(row, body)
    return made(_shown(row), known=not is_new)


@router.post("/attendance/batch", response={200: BatchShown, **WRITING})
def add_batch(request: ActorRequest, body: BatchNew) -> Any:
    """Write a list of people present. Sent again it writes nothing more; an id that means somebody else: 409."""
    shift = lookups.one(Shift.objects.visible_to(request.actor), body.shift)
    arrivals = [
        commands.Arrival(
            member_id=one.member, id=one.id, arrived_at=one.arrived_at, minutes=one.minutes, is_late=one.is_late
        )
        for one in body.arrivals
    ]
    _check_plausible(body, shift)
    batch = attempt(
        lambda: commands.check_in_many(
            shift=shift,
            arrivals=arrivals,
            method=body.method,
            reason=body.reason,
            witnessed_by=body.witnessed_by,
            by=request.actor,
            now=timezone.now(),
        )
    )
    return BatchShown(made=batch.made, known=batch.known, unknown=list(batch.unknown))


def _check_plausible(body: BatchNew, shift: Shift) -> None:
    """A list names when people came, not when they will; a witness and a reason belong to paper."""
    if body.method != Method.PAPER and (body.reason or body.witnessed_by):
        raise RuleBroken(_("Only a paper list has a reason and a witness."), field="method", code="not_paper")
    first, last = shift.starts_at - rules.OPENS_BEFORE, min(timezone.now(), shift.ends_at + rules.CLOSES_AFTER)
    for number, one in enumerate(body.arrivals):
        if one.arrived_at and not first <= one.arrived_at <= last:
            field = f"arrivals.{number}.arrived_at"
            raise RuleBroken(_("Nobody could come to this shift at that time."), field=field, code="arrived_at")


def _check_in(request: ActorRequest, body: AttendanceNew) -> bool:
    done = attempt(
        lambda: commands.check_in(
            shift_id=body.shift,
            member_id=body.member,
            code=body.code or "",
            was_kept=body.was_kept,
            id=body.id,
            by=request.actor,
            now=timezone.now(),
        )
    )
    return done.is_new


def _write(request: ActorRequest, shift: Shift, body: AttendanceNew) -> bool:
    arrival = commands.Arrival(member_id=body.member, id=body.id, minutes=body.minutes)
    batch = attempt(
        lambda: commands.check_in_many(
            shift=shift, arrivals=[arrival], method=Method.BOARD, by=request.actor, now=timezone.now()
        )
    )
    return batch.made == 1


def _check_same(row: Attendance, body: AttendanceNew) -> None:
    """There already: the same statement, by whatever way it came, or Conflict."""
    said_minutes = body.minutes is None or row.minutes == body.minutes
    if row.presence != Presence.PRESENT or not said_minutes or (body.id == row.pk and row.minutes != body.minutes):
        raise other_content()
