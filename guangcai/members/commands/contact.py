"""What touches a person's contact: a full phone shown, a contact noted, a list or an own record taken out."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope
from guangcai.core.permissions import Permission
from guangcai.core.phones import national
from guangcai.members import rules
from guangcai.members.models import Member


@transaction.atomic
def open_phone(*, member: Member, reason: str, by: Actor, now: datetime) -> str:
    """The full phone as people dial it; every opening leaves a line with its reason.

    Raises RuleBroken(field="reason") without one.
    """
    by.require(Permission.PHONE_OPEN, member.path)
    reason = rules.check_reason(reason)
    audit.record(Tag.MEMBER_OPEN, by=by, on=member, now=now, reason=reason)
    return national(member.phone)


@transaction.atomic
def record_contact(*, member: Member, by: Actor, now: datetime) -> Member:
    """Somebody spoke with the member today: he is no hidden member any more. Twice a day is once."""
    by.require(Permission.ROSTER_EDIT, member.path)
    member = Member.objects.select_for_update(of=["self"]).get(pk=member.pk)
    today = localdate(now)
    if member.last_contact_on is None or member.last_contact_on < today:
        member.last_contact_on = today
        member.save(update_fields=["last_contact_on"])
        audit.record(Tag.MEMBER_CONTACT, by=by, on=member, now=now)
    return member


def note_contacts(*, members: Iterable[UUID], on: date) -> int:
    """Members who came on `on` were in contact that day. For rooms above, inside their own transaction and audit."""
    earlier = Q(last_contact_on=None) | Q(last_contact_on__lt=on)
    return Member.objects.filter(earlier, pk__in=list(members)).update(last_contact_on=on)


@transaction.atomic
def record_export(*, path: str, rows: int, reason: str, by: Actor, now: datetime, what: str = "roster") -> None:
    """Ask for the right, and for the reason when the list is long, and write who took how many rows out.

    `path`: the smallest place that holds everything shown. Raises RuleBroken(field="reason").
    """
    if not by.holds(Permission.ROSTER_EXPORT):
        by.require(Permission.ROSTER_EXPORT, path)
    reason = rules.check_export(rows=rows, reason=reason)
    audit.record(Tag.ROSTER_EXPORT, by=by, now=now, path=path, rows=rows, reason=reason, what=what)


@transaction.atomic
def record_own_export(*, member: Member, by: Actor, now: datetime) -> None:
    """A member takes his own record with him: his right, no reason asked. Raises OutOfScope for anybody else's."""
    if by.member_id != member.pk:
        raise OutOfScope()
    audit.record(Tag.OWN_EXPORT, by=by, on=member, now=now)
