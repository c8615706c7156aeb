"""Signing up for a shift, and cancelling."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router

from guangcai.activities import commands
from guangcai.activities.models import Shift, SignUp
from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING, WRITING
from guangcai.api.schemas.activities import Nothing, SignUpNew, SignUpPage, SignUpsAsked, SignUpShown
from guangcai.api.sending import attempt, made, send_once
from guangcai.core.http import ActorRequest

router = Router(tags=["sign-ups"])


def _shown(row: SignUp) -> SignUpShown:
    own = {name: getattr(row, name) for name in SignUpShown.model_fields if name not in ("shift", "member")}
    return SignUpShown.model_validate({**own, "shift": row.shift_id, "member": row.member_id})


@router.get("/sign-ups", response={200: SignUpPage, **READING})
def list_sign_ups(request: ActorRequest, asked: Query[SignUpsAsked]) -> Any:
    """Sign-ups of the caller's area; for a member his own."""
    rows = SignUp.objects.visible_to(request.actor)
    if asked.shift:
        rows = rows.filter(shift=asked.shift)
    if asked.member:
        rows = rows.filter(member=asked.member)
    return cut(rows, asked, _shown)


@router.get("/sign-ups/{uuid:sign_up}", response={200: SignUpShown, **READING})
def read_sign_up(request: ActorRequest, sign_up: UUID) -> Any:
    """One sign-up."""
    return _shown(lookups.one(SignUp.objects.visible_to(request.actor), sign_up))


@router.post("/sign-ups", response={200: SignUpShown, 201: SignUpShown, **WRITING})
def add_sign_up(request: ActorRequest, body: SignUpNew) -> Any:
    """Take a place for a member, or a turn on the waiting list; every refusal has a code of its own."""
    shift = lookups.one(Shift.objects.visible_to(request.actor).select_related("activity", "community"), body.shift)
    member = lookups.member_of_area(request.actor, body.member)
    manner = {"wait": body.wait, "clash_accepted": body.clash_accepted}
    row, known = send_once(
        SignUp,
        body,
        by=request.actor,
        command=lambda: commands.sign_up(
            shift=shift, member=member, id=body.id, by=request.actor, now=timezone.now(), **manner
        ),
    )
    return made(_shown(row), known=known)


@router.post("/sign-ups/{uuid:sign_up}/cancellation", response={200: SignUpShown, **WRITING})
def cancel_sign_up(request: ActorRequest, sign_up: UUID, body: Nothing) -> Any:
    """Give the place back. Whoever waits longest moves up and is told. Harmless twice."""
    row = lookups.one(SignUp.objects.visible_to(request.actor), sign_up)
    return _shown(attempt(lambda: commands.cancel_sign_up(sign_up=row, by=request.actor, now=timezone.now())))
