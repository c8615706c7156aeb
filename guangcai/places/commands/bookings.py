"""Bookings: a community asks, the owner answers, it is used and given back, and thanked for."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.core import audit, matters
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import clean
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.orgs.queries import liaisons_of
from guangcai.places import notices, rules
from guangcai.places.commands.resources import day_of, end_booking, lock_resource, slots_of
from guangcai.places.enums import BookingEnd
from guangcai.places.models import Booking, SharedResource
from guangcai.places.queries.matters import KIND


@dataclass(frozen=True)
class Wanted:
    """From when to when, what for, and whom the owner rings up."""

    starts_at: datetime
    ends_at: datetime
    purpose: str
    contact_name: str
    contact_phone: str = ""


@dataclass(frozen=True)
class Use:
    """How it was given back. minutes: whole, one to a day."""

    people: int
    minutes: int
    condition: str = ""


@transaction.atomic
def ask(
    *,
    resource: SharedResource,
    community: Node,
    wanted: Wanted,
    by: Actor,
    now: datetime,
    matter: UUID | None = None,
    id: UUID | None = None,
) -> Booking:
    """Ask for a resource on behalf of a community, within its free times; the owner is told.

    What the community itself owns is confirmed at once. `matter`: the proposal it is for (core.matters). The same id
    sent again is the same booking. Raises RuleBroken(field, code): ended, past, outside the free times (it names
    them), taken; OutOfScope. Source: A32.
    """
    by.require(Permission.RESOURCE_BOOK, community.path)
    if not SharedResource.objects.lent_to(community, on=localdate(now)).filter(pk=resource.pk).exists():
        raise OutOfScope()
    row = lock_resource(resource.pk)
    _lapse(row, by=Actor.system(), now=now)
    content = _columns(wanted)
    if found := already(Booking, id, resource_id=row.pk, community_id=community.pk, **content):
        matters.check_same(matter, kind=KIND, target=found.pk)
        return found
    _check_wanted(row, wanted, content, now=now)
    is_own = row.work_unit_id is None and row.community_id == community.pk
    made = Booking(**of_community(community), **content, id=id or new_id(), resource=row)
    made.asked_at, made.asked_by = now, by.user_id
    if is_own:
        made.confirmed_at, made.confirmed_by = now, by.user_id
    made.save(force_insert=True)
    audit.record(Tag.BOOKING_ASK, by=by, on=made, now=now, resource=str(row.pk))
    matters.put(matter, kind=KIND, target=made.pk, words=made.purpose, by=by, now=now)
    if row.work_unit is not None:
        liaisons = liaisons_of(row.work_unit, on=localdate(now)).values_list("user", flat=True)
        notices.tell(liaisons, "asked", now=now, resource=row.name, day=day_of(made))
    return made


def _columns(wanted: Wanted) -> dict[str, object]:
    return {
        "starts_at": wanted.starts_at,
        "ends_at": wanted.ends_at,
        "purpose": clean(wanted.purpose),
        "contact_name": clean(wanted.contact_name),
        "contact_phone": clean(wanted.contact_phone),
    }


def _check_wanted(row: SharedResource, wanted: Wanted, content: dict[str, object], *, now: datetime) -> None:
    rules.check_in_use(ended_at=row.ended_at)
    if localdate(wanted.starts_at) < row.since:
        raise RuleBroken(_("It is lent from a later day on."), field="day", code="before_since")
    for name in ("purpose", "contact_name"):
        if not content[name]:
            raise RuleBroken(_("Fill this in: the owner reads it."), field=name)
    rules.check_time(starts_at=wanted.starts_at, ends_at=wanted.ends_at, slots=slots_of(row), now=now)
    standing = Booking.objects.standing().filter(
        resource=row, starts_at__lt=wanted.ends_at, ends_at__gt=wanted.starts_at
    )
    rules.check_untaken(standing.order_by("starts_at").values_list("starts_at", "ends_at").first())


@transaction.atomic
def confirm(*, booking: Booking, by: Actor, now: datetime) -> Booking:
    """The owner lends it; who asked is told. Harmless twice. Raises RuleBroken(code)."""
    resource, row = _locked(booking)
    _require_answerer(by, row, resource, now=now)
    if row.confirmed_at is not None and row.ended_at is None:
        return row
    rules.check_standing(ended_at=row.ended_at, returned_at=row.returned_at)
    rules.check_answerable(starts_at=row.starts_at, now=now)
    row.confirmed_at, row.confirmed_by = now, by.user_id
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(Tag.BOOKING_CONFIRM, by=by, on=row, now=now)
    notices.tell([row.asked_by], "confirmed", now=now, resource=resource.name, day=day_of(row))
    return row


@transaction.atomic
def refuse(*, booking: Booking, reason: str, by: Actor, now: datetime) -> Booking:
    """The owner cannot lend it; the time is free again and who asked reads why. Harmless twice."""
    resource, row = _locked(booking)
    _require_answerer(by, row, resource, now=now)
    if row.end == BookingEnd.REFUSED:
        return row
    rules.check_standing(ended_at=row.ended_at, returned_at=row.returned_at)
    rules.check_not_confirmed(confirmed_at=row.confirmed_at)
    rules.check_answerable(starts_at=row.starts_at, now=now)
    return end_booking(row, resource, reason=rules.check_reason(reason), by=by, now=now)


@transaction.atomic
def cancel(*, booking: Booking, reason: str, by: Actor, now: datetime) -> Booking:
    """Either side calls it off before it is given back; the other side reads why. Harmless twice."""
    resource, row = _locked(booking)
    _require_side(by, row, resource)
    if row.ended_at is not None:
        return row
    rules.check_standing(ended_at=None, returned_at=row.returned_at)
    row.end, row.end_reason = BookingEnd.CANCELLED, rules.check_reason(reason)
    row.ended_at, row.ended_by = now, by.user_id
    row.save(update_fields=["end", "end_reason", "ended_at", "ended_by"])
    audit.record(Tag.BOOKING_CANCEL, by=by, on=row, now=now)
    others: list[UUID | None] = [row.asked_by]
    if resource.work_unit is not None:
        others += liaisons_of(resource.work_unit, on=localdate(now)).values_list("user", flat=True)
    words: dict[str, str | date] = {"resource": resource.name, "day": day_of(row)}
    notices.tell([one for one in others if one != by.user_id], "cancelled", now=now, **words)
    return row


@transaction.atomic
def give_back(*, booking: Booking, use: Use, by: Actor, now: datetime) -> Booking:
    """It was used and is back: by how many, how long, in which condition. Either side writes it, once."""
    resource, row = _locked(booking)
    _require_side(by, row, resource)
    said = {"people": use.people, "used_minutes": use.minutes, "condition": clean(use.condition)}
    if row.returned_at is not None and all(getattr(row, name) == value for name, value in said.items()):
        return row
    rules.check_standing(ended_at=row.ended_at, returned_at=row.returned_at)
    rules.check_return(
        confirmed_at=row.confirmed_at, starts_at=row.starts_at, now=now, people=use.people, minutes=use.minutes
    )
    for name, value in said.items():
        setattr(row, name, value)
    row.returned_at, row.returned_by = now, by.user_id
    row.save(update_fields=[*said, "returned_at", "returned_by"])
    audit.record(Tag.BOOKING_RETURN, by=by, on=row, now=now, people=use.people, minutes=use.minutes)
    return row


@transaction.atomic
def thank(*, booking: Booking, words: str, by: Actor, now: datetime) -> Booking:
    """A line back to the owner, once it was given back. The same line again is harmless."""
    _resource, row = _locked(booking)
    by.require(Permission.RESOURCE_BOOK, row.path)
    words = clean(words)
    if row.thanks and row.thanks == words:
        return row
    if row.returned_at is None:
        raise RuleBroken(_("Write down first how it was given back."), code="not_returned")
    if not words:
        raise RuleBroken(_("Write a line of thanks."), field="thanks", code="thanks_missing")
    row.thanks, row.thanked_at, row.thanked_by = words, now, by.user_id
    row.save(update_fields=["thanks", "thanked_at", "thanked_by"])
    audit.record(Tag.BOOKING_THANK, by=by, on=row, now=now)
    return row


def lapse_bookings(*, by: Actor, now: datetime) -> int:
    """Bookings whose time has begun and that nobody answered end, and who asked is told; how many. Harmless twice.

    One resource after the other, each in a transaction of its own. For the job that runs every few minutes.
    """
    by.require_any(Permission.SYSTEM_RUN)
    due = Booking.objects.to_lapse(now).order_by("resource_id").values_list("resource_id", flat=True).distinct()
    return sum(_lapse_of(pk, by=by, now=now) for pk in list(due))


@transaction.atomic
def _lapse_of(pk: UUID, *, by: Actor, now: datetime) -> int:
    return _lapse(lock_resource(pk), by=by, now=now)


def _lapse(resource: SharedResource, *, by: Actor, now: datetime) -> int:
    """The same for one resource under its lock: whoever asks for the hour finds it free at once."""
    rows = Booking.objects.to_lapse(now).filter(resource=resource).select_for_update(of=("self",)).order_by("pk")
    for row in rows:
        row.end, row.ended_at, row.ended_by = BookingEnd.LAPSED, now, by.user_id
        row.save(update_fields=["end", "ended_at", "ended_by"])
        audit.record(Tag.BOOKING_LAPSE, by=by, on=row, now=now)
        notices.tell([row.asked_by], "lapsed", now=now, resource=resource.name, day=day_of(row))
    return len(rows)


def _locked(booking: Booking) -> tuple[SharedResource, Booking]:
    """The one order of locks: the resource first, then the booking."""
    resource = lock_resource(booking.resource_id)
    rows = Booking.objects.select_for_update(of=("self",)).select_related("community")
    return resource, rows.get(pk=booking.pk)


def _require_side(by: Actor, row: Booking, resource: SharedResource) -> None:
    """Who asked, or who owns it."""
    unit = resource.work_unit_id
    if unit is not None and by.can_for_unit(Permission.RESOURCE_EDIT, unit):
        return
    if not by.can(Permission.RESOURCE_BOOK, row.path):
        by.require(Permission.RESOURCE_EDIT, resource.path)


def _require_answerer(by: Actor, row: Booking, resource: SharedResource, *, now: datetime) -> None:
    """The unit's liaison; for a unit without one, and for what the community owns, the desk where it lies."""
    unit = resource.work_unit
    if unit is not None and by.can_for_unit(Permission.RESOURCE_EDIT, unit.pk):
        return
    if not by.can(Permission.RESOURCE_EDIT, resource.path) and by.can(Permission.RESOURCE_BOOK, row.path):
        # Who asked sees the booking and does not answer it.
        raise Forbidden()
    by.require(Permission.RESOURCE_EDIT, resource.path)
    if unit is not None and liaisons_of(unit, on=localdate(now)).exists():
        raise RuleBroken(_("The unit answers itself: its liaison has been told."), code="liaison_answers")
