"""Who was there: one by one, or a whole list in one statement."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from guangcai.activities import commands
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
from guangcai.api.sending import attempt, made, send_once
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest
from guangcai.core.once import other_content

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
    seen = Attendance.objects.visible_to(request.actor)
    was_there = seen.filter(shift=shift, member=body.member).exists()
    row, known = send_once(Attendance, body, by=request.actor, command=lambda: _written(request, shift, body))
    return made(_shown(lookups.one(seen, row.pk)), known=known or was_there)


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


def _written(request: ActorRequest, shift: Shift, body: AttendanceNew) -> Attendance:
    """The row of this member and shift; what was there already must say the same, by whatever way it came."""
    (_check_in if body.code else _take)(request, shift, body)
    row = Attendance.objects.visible_to(request.actor).filter(shift=shift, member=body.member).first()
    if row is None:
        raise RuleBroken(_("This person is not on the roster of this community."), field="member", code="not_on_roster")
    said_minutes = body.minutes is None or row.minutes == body.minutes
    if row.presence != Presence.PRESENT or not said_minutes:
        raise other_content()
    return row


def _check_in(request: ActorRequest, shift: Shift, body: AttendanceNew) -> None:
    commands.check_in(
        shift_id=shift.pk,
        member_id=body.member,
        code=body.code or "",
        was_kept=body.was_kept,
        id=body.id,
        by=request.actor,
        now=timezone.now(),
    )


def _take(request: ActorRequest, shift: Shift, body: AttendanceNew) -> None:
    arrival = commands.Arrival(member_id=body.member, id=body.id, minutes=body.minutes)
    commands.check_in_many(shift=shift, arrivals=[arrival], method=Method.BOARD, by=request.actor, now=timezone.now())
