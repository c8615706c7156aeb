"""Checking in, one person at a time and fast: a launch day sends a thousand in a minute.

The usual case is one SQL statement: it finds the shift open under a key-share lock (closing waits for it, and it for
closing), writes the row unless the member has one, and its audit line. Everything unusual takes the slow way below.
"""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guangcai.activities import codes, rules
from guangcai.activities.enums import Method, Presence
from guangcai.activities.models import Attendance, Shift
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.database import prepared
from guangcai.core.errors import Conflict, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.policies import LateArrival, in_force_at

# What never changes while people stream in is kept for a moment; the statement itself checks it again.
KEPT_SECONDS = 5.0
KEPT_SHIFTS = 256

WRITE = """
WITH open_shift AS (
    SELECT shift.id, shift.district_code, shift.community_id, shift.path
    FROM activities_shift AS shift
    WHERE shift.id = %(shift)s AND shift.code_key = %(key)s
      AND shift.starts_at = %(starts_at)s AND shift.ends_at = %(ends_at)s
      AND shift.closed_at IS NULL AND shift.cancelled_at IS NULL
    FOR KEY SHARE
), made AS (
    INSERT INTO activities_attendance
        (id, district_code, community_id, path, shift_id, member_id, presence, method, arrived_at, recorded_at,
         recorded_by, is_late_arrival, reason)
    SELECT %(id)s, district_code, community_id, path, id, %(member)s, 'present', %(method)s, %(arrived_at)s, %(now)s,
           %(user)s, %(is_late)s, ''
    FROM open_shift
    ON CONFLICT DO NOTHING
    RETURNING id, path
), line AS (
    INSERT INTO core_auditevent
        (at, tag, actor_id, actor_roles, subject_type, subject_id, path, details, lane, number, prev_hash, hash)
    SELECT %(now)s, %(tag)s, %(user)s, %(roles)s, 'activities.attendance', id::text, path, %(details)s::jsonb,
           0, 0, '', ''
    FROM made
)
SELECT EXISTS (SELECT FROM open_shift), EXISTS (SELECT FROM made)
"""


@dataclass(frozen=True)
class CheckedIn:
    """What the phone is told. `is_new`: this very call wrote the row."""

    attendance_id: UUID
    shift_id: UUID
    member_id: UUID
    is_new: bool
    is_late: bool
    arrived_at: datetime | None


@dataclass(frozen=True)
class _Open:
    """What the statement needs to know of a shift, and checks again."""

    id: UUID
    path: str
    starts_at: datetime
    ends_at: datetime
    key: bytes


_kept: dict[UUID, tuple[float, _Open]] = {}


def check_in(
    *,
    shift_id: UUID,
    member_id: UUID,
    code: str,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
    was_kept: bool = False,
    seen_at: datetime | None = None,
) -> CheckedIn:
    """The member is on site: he read the code shown there. However often it is sent, there is one row.

    id: made by the phone before sending; sent again it gives the same row, with other content Conflict.
    was_kept: the phone had no network and hands the code in late: an older code is taken within the policy's hours and
    marked. seen_at: the server has seen the code on this person's own phone while it was shown.
    Raises RuleBroken code_unknown, code_old, too_early, over, too_late, closed, cancelled; OutOfScope elsewhere.
    Source: J3; promises T4, F4-F7.
    """
    shift = _open_shift(shift_id)
    by.require(Permission.ACTIVITY_SIGN_UP, shift.path)
    if by.member_id != member_id:
        raise OutOfScope()
    reading = codes.read(code, shift_id=shift_id, key=shift.key, now=now)
    if reading is None:
        raise RuleBroken(_("This is not the code of this shift. Scan it again on site."), code="code_unknown")
    is_fresh = reading.is_current or seen_at is not None
    if not is_fresh and not was_kept:
        raise RuleBroken(_("This code is no longer shown. Scan the one on the screen now."), code="code_old")
    method = Method.PRINTED if reading.is_printed else Method.CODE
    arrived_at = now if is_fresh and seen_at is None else seen_at or reading.shown_at or now
    is_late = _is_late(shift, arrived_at, now=now, is_fresh=is_fresh)
    return _write(shift, member_id, method, arrived_at=arrived_at, is_late=is_late, by=by, now=now, id=id)


