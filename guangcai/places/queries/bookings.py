"""Bookings as lists: what waits for whom, and what a person is the contact for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Extract
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.models import Grant
from guangcai.orgs.queries import liaisons_of
from guangcai.places.enums import BookingEnd, BookingState
from guangcai.places.models import Booking, SharedResource

# Seconds; further away than any booking, whichever way one counts.
FAR = Value(10**11)


@dataclass(frozen=True)
class Due:
    """What waits for the actor: bookings to answer, resources to be returned."""

    to_answer: int
    to_return: int


def answered_by(actor: Actor, *, on: date) -> Q:
    """Bookings whose answer is the actor's: his unit's; those of his community's own, or of units without liaison."""
    here = under("resource__path", actor.paths_with(Permission.RESOURCE_EDIT))
    own = Q(resource__work_unit__in=actor.units_with(Permission.RESOURCE_EDIT))
    liaisons = Grant.objects.in_force(on).filter(work_unit=OuterRef("resource__work_unit"), ended_at=None)
    return own | (here & Q(~Exists(liaisons)))


def returned_by(actor: Actor) -> Q:
    """Bookings whose return the actor writes down: those his community asked for."""
    return under("path", actor.paths_with(Permission.RESOURCE_BOOK))


def due(actor: Actor, *, now: datetime) -> Due:
    """Numbers for the home page. Two queries."""
    rows = Booking.objects.visible_to(actor)
    waiting = rows.to_answer(now).filter(answered_by(actor, on=localdate(now))).count()
    return Due(waiting, rows.to_return(now).filter(returned_by(actor)).count())


def listed(actor: Actor) -> QuerySet[Booking]:
    """Bookings the actor may see, what is to come first, then what is over, newest first."""
    rows = Booking.objects.visible_to(actor)
    return rows.select_related("resource__work_unit", "resource__community", "community")


def in_state(rows: QuerySet[Booking], state: str, *, now: datetime) -> QuerySet[Booking]:
    standing = Q(ended_at=None)
    conditions: dict[str, Q] = {
        BookingState.ASKED: standing & Q(confirmed_at=None, starts_at__gt=now),
        BookingState.CONFIRMED: standing & Q(confirmed_at__isnull=False, returned_at=None, ends_at__gt=now),
        BookingState.TO_RETURN: standing & Q(confirmed_at__isnull=False, returned_at=None, ends_at__lte=now),
        BookingState.RETURNED: Q(returned_at__isnull=False),
        BookingState.REFUSED: Q(end=BookingEnd.REFUSED),
        BookingState.CANCELLED: Q(end=BookingEnd.CANCELLED),
        BookingState.LAPSED: Q(end=BookingEnd.LAPSED) | (standing & Q(confirmed_at=None, starts_at__lte=now)),
    }
    return rows.filter(conditions[BookingState(state)])


def of_contact(user_id: UUID, *, since: datetime) -> QuerySet[Booking]:
    """Standing bookings that this account asked for and that are not over at `since`."""
    rows = Booking.objects.standing().filter(asked_by=user_id, ends_at__gt=since)
    return rows.select_related("resource__community").order_by("starts_at", "pk")


def answers_itself(resource: SharedResource, *, now: datetime) -> bool:
    """Whether a liaison of the unit answers, so that the desk does not."""
    return resource.work_unit is not None and liaisons_of(resource.work_unit, on=localdate(now)).exists()


@dataclass(frozen=True)
class BookingRow:
    """waits: whole local days since it was asked for, while nobody has answered."""

    booking: Booking
    state: BookingState
    waits: int


def rows_of(bookings: Iterable[Booking], *, now: datetime) -> list[BookingRow]:
    return [BookingRow(one, one.state(now), waits_of(one, now=now)) for one in bookings]


def waits_of(booking: Booking, *, now: datetime) -> int:
    return (localdate(now) - localdate(booking.asked_at)).days


def ordered(rows: QuerySet[Booking], *, now: datetime) -> QuerySet[Booking]:
    """`order`, one number that a list sorts by: what waits for an answer, the next to lapse first; what is to come, the
    next first; then what is over, the last first."""
    second = Extract("starts_at", "epoch")
    waits = Q(ended_at=None, confirmed_at=None, starts_at__gt=now)
    order = Case(When(waits, then=second - FAR), When(ends_at__gt=now, then=second), default=FAR - second)
    return rows.annotate(order=order).order_by("order", "pk")
