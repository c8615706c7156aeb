"""Shifts: added, called off, closed into the ledger."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router

from guangcai.activities import commands
from guangcai.activities.models import Activity, Shift
from guangcai.activities.queries.shifts import state_of, with_numbers
from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING, WRITING
from guangcai.api.schemas.activities import (
    Cancellation,
    Closed,
    Closing,
    ShiftNew,
    ShiftPage,
    ShiftsAsked,
    ShiftShown,
)
from guangcai.api.sending import attempt, made, send_once
from guangcai.core.actor import Actor
from guangcai.core.http import ActorRequest
from guangcai.core.workdays import SHANGHAI

router = Router(tags=["shifts"])
NUMBERS = ("id", "community", "starts_at", "ends_at", "places", "placed", "waiting", "present")


def _seen(actor: Actor) -> "QuerySet[Shift]":
    return with_numbers(Shift.objects.visible_to(actor))


def _shown(shift: Shift, *, now: datetime) -> ShiftShown:
    own = {name: getattr(shift, name) for name in NUMBERS}
    more = {"activity": shift.activity_id, "title": shift.activity.title, "state": state_of(shift, now=now)}
    return ShiftShown.model_validate(own | more)


def _one(actor: Actor, key: UUID) -> ShiftShown:
    return _shown(lookups.one(_seen(actor), key), now=timezone.now())


@router.get("/shifts", response={200: ShiftPage, **READING})
def list_shifts(request: ActorRequest, asked: Query[ShiftsAsked]) -> Any:
    """Shifts of the caller's area."""
    rows, now = _seen(request.actor), timezone.now()
    if asked.activity:
        rows = rows.filter(activity=asked.activity)
    if asked.community:
        rows = rows.filter(community__code=asked.community)
    if asked.since and asked.since.year > 1:
        rows = rows.filter(starts_at__gte=datetime.combine(asked.since, time(), SHANGHAI))
    if asked.until and asked.until.year < 9999:
        rows = rows.filter(starts_at__lt=datetime.combine(asked.until + timedelta(days=1), time(), SHANGHAI))
    return cut(rows, asked, lambda shift: _shown(shift, now=now))


@router.get("/shifts/{uuid:shift}", response={200: ShiftShown, **READING})
def read_shift(request: ActorRequest, shift: UUID) -> Any:
    """One shift with its numbers."""
    return _one(request.actor, shift)


@router.post("/shifts", response={200: ShiftShown, 201: ShiftShown, **WRITING})
def add_shift(request: ActorRequest, body: ShiftNew) -> Any:
    """Add a slot of time with places to an activity."""
    activities = Activity.objects.visible_to(request.actor).select_related("community")
    activity = lookups.one(activities, body.activity)
    times = {"starts_at": body.starts_at, "ends_at": body.ends_at, "places": body.places}
    row, known = send_once(
        Shift,
        body,
        by=request.actor,
        command=lambda: commands.add_shift(
            activity=activity, id=body.id, by=request.actor, now=timezone.now(), **times
        ),
    )
    return made(_one(request.actor, row.pk), known=known)


@router.post("/shifts/{uuid:shift}/cancellation", response={200: ShiftShown, **WRITING})
def cancel_shift(request: ActorRequest, shift: UUID, body: Cancellation) -> Any:
    """Call one shift off and tell everybody who signed up. Harmless twice."""
    row = lookups.one(_seen(request.actor), shift)
    reason, note = str(body.reason), body.note
    attempt(lambda: commands.cancel_shift(shift=row, reason=reason, note=note, by=request.actor, now=timezone.now()))
    return _one(request.actor, shift)


@router.post("/shifts/{uuid:shift}/closing", response={200: Closed, **WRITING})
def close_shift(request: ActorRequest, shift: UUID, body: Closing) -> Any:
    """Attendance becomes service entries that wait for a second person. It cannot be opened again."""
    row = lookups.one(_seen(request.actor), shift)
    outcomes = [commands.Achieved(**one.model_dump()) for one in body.outcomes]
    closed = attempt(
        lambda: commands.close_shift(
            shift=row,
            head_count=body.head_count,
            ended_at=body.ended_at,
            outcomes=outcomes,
            by=request.actor,
            now=timezone.now(),
        )
    )
    numbers = {name: getattr(closed, name) for name in ("present", "absent", "entries", "minutes")}
    return Closed(shift=shift, **numbers)
