"""How sign-ups, attendance and notices follow when two records of one person become one (members.merging).

At one shift a person is once: of two sign-ups the stronger stays, of two attendances the one that counts. Hours that
both records got for one shift are taken back once, by whoever may do that.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guangcai.activities.commands.places import fill_places
from guangcai.activities.commands.sign_ups import lock_for_places
from guangcai.activities.enums import Presence
from guangcai.activities.models import Attendance, Shift, ShiftNotice, SignUp
from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.ledger.commands import decline, reverse
from guangcai.ledger.enums import EntryState
from guangcai.ledger.models import ServiceEntry
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.members.models import Member


@merging.locks_first
def shifts(merge: Merge) -> None:
    """A shift before its members, as whoever signs up, cancels or closes does: both orders at once would block each
    other. Those where `gone` stands, and open ones of `kept`, where somebody may be writing `gone` in right now."""
    wanted = Q(pk__in=_stands_at(merge.gone)) | Q(pk__in=_stands_at(merge.kept), closed_at=None)
    list(Shift.objects.select_for_update(of=("self",), no_key=True).filter(wanted).order_by("pk"))


def _stands_at(member: Member) -> set[UUID]:
    tables: list[QuerySet[Any]] = [SignUp.objects.all(), Attendance.objects.all()]
    return {shift for rows in tables for shift in rows.filter(member=member).values_list("shift", flat=True)}


@merging.mover("activities.signup.member")
def sign_ups(merge: Merge) -> int:
    """One live sign-up a shift: a place counts more than a wait, the earlier one more than the later. The other is
    cancelled, and who waits longest gets its place."""
    for shift in _shifts_of_both(SignUp.objects.live(), merge):
        rows = SignUp.objects.live().filter(shift=shift, member__in=[merge.kept, merge.gone])
        stays, falls = sorted(rows, key=lambda row: (row.place_no is None, row.signed_up_at, row.pk))
        falls.cancelled_at, falls.cancelled_by, falls.cancelled_in_time = merge.now, merge.by.user_id, True
        falls.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_in_time"])
        audit.record(Tag.SIGN_UP_CANCEL, by=merge.by, on=falls, now=merge.now, merged_into=str(stays.pk))
        if shift.cancelled_at is None and shift.closed_at is None:
            fill_places(shift=shift, by=merge.by, now=merge.now)
    return SignUp.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.mover("activities.shiftnotice.member")
def shift_notices(merge: Merge) -> int:
    """Told of one thing once: what both records were told stays as the kept one was told it."""
    said = {(row.shift_id, row.occasion) for row in ShiftNotice.objects.filter(member=merge.kept)}
    rows = ShiftNotice.objects.filter(member=merge.gone)
    twice = [row.pk for row in rows if (row.shift_id, row.occasion) in said]
    ShiftNotice.objects.filter(pk__in=twice).delete()
    return ShiftNotice.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.mover("activities.attendance.member")
def attendances(merge: Merge) -> int:
    """One attendance a shift: present counts more than absent, confirmed hours more than others. The hours of the
    other are taken back; its row goes, and the audit trail says what it said."""
    for shift in _shifts_of_both(Attendance.objects.all(), merge):
        rows = Attendance.objects.filter(shift=shift, member__in=[merge.kept, merge.gone])
        entries = _entries_of(rows)
        stays, falls = sorted(rows, key=lambda row: _weakness(row, entries.get(row.pk), merge))
        if entry := entries.get(falls.pk):
            _take_back(entry, merge)
        if shift.closed_at is None and stays.presence == falls.presence == Presence.PRESENT:
            _unite(stays, falls)
        audit.record(
            Tag.ATTENDANCE_MARK, by=merge.by, on=stays, now=merge.now,
            merged=str(falls.pk), presence=falls.presence, minutes=falls.minutes,
        )  # fmt: skip
        falls.delete()
    return Attendance.objects.filter(member=merge.gone).update(member=merge.kept)


def _shifts_of_both(rows: QuerySet[Any], merge: Merge) -> list[Shift]:
    """Shifts at which both records stand in `rows`, each under its lock, in the order of keys."""
    both = rows.filter(member=merge.gone, shift__in=rows.filter(member=merge.kept).values("shift"))
    return [lock_for_places(key) for key in sorted(both.values_list("shift", flat=True))]


def _entries_of(rows: Iterable[Attendance]) -> dict[UUID, ServiceEntry]:
    """What the ledger wrote from these attendances, with `state`."""
    sources = {f"attendance:{row.pk}": row.pk for row in rows}
    return {sources[entry.source]: entry for entry in ServiceEntry.objects.with_state().filter(source__in=sources)}


_PRESENCES = [Presence.PRESENT, Presence.ABSENT_TOLD, Presence.ABSENT]
_STATES = [EntryState.CONFIRMED, EntryState.WAITING]


def _weakness(row: Attendance, entry: ServiceEntry | None, merge: Merge) -> tuple[int, int, bool]:
    state = getattr(entry, "state", None)
    strength = _STATES.index(state) if state in _STATES else len(_STATES)
    return _PRESENCES.index(Presence(row.presence)), strength, row.member_id == merge.gone.pk


def _take_back(entry: ServiceEntry, merge: Merge) -> None:
    """Undo hours that were written twice. Raises RuleBroken with what to do first when `merge.by` may not."""
    reason = _("Two records of one person were merged: counted once.")
    state = entry.state  # type: ignore[attr-defined]
    try:
        if state == EntryState.CONFIRMED:
            reverse(entry=entry, reason=reason, by=merge.by, now=merge.now)
        elif state == EntryState.WAITING:
            decline(entry=entry, reason=reason, by=merge.by, now=merge.now)
    except (Conflict, Forbidden, OutOfScope, RuleBroken) as refusal:
        words = _(
            "Both records have hours for “%(name)s” on %(day)s. "
            "The community secretary reverses one of the two in the ledger first; then merge again."
        )
        named = {"name": entry.activity_name, "day": entry.served_on.isoformat()}
        raise RuleBroken(words % named, code="merge_in_the_way") from refusal


def _unite(stays: Attendance, falls: Attendance) -> None:
    """Checked in twice at a shift that still runs: from the first arrival to the last departure."""
    arrivals = [row.arrived_at for row in (stays, falls) if row.arrived_at]
    stays.arrived_at = min(arrivals, default=None)
    if stays.left_at and falls.left_at:
        stays.left_at = max(stays.left_at, falls.left_at)
    stays.minutes = falls.minutes if stays.minutes is None else stays.minutes
    stays.save(update_fields=["arrived_at", "left_at", "minutes"])
