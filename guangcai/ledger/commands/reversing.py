"""Undoing a confirmed entry: by another entry, never by a change."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.ledger import rules
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.commands.totals import keep_year_totals
from guangcai.ledger.enums import EntryOrigin
from guangcai.ledger.models import Posting, ServiceEntry, ServiceSpan

REPEATED = (
    "community_id", "path", "district_code", "served_on", "starts_at", "ends_at", "kind_id", "activity_name",
    "content", "place", "recording_unit", "lead_name", "in_office_hours",
)  # fmt: skip


@transaction.atomic
def reverse(
    *, entry: ServiceEntry, reason: str, by: Actor, now: datetime, asked_by: UUID | None = None
) -> ServiceEntry:
    """Undo a confirmed entry: a reversing entry, its negative posting, and the member's time is free again.

    Two people: whoever recorded it (or `asked_by`, who objected) and `by`. Reversed before with the same reason: that
    reversal; with another one: Conflict. Raises RuleBroken when it is not confirmed, or `by` recorded it.
    """
    by.require(Permission.ENTRY_REVERSE, entry.path)
    member = lock_members([entry.member_id])[entry.member_id]
    entry = ServiceEntry.objects.get(pk=entry.pk)
    if before := ServiceEntry.objects.filter(reverses=entry).first():
        if before.reason == reason.strip():
            return before
        raise Conflict(_("This record was reversed before."), code="reversed")
    posting = Posting.objects.filter(entry=entry).first()
    if posting is None or entry.origin == EntryOrigin.REVERSAL:
        raise RuleBroken(_("Only a confirmed record can be reversed."), code="not_confirmed")
    first_person = rules.check_reversal(
        recorded_by=entry.recorded_by,
        asked_by=asked_by,
        by_user=by.user_id,
        by_member=by.member_id,
        member_id=entry.member_id,
        reason=reason,
    )
    reversal = _write_entry(entry, reason.strip(), by=by, now=now)
    _write_posting(reversal, first_person, by=by, now=now)
    ServiceSpan.objects.filter(entry=entry).delete()
    keep_year_totals([(member, entry.served_on.year)])
    audit.record(Tag.ENTRY_REVERSE, by=by, now=now, on=entry, reversal=str(reversal.pk), minutes=entry.minutes)
    return reversal


def _write_entry(entry: ServiceEntry, reason: str, *, by: Actor, now: datetime) -> ServiceEntry:
    return ServiceEntry.objects.create(
        id=new_id(),
        **{name: getattr(entry, name) for name in REPEATED},
        member_id=entry.member_id,
        minutes=-entry.minutes,
        deeds=-entry.deeds,
        origin=EntryOrigin.REVERSAL,
        source=f"reversal:{entry.pk}",
        recorded_at=now,
        recorded_by=by.user_id,
        reason=reason,
        reverses=entry,
    )


def _write_posting(reversal: ServiceEntry, first_person: UUID | None, *, by: Actor, now: datetime) -> Posting:
    """The negative posting names the first of the two people as maker, and who reversed as checker."""
    return Posting.objects.create(
        id=new_id(),
        entry=reversal,
        member_id=reversal.member_id,
        community_id=reversal.community_id,
        path=reversal.path,
        district_code=reversal.district_code,
        served_on=reversal.served_on,
        minutes=reversal.minutes,
        deeds=reversal.deeds,
        recorded_by=first_person,
        confirmed_at=now,
        confirmed_by=by.user_id,
    )
