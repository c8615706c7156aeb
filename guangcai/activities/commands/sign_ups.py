"""Signing up for a shift, and cancelling in time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guangcai.activities import hooks, rules
from guangcai.activities.commands.places import fill_places, next_place
from guangcai.activities.models import Shift, SignUp
from guangcai.activities.queries.fitness import applicant_for, wanted_by
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.ledger.commands.locks import lock_members
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.policies import CancelNotice, in_force_at


@transaction.atomic
def sign_up(
    *,
    shift: Shift,
    member: Member,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
    wait: bool = False,
    clash_accepted: bool = False,
) -> SignUp:
    """Give a member a place, or with `wait` a turn on the waiting list when none is free.

    By the member himself, or by the desk for him. The same id sent again is the same sign-up.
    Raises RuleBroken with a code per reason: full, clash, no_certificate, certificate_expired, too_young, ...
    Sources: Order 685 arts 15, 16, 25; J2.
    """
    _require_own_or_desk(by, member_id=member.pk, path=shift.path)
    shift = lock_for_places(shift.pk)
    member = lock_members([member.pk])[member.pk]
    if member.merged_into_id is not None:
        raise Conflict(_("This record was merged with another one: open the member again."), code="merged")
    if found := already(SignUp, id, shift_id=shift.pk, member_id=member.pk):
        return found
    rules.check_sign_up(wanted_by(shift), applicant_for(member, shift), now=now, clash_accepted=clash_accepted)
    hooks.check_sign_up(shift, member)
    place_no = next_place(shift)
    if place_no is None and not wait:
        raise RuleBroken(_("This shift is full. You can wait for a place."), code="full")
    row = SignUp.objects.create(
        **of_community(shift.community),
        id=id or new_id(),
        shift=shift,
        member=member,
        place_no=place_no,
        placed_at=now if place_no else None,
        signed_up_at=now,
        signed_up_by=by.user_id,
    )
    audit.record(Tag.SIGN_UP_ADD, by=by, on=row, now=now, place_no=place_no)
    return row


@transaction.atomic
def cancel_sign_up(*, sign_up: SignUp, by: Actor, now: datetime) -> SignUp:
    """Give a place back, or leave the waiting list. Whoever waits longest moves up and is told. Harmless twice.

    Source: Order 685 art 22; policy CancelNotice says until when it counts as in time.
    """
    _require_own_or_desk(by, member_id=sign_up.member_id, path=sign_up.path)
    shift = lock_for_places(sign_up.shift_id)
    row = SignUp.objects.get(pk=sign_up.pk)
    if row.cancelled_at is not None:
        return row
    rules.check_cancel_sign_up(
        starts_at=shift.starts_at,
        closed_at=shift.closed_at,
        now=now,
        is_present=shift.attendances.present().filter(member=row.member_id).exists(),
    )
    notice = in_force_at(CancelNotice, path=shift.path, on=wanted_by(shift).on)
    row.cancelled_at, row.cancelled_by = now, by.user_id
    # Nobody counts on somebody who only waits.
    row.cancelled_in_time = row.place_no is None or rules.is_cancelled_in_time(
        starts_at=shift.starts_at, now=now, notice_hours=notice.hours
    )
    row.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_in_time"])
    audit.record(Tag.SIGN_UP_CANCEL, by=by, on=row, now=now, in_time=row.cancelled_in_time)
    if shift.cancelled_at is None:
        fill_places(shift=shift, by=by, now=now)
    return row


def lock_for_places(pk: UUID) -> Shift:
    """The shift under a lock that holds up sign-ups, changes and closing, but not people checking in."""
    rows = Shift.objects.select_for_update(of=("self",), no_key=True).select_related("activity", "community")
    return rows.get(pk=pk)


def _require_own_or_desk(by: Actor, *, member_id: UUID, path: str) -> None:
    own = by.member_id == member_id
    by.require(Permission.ACTIVITY_SIGN_UP if own else Permission.ATTENDANCE_TAKE, path)
