"""What is lent: put on the list, changed, taken off; bookings still to come end with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already, other_content
from guangcai.core.permissions import Permission
from guangcai.core.text import clean
from guangcai.orgs.commands import open_unit
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node, ResidentUnit, WorkUnit
from guangcai.orgs.models.organisations import in_force
from guangcai.places import notices, rules
from guangcai.places.enums import BookingEnd, ResourceKind
from guangcai.places.models import Booking, FreeSlot, SharedResource
from guangcai.places.rules import Slot


@dataclass(frozen=True)
class ResourceContent:
    """What is lent, where, for how many, on which conditions, from which local date on, and when it is free."""

    kind: ResourceKind
    name: str
    since: date
    slots: tuple[Slot, ...]
    place: str = ""
    capacity: int | None = None
    conditions: str = ""

    def cleaned(self) -> dict[str, object]:
        return {
            "kind": ResourceKind(self.kind),
            "name": clean(self.name),
            "since": self.since,
            "place": clean(self.place),
            "capacity": self.capacity,
            "conditions": clean(self.conditions, multiline=True),
        }


def require_owner(by: Actor, *, work_unit_id: int | None, path: str) -> None:
    """The liaison of the unit, or the desk of the community where it lies: 404 outside, 403 for readers."""
    if work_unit_id is None or not by.can_for_unit(Permission.RESOURCE_EDIT, work_unit_id):
        by.require(Permission.RESOURCE_EDIT, path)


def lock_resource(pk: UUID) -> SharedResource:
    """The resource under a lock that holds up every booking of it."""
    rows = SharedResource.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("community", "work_unit").get(pk=pk)


@transaction.atomic
def add_resource(
    *,
    community: Node,
    work_unit: WorkUnit | None,
    content: ResourceContent,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
) -> SharedResource:
    """Lend something: a unit that is resident in the community, or the community itself (work_unit None).

    The same id sent again is the same resource. Raises RuleBroken(field). Source: A32.
    """
    require_owner(by, work_unit_id=work_unit.pk if work_unit else None, path=community.path)
    Node.objects.select_for_update(no_key=True).get(pk=community.pk)
    slots, columns = rules.check_slots(content.slots), content.cleaned()
    unit_id = work_unit.pk if work_unit else None
    if found := already(SharedResource, id, community_id=community.pk, work_unit_id=unit_id, **columns):
        _check_same_slots(found, slots)
        return found
    if work_unit is not None:
        open_unit(work_unit)
        _check_resident(work_unit, community, on=localdate(now))
    _check(content, columns, taken=_named(community, unit_id))
    place = of_community(community)
    row = SharedResource(**place, **columns, id=id or new_id(), work_unit=work_unit)
    row.added_at, row.added_by = now, by.user_id
    row.save(force_insert=True)
    _write_slots(row, slots)
    audit.record(Tag.RESOURCE_ADD, by=by, on=row, now=now, kind=row.kind, unit=unit_id)
    return row


@transaction.atomic
def change_resource(*, resource: SharedResource, content: ResourceContent, by: Actor, now: datetime) -> SharedResource:
    """Say something else of it or of its free times. Bookings made before stay as they are."""
    require_owner(by, work_unit_id=resource.work_unit_id, path=resource.path)
    Node.objects.select_for_update(no_key=True).get(pk=resource.community_id)
    row = lock_resource(resource.pk)
    rules.check_in_use(ended_at=row.ended_at)
    slots, columns = rules.check_slots(content.slots), content.cleaned()
    _check(content, columns, taken=_named(row.community, row.work_unit_id) - {row.name})
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, columns[name])
    if changed:
        row.save(update_fields=changed)
    if slots_of(row) != slots:
        row.slots.all().delete()
        _write_slots(row, slots)
        changed.append("slots")
    if changed:
        audit.record(Tag.RESOURCE_CHANGE, by=by, on=row, now=now, changed=sorted(changed))
    return row


@transaction.atomic
def end_resource(*, resource: SharedResource, reason: str, by: Actor, now: datetime) -> SharedResource:
    """It is lent no more; bookings that have not begun end with it, and who asked is told. Harmless twice."""
    require_owner(by, work_unit_id=resource.work_unit_id, path=resource.path)
    return close_resource(resource.pk, reason=reason, by=by, now=now)


def close_resource(pk: UUID, *, reason: str, by: Actor, now: datetime) -> SharedResource:
    """The same for whoever may: also when the unit that lends it ends."""
    row = lock_resource(pk)
    if row.ended_at is not None:
        return row
    row.end_reason = rules.check_reason(reason)
    row.ended_at, row.ended_by = now, by.user_id
    row.until = rules.check_ending(since=row.since, on=localdate(now))
    row.save(update_fields=["ended_at", "ended_by", "until", "end_reason"])
    waiting = Booking.objects.standing().filter(resource=row, starts_at__gt=now).select_for_update(of=("self",))
    ended = [end_booking(one, row, reason=row.end_reason, by=by, now=now) for one in waiting.order_by("pk")]
    audit.record(Tag.RESOURCE_END, by=by, on=row, now=now, bookings=len(ended))
    return row


def end_booking(booking: Booking, resource: SharedResource, *, reason: str, by: Actor, now: datetime) -> Booking:
    """End a booking under the lock of its resource: refused while it waits, cancelled after; who asked is told."""
    is_waiting = booking.confirmed_at is None
    booking.end = BookingEnd.REFUSED if is_waiting else BookingEnd.CANCELLED
    booking.ended_at, booking.ended_by, booking.end_reason = now, by.user_id, reason
    booking.save(update_fields=["end", "ended_at", "ended_by", "end_reason"])
    audit.record(Tag.BOOKING_REFUSE if is_waiting else Tag.BOOKING_CANCEL, by=by, on=booking, now=now)
    occasion = "refused" if is_waiting else "cancelled"
    notices.tell([booking.asked_by], occasion, now=now, resource=resource.name, day=day_of(booking))
    return booking


def day_of(booking: Booking) -> date:
    return localtime(booking.starts_at).date()


def _check(content: ResourceContent, columns: dict[str, object], *, taken: set[str]) -> None:
    name = str(columns["name"])
    rules.check_resource(name=name, is_taken=name in taken, capacity=content.capacity, since=content.since)


def _named(community: Node, work_unit_id: int | None) -> set[str]:
    """Names of what this owner lends in this community."""
    rows = SharedResource.objects.open().filter(community=community, work_unit=work_unit_id)
    return set(rows.values_list("name", flat=True))


def _check_same_slots(row: SharedResource, slots: list[Slot]) -> None:
    if slots_of(row) != slots:
        raise other_content()


def slots_of(row: SharedResource) -> list[Slot]:
    return [Slot(*line) for line in row.slots.order_by("weekday", "begins").values_list("weekday", "begins", "ends")]


def _check_resident(work_unit: WorkUnit, community: Node, *, on: date) -> None:
    if not ResidentUnit.objects.filter(in_force(on), work_unit=work_unit, community=community).exists():
        raise RuleBroken(
            _("The unit is not resident in this community. Add it on the page of the unit first."),
            field="community",
            code="not_resident",
        )


def _write_slots(row: SharedResource, slots: Iterable[Slot]) -> None:
    FreeSlot.objects.bulk_create(
        FreeSlot(
            resource=row, district_code=row.district_code, weekday=slot.weekday, begins=slot.begins, ends=slot.ends
        )
        for slot in slots
    )
