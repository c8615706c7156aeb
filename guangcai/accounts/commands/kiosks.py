"""Kiosks: a worker lends a device to the community's door, and takes it back with the PIN or from the own account."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guangcai.accounts import rules
from guangcai.accounts.models import KioskSession
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden
from guangcai.core.permissions import Permission


@transaction.atomic
def start_kiosk(*, node_id: int, path: str, place: str, pin: str, by: Actor, now: datetime) -> KioskSession:
    """Turn the device in hand into a kiosk of the community `node_id` for at most 16 hours.

    `path` is the community's, `place` its name for the screen. Raises RuleBroken(field="pin"), OutOfScope, Forbidden.
    """
    by.require(Permission.ATTENDANCE_TAKE, path)
    if by.user_id is None:
        raise Forbidden()
    kiosk = KioskSession.objects.create(
        node_id=node_id,
        path=path,
        place=place[:80],
        pin_hash=make_password(rules.check_pin(pin)),
        started_at=now,
        started_by=by.user_id,
        expires_at=now + rules.KioskTime.DAY,
    )
    audit.record(Tag.KIOSK_START, by=by, on=kiosk, now=now)
    return kiosk


@transaction.atomic
def end_kiosk(*, kiosk: KioskSession, by: Actor, now: datetime) -> KioskSession:
    """End a kiosk: from the device itself (the PIN was checked), or from afar by whoever may start one there."""
    kiosk = KioskSession.objects.select_for_update().get(pk=kiosk.pk)
    if by.user_id != kiosk.started_by:
        by.require(Permission.ATTENDANCE_TAKE, kiosk.path)
    if kiosk.ended_at is None:
        kiosk.ended_at, kiosk.ended_by = now, by.user_id
        kiosk.save(update_fields=["ended_at", "ended_by"])
        audit.record(Tag.KIOSK_END, by=by, on=kiosk, now=now)
    return kiosk
