"""Attendance taken for others: on the lead's board, from a paper list, from a queue of phones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.activities import rules
from guangcai.activities.commands.shifts import lock_shift
from guangcai.activities.enums import Method, Presence
from guangcai.activities.models import Attendance, Shift
from guangcai.activities.queries.people import may_witness, members_for_shift
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import upper_bound
from guangcai.orgs.facts import of_community

WRITE_MANY = """
INSERT INTO activities_attendance
    (id, district_code, community_id, path, shift_id, member_id, presence, method, arrived_at, minutes, recorded_at,
     recorded_by, is_late_arrival, reason, witnessed_by)
SELECT row.id, %(district)s, %(community)s, %(path)s, %(shift)s, row.member_id, 'present', %(method)s, row.arrived_at,
       row.minutes, %(now)s, %(user)s, row.is_late, %(reason)s, %(witness)s
FROM unnest(%(ids)s::uuid[], %(members)s::uuid[], %(arrived)s::timestamptz[], %(minutes)s::smallint[], %(late)s::bool[])
     AS row (id, member_id, arrived_at, minutes, is_late)
JOIN members_member AS member ON member.id = row.member_id
     AND member.ended_at IS NULL AND member.path >= %(path)s AND member.path < %(path_end)s
ON CONFLICT DO NOTHING
RETURNING id
"""


@dataclass(frozen=True)
class Arrival:
    """One line of a list: who, from when (None: from the beginning), and minutes where they differ."""

    member_id: UUID
    id: UUID | None = None
    arrived_at: datetime | None = None
    minutes: int | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Batch:
    """What became of a list: rows written, rows that were there, people who are not on the roster here."""

    made: int
    known: int
    unknown: tuple[UUID, ...] = ()


@transaction.atomic
def mark_attendance(
    *,
    shift: Shift,
    marks: Mapping[UUID, Presence],
    by: Actor,
    now: datetime,
    minutes: Mapping[UUID, int | None] | None = None,
) -> list[Attendance]:
    """Set who is here and who is not, as the lead saw it: all at once, exceptions included; again is harmless.

    marks: member id -> presence, for people who signed up and for walk-ins. minutes: actually given, where they differ
    from the shift; None gives it back to the clock. Returns the rows that changed.
    """
    by.require(Permission.ATTENDANCE_TAKE, shift.path)
    shift = lock_shift(shift.pk)
    rules.check_shift_open(cancelled_at=shift.cancelled_at, closed_at=shift.closed_at)
    there = {row.member_id: row for row in Attendance.objects.filter(shift=shift).order_by("pk")}
    new = [member for member in marks if member not in there]
    _check_known(shift, new)
    changed = [row for row in _marked(shift, marks, minutes or {}, there, by=by, now=now) if row is not None]
    Attendance.objects.bulk_create([row for row in changed if row._state.adding])
    columns = ["presence", "method", "arrived_at", "left_at", "minutes", "recorded_at", "recorded_by"]
    Attendance.objects.bulk_update([row for row in changed if row.member_id in there], columns)
    if changed:
        here = [str(row.member_id) for row in changed if row.presence == Presence.PRESENT]
        gone = [str(row.member_id) for row in changed if row.presence != Presence.PRESENT]
        audit.record(Tag.ATTENDANCE_MARK, by=by, on=shift, now=now, present=here, absent=gone)
    return changed


def _marked(
    shift: Shift,
    marks: Mapping[UUID, Presence],
    minutes: Mapping[UUID, int | None],
    there: Mapping[UUID, Attendance],
    *,
    by: Actor,
    now: datetime,
) -> list[Attendance | None]:
    longest = rules.shift_minutes(starts_at=shift.starts_at, ends_at=shift.ends_at)
    rows: list[Attendance | None] = []
    for member, presence in marks.items():
        given = minutes.get(member)
        if given is not None:
            rules.check_minutes(given, longest=longest)
        row = there.get(member)
        if row is None:
            row = Attendance(**of_community(shift.community), shift=shift, member_id=member)
        elif (row.presence, row.minutes) == (presence, minutes.get(member, row.minutes)):
            rows.append(None)
            continue
        if row._state.adding or row.presence != presence:
            row.method = Method.BOARD
            row.arrived_at = shift.starts_at if presence == Presence.PRESENT else None
            row.left_at = None
        row.presence, row.minutes = presence, minutes.get(member, row.minutes)
        row.recorded_at, row.recorded_by = now, by.user_id
        rows.append(row)
    return rows


@transaction.atomic
def check_in_many(
    *,
    shift: Shift,
    arrivals: Sequence[Arrival],
    method: Method,
    by: Actor,
    now: datetime,
    reason: str = "",
    witnessed_by: UUID | None = None,
) -> Batch:
    """Write a whole list of people present in one statement: a paper list, or what phones kept while offline.

    Somebody who has a row keeps it. A paper list needs a reason and a second person who works for the community; no
    other list has them. Raises RuleBroken naming the line (`arrivals.3.arrived_at`) at a time when nobody could come;
    Conflict when an id was used for somebody else: then nothing of the list is written.
    """
    by.require(Permission.ATTENDANCE_TAKE, shift.path)
    _check_witness(shift, method, reason, witnessed_by, by=by, now=now)
    shift = lock_shift(shift.pk)
    rules.check_shift_open(cancelled_at=shift.cancelled_at, closed_at=shift.closed_at)
    rules.check_begun(starts_at=shift.starts_at, now=now)
    _check_lines(shift, arrivals, now=now)
    wanted = list({arrival.member_id: arrival for arrival in arrivals}.values())
    keys = [arrival.id or new_id() for arrival in wanted]
    made = _insert(shift, wanted, keys, method, by=by, now=now, reason=reason.strip(), witnessed_by=witnessed_by)
    if made < len(wanted):
        _check_ids(shift, wanted)
    unknown = _without_row(shift, wanted) if made < len(wanted) else ()
    audit.record(Tag.ATTENDANCE_BATCH, by=by, on=shift, now=now, method=method.value, made=made, sent=len(arrivals))
    return Batch(made=made, known=len(wanted) - made - len(unknown), unknown=unknown)


def _check_witness(
    shift: Shift, method: Method, reason: str, witnessed_by: UUID | None, *, by: Actor, now: datetime
) -> None:
    has_witness, is_self = witnessed_by is not None, witnessed_by == by.user_id
    rules.check_second_person(method=method, reason=reason, has_witness=has_witness, witness_is_self=is_self)
    if has_witness:
        rules.check_witness_known(may_witness(witnessed_by, path=shift.path, on=localdate(now)))


def _check_lines(shift: Shift, arrivals: Sequence[Arrival], *, now: datetime) -> None:
    times = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
    rules.check_list(arrived_at=[arrival.arrived_at for arrival in arrivals], now=now, **times)
    longest = rules.shift_minutes(**times)
    for arrival in arrivals:
        if arrival.minutes is not None:
            rules.check_minutes(arrival.minutes, longest=longest)


def _insert(
    shift: Shift,
    wanted: Sequence[Arrival],
    keys: Sequence[UUID],
    method: Method,
    *,
    by: Actor,
    now: datetime,
    reason: str,
    witnessed_by: UUID | None,
) -> int:
    values: dict[str, Any] = {
        "district": shift.district_code,
        "community": shift.community_id,
        "path": shift.path,
        "path_end": upper_bound(shift.path),
        "shift": shift.pk,
        "method": method.value,
        "now": now,
        "user": by.user_id,
        "reason": reason,
        "witness": witnessed_by,
        "ids": list(keys),
        "members": [arrival.member_id for arrival in wanted],
        "arrived": [arrival.arrived_at or shift.starts_at for arrival in wanted],
        "minutes": [arrival.minutes for arrival in wanted],
        "late": [arrival.is_late for arrival in wanted],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE_MANY, values)
        return cursor.rowcount


def _check_ids(shift: Shift, wanted: Sequence[Arrival]) -> None:
    """An id that stands for somebody else means that the list was mixed up."""
    said = {arrival.id: arrival.member_id for arrival in wanted if arrival.id}
    for row in Attendance.objects.filter(pk__in=said).order_by("pk"):
        if (row.shift_id, row.member_id) != (shift.pk, said[row.pk]):
            raise Conflict(_("This list was sent before with other people. Load the page again."), code="id_reused")


def _without_row(shift: Shift, wanted: Sequence[Arrival]) -> tuple[UUID, ...]:
    have = set(Attendance.objects.filter(shift=shift).values_list("member_id", flat=True))
    return tuple(arrival.member_id for arrival in wanted if arrival.member_id not in have)


def _check_known(shift: Shift, members: Sequence[UUID]) -> None:
    """Whoever is added to the board is on the roster of the community, or signed up."""
    known = set(members_for_shift(shift, members).values_list("pk", flat=True))
    if any(member not in known for member in members):
        raise RuleBroken(_("This person is not on the roster of this community."), code="not_on_roster")


@transaction.atomic
def check_out(*, shift: Shift, member_id: UUID, by: Actor, now: datetime) -> Attendance:
    """The member leaves: his own tap, or the lead's. Without it he stayed until the end. Harmless twice."""
    own = by.member_id == member_id
    by.require(Permission.ACTIVITY_SIGN_UP if own else Permission.ATTENDANCE_TAKE, shift.path)
    row = Attendance.objects.select_for_update(of=("self",)).filter(shift=shift.pk, member=member_id).first()
    if row is None or row.presence != Presence.PRESENT:
        raise RuleBroken(_("There is no check-in to end."), code="not_present")
    current = Shift.objects.get(pk=shift.pk)
    rules.check_shift_open(cancelled_at=current.cancelled_at, closed_at=current.closed_at)
    if row.left_at is None:
        row.left_at = max(now, row.arrived_at) if row.arrived_at else now
        row.save(update_fields=["left_at"])
        audit.record(Tag.CHECK_OUT, by=by, on=row, now=now)
    return row