def check_in_at_pad(*, shift_id: UUID, member: Member, by: Actor, now: datetime, id: UUID | None = None) -> CheckedIn:
    """The member picked his name at the kiosk by the door, where a worker can see him."""
    shift = _open_shift(shift_id)
    by.require(Permission.ATTENDANCE_TAKE, shift.path)
    if not rules.is_member_of(shift.path, path=member.path, ended_at=member.ended_at):
        raise OutOfScope()
    _is_late(shift, now, now=now, is_fresh=True)
    return _write(shift, member.pk, Method.PAD, arrived_at=now, is_late=False, by=by, now=now, id=id)


def _open_shift(shift_id: UUID) -> _Open:
    kept = _kept.get(shift_id)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    row = Shift.objects.filter(pk=shift_id, activity__published_at__isnull=False)
    found = row.values_list("id", "path", "starts_at", "ends_at", "code_key").first()
    if found is None:
        raise OutOfScope()
    shift = _Open(*found[:4], key=bytes(found[4]))
    if len(_kept) >= KEPT_SHIFTS:
        _kept.clear()
    _kept[shift_id] = (time.monotonic() + KEPT_SECONDS, shift)
    return shift


def _is_late(shift: _Open, arrived_at: datetime, *, now: datetime, is_fresh: bool) -> bool:
    """The policy is asked only when something came late."""
    hours = 24
    if not is_fresh:
        hours = in_force_at(LateArrival, path=shift.path, on=arrived_at.date()).hours
    late = rules.check_arrival(
        starts_at=shift.starts_at, ends_at=shift.ends_at, arrived_at=arrived_at, now=now, late_hours=hours
    )
    return late or not is_fresh


def _write(
    shift: _Open,
    member_id: UUID,
    method: Method,
    *,
    arrived_at: datetime,
    is_late: bool,
    by: Actor,
    now: datetime,
    id: UUID | None,
) -> CheckedIn:
    key = id or new_id()
    values: dict[str, Any] = {
        "shift": shift.id,
        "key": shift.key,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "id": key,
        "member": member_id,
        "method": method.value,
        "arrived_at": arrived_at,
        "now": now,
        "user": by.user_id,
        "roles": by.role_codes,
        "is_late": is_late,
        "tag": Tag.CHECK_IN.value,
        "details": json.dumps({"method": method.value, "late": is_late}),
    }
    with prepared() as cursor:
        # One statement is a transaction of its own; inside another it joins that one.
        cursor.execute(WRITE, values)
        is_open, is_new = cursor.fetchone()
    if is_new:
        return CheckedIn(key, shift.id, member_id, True, is_late, arrived_at)
    _kept.pop(shift.id, None)
    return _look_closer(shift, member_id, method, arrived_at=arrived_at, is_open=is_open, by=by, now=now, id=id)


@transaction.atomic
def _look_closer(
    shift: _Open,
    member_id: UUID,
    method: Method,
    *,
    arrived_at: datetime,
    is_open: bool,
    by: Actor,
    now: datetime,
    id: UUID | None,
) -> CheckedIn:
    """No row was written: it was sent before, the lead marked an absence, or the shift is no longer open."""
    if id is not None:
        sent = Attendance.objects.filter(pk=id).first()
        if sent is not None and (sent.shift_id, sent.member_id) != (shift.id, member_id):
            raise Conflict(_("This was sent before with other content. Scan the code again."), code="id_reused")
    row = Attendance.objects.select_for_update(of=("self",)).filter(shift=shift.id, member=member_id).first()
    if row is None:
        current = Shift.objects.get(pk=shift.id)
        rules.check_shift_open(cancelled_at=current.cancelled_at, closed_at=current.closed_at)
        raise RuleBroken(_("The shift was changed just now. Scan the code again."), code="code_unknown")
    if row.pk == id:
        # This very check-in was sent before; what the lead has noted since stays.
        return CheckedIn(row.pk, shift.id, member_id, False, row.is_late_arrival, row.arrived_at)
    if is_open and rules.may_replace(
        old=row.presence, old_method=row.method, new=Presence.PRESENT, new_method=method.value
    ):
        row.presence, row.method, row.arrived_at = Presence.PRESENT, method, arrived_at
        row.recorded_at, row.recorded_by = now, by.user_id
        row.save(update_fields=["presence", "method", "arrived_at", "recorded_at", "recorded_by"])
        audit.record(Tag.CHECK_IN, by=by, on=row, now=now, method=method.value, instead_of="absence")
    return CheckedIn(row.pk, shift.id, member_id, False, row.is_late_arrival, row.arrived_at)
