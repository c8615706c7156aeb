"""Telling people who signed up: a row in the application, and at most two messages about one sign-up."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation

from guangcai.accounts.commands import tell_members
from guangcai.activities import notices, rules
from guangcai.activities.enums import Occasion
from guangcai.activities.models import Shift, ShiftNotice, SignUp
from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope
from guangcai.orgs.facts import of_community

REMIND_BEFORE = timedelta(hours=24)


def tell(*, shift: Shift, members: Iterable[UUID], occasion: Occasion, now: datetime) -> int:
    """Tell members about a shift inside the caller's transaction; how many new messages will go out.

    A second change brings the same line up again in the application, without a second message.
    """
    told: dict[UUID, set[str]] = {member: set() for member in members}
    for row in ShiftNotice.objects.filter(shift=shift, member__in=told).order_by("pk"):
        told[row.member_id].add(row.occasion)
    again = [member for member, said in told.items() if occasion in said]
    ShiftNotice.objects.filter(shift=shift, member__in=again, occasion=occasion).update(told_at=now, seen_at=None)
    fresh = [
        ShiftNotice(**of_community(shift.community), shift=shift, member_id=member, occasion=occasion, told_at=now)
        for member, said in told.items()
        if rules.may_tell(occasion, told=said)
    ]
    ShiftNotice.objects.bulk_create(fresh)
    _post(shift, [row.member_id for row in fresh], occasion, now=now)
    return len(fresh)


def _post(shift: Shift, members: list[UUID], occasion: Occasion, *, now: datetime) -> None:
    """One message to everybody who can be reached by one; the others see it in the application or hear it from us."""
    with translation.override(settings.LANGUAGE_CODE):
        said = notices.parameters(shift)
    code = notices.template_code(occasion)
    tell_members(members, code, now=now, **said)


def tell_signed_up(*, shift: Shift, occasion: Occasion, now: datetime) -> int:
    """Tell everybody with a place or on the waiting list."""
    members = SignUp.objects.live().filter(shift=shift).values_list("member_id", flat=True)
    return tell(shift=shift, members=list(members), occasion=occasion, now=now)


@transaction.atomic
def remind(*, by: Actor, now: datetime) -> int:
    """Tell everybody with a place in a shift of the next 24 hours, once. Run it as often as you like."""
    if by != Actor.system():
        raise OutOfScope()
    soon = Shift.objects.planned().filter(starts_at__gt=now, starts_at__lte=now + REMIND_BEFORE)
    told = 0
    for shift in soon.filter(activity__cancelled_at=None).select_related("community").order_by("starts_at", "pk"):
        already = ShiftNotice.objects.filter(shift=shift, occasion=Occasion.BEFORE).values("member_id")
        members = SignUp.objects.placed().filter(shift=shift).exclude(member__in=already)
        told += tell(
            shift=shift, members=list(members.values_list("member_id", flat=True)), occasion=Occasion.BEFORE, now=now
        )
    return told


@transaction.atomic
def mark_notices_seen(*, by: Actor, now: datetime) -> int:
    """The member has opened his shifts: nothing is new any more. Changes his own rows only."""
    return ShiftNotice.objects.visible_to(by).filter(seen_at=None).update(seen_at=now)
