"""The one order of locks: the zone first, then its agreements; and ending them under it."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from guangcai.accounts.commands import tell_members
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.zones.models import Zone, ZoneAgreement
from guangcai.zones.notices import template_code


def lock_zone(pk: UUID) -> Zone:
    """The zone under a lock that holds up every change of who holds it."""
    rows = Zone.objects.select_for_update(of=("self",), no_key=True).select_related("community")
    return rows.get(pk=pk)


def locked(agreement: ZoneAgreement) -> tuple[Zone, ZoneAgreement]:
    zone = lock_zone(agreement.zone_id)
    rows = ZoneAgreement.objects.select_for_update(of=("self",)).select_related("member", "community")
    return zone, rows.get(pk=agreement.pk)


def end_rows(
    rows: Iterable[ZoneAgreement], *, reason: EndReason, note: str = "", by: Actor, now: datetime
) -> list[ZoneAgreement]:
    """End agreements under the lock of their zone; a line of the trail for each."""
    ended = list(rows)
    for row in ended:
        row.ended_at, row.ended_by, row.end_reason, row.end_note = now, by.user_id, reason, note
        row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
        audit.record(Tag.ZONE_AGREEMENT_END, by=by, on=row, now=now, reason=reason.value)
    return ended


def tell(members: Iterable[UUID], occasion: str, *, now: datetime, **words: str | int | date) -> None:
    """One message to everybody who can be reached by one; the others see it in the application."""
    tell_members(list(members), template_code(occasion), now=now, **words)
