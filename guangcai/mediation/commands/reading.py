"""Sealed words are opened one by one, each with a reason; the agreement leaves the house with one."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from guangcai.core import audit, openings
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope
from guangcai.mediation.commands.locks import lock_visible
from guangcai.mediation.models import Mediation, MediationOpening, StepNote


@transaction.atomic
def open_subject(*, mediation: Mediation, subject: UUID, reason: str, by: Actor, now: datetime) -> MediationOpening:
    """Show one person, or the words of one step, to one reader for fifteen minutes; a line of the trail says so.

    subject: the key of a Party or a StepNote of this matter. While it is open for him, opening it again is the same
    opening. Raises OutOfScope for everybody but desk and mediators, RuleBroken(field="reason").
    """
    row = lock_visible(mediation.pk, by)
    what = _what(row, subject)
    if by.user_id is None or not what:
        raise OutOfScope()
    plain = openings.check_reason(reason, is_asked=True)
    since = now - openings.OPEN_FOR
    fresh = MediationOpening.objects.filter(mediation=row, subject=subject, opened_by=by.user_id, opened_at__gt=since)
    if found := fresh.first():
        return found
    opening = MediationOpening.objects.create(
        community_id=row.community_id,
        path=row.path,
        district_code=row.district_code,
        mediation=row,
        subject=subject,
        opened_at=now,
        opened_by=by.user_id,
        reason=plain,
    )
    audit.record(Tag.MEDIATION_READ, by=by, on=row, now=now, what=what, subject=str(subject), reason=plain)
    return opening


@transaction.atomic
def note_paper(*, mediation: Mediation, reason: str, by: Actor, now: datetime) -> Mediation:
    """The agreement is printed with both names: by desk or mediator, with a reason. Raises RuleBroken(field)."""
    row = lock_visible(mediation.pk, by)
    plain = openings.check_reason(reason, is_asked=True)
    audit.record(Tag.MEDIATION_PRINT, by=by, on=row, now=now, reason=plain)
    return row


def forget_openings(*, now: datetime) -> int:
    """Drop openings that show nothing any more; the audit trail keeps them. For the nightly job."""
    return openings.forget_openings(MediationOpening, now=now)


def _what(row: Mediation, subject: UUID) -> str:
    if row.parties.filter(pk=subject).exists():
        return "party"
    return "words" if StepNote.objects.filter(pk=subject, step__mediation=row).exists() else ""
