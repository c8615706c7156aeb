"""Numbers of a session: given, called, dealt with. Every command here holds the session's lock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.activities.commands.sign_ups import lock_for_places
from guangcai.activities.models import Shift
from guangcai.core import audit, notify
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.enums import Channel
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.phones import normalise
from guangcai.core.text import is_blank
from guangcai.orgs.facts import of_community
from guangcai.studios import keys, rules
from guangcai.studios.enums import TicketState, Way
from guangcai.studios.models import Studio, Ticket
from guangcai.studios.notices import CALLED_OFF
from guangcai.studios.queries.sitting import require_serving


@dataclass(frozen=True)
class Wanted:
    """A number as asked for. slot_at: of an appointment, with the phone that is told if the session is called off."""

    way: Way
    slot_at: datetime | None = None
    phone: str = ""
    id: UUID | None = None


@transaction.atomic
def give_number(*, shift: Shift, wanted: Wanted, by: Actor, now: datetime) -> Ticket:
    """Give the next number of a session: 1, 2, 3 without a gap. The same id sent again is the same number.

    At the desk by whoever serves there; on the phone and for an appointment by anybody (the views limit by address).
    Raises RuleBroken(field, code): too_early, over, off, slot_taken, slot_far. Sources: A21; docs/adr/0027.
    """
    if wanted.way == Way.DESK:
        require_serving(shift, by)
    has_phone = wanted.way == Way.SLOT and not is_blank(wanted.phone)
    phone = normalise(wanted.phone, field="phone") if has_phone else None
    row = lock_for_places(shift.pk)
    if found := already(Ticket, wanted.id, shift_id=row.pk, way=wanted.way, slot_at=wanted.slot_at, phone=phone):
        return found
    _check_wanted(row, wanted, now=now)
    last = Ticket.objects.filter(shift=row).order_by("-number").values_list("number", flat=True).first()
    key = wanted.id or new_id()
    ticket = Ticket.objects.create(
        **of_community(row.community),
        id=key,
        shift=row,
        number=(last or 0) + 1,
        way=wanted.way,
        slot_at=wanted.slot_at,
        given_at=now,
        given_by=by.user_id,
        code_hash=keys.hash_of(keys.code_of(key)),
        phone=phone,
    )
    audit.record(Tag.TICKET_GIVE, by=by, on=ticket, now=now, way=ticket.way)
    return ticket


def _check_wanted(row: Shift, wanted: Wanted, *, now: datetime) -> None:
    studio = Studio.objects.filter(activity=row.activity_id).first()
    if studio is None:
        raise OutOfScope()
    session = session_of(row, is_ended=studio.ended_at is not None)
    rules.check_way(wanted.way, slot_at=wanted.slot_at)
    if wanted.slot_at is None:
        rules.check_number(session, now=now)
        return
    held = Ticket.objects.filter(shift=row, way=Way.SLOT).exclude(state=TicketState.LEFT)
    taken = [slot for slot in held.values_list("slot_at", flat=True) if slot is not None]
    free = rules.free_slots(session, minutes=studio.slot_minutes, taken=taken, now=now)
    rules.check_slot(session, wanted.slot_at, free=free, now=now)


def session_of(shift: Shift, *, is_ended: bool = False) -> rules.Session:
    """A shift with its activity, as the rules see it. is_ended: of the studio."""
    return rules.Session(
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        seats=shift.places,
        is_called_off=is_ended or shift.cancelled_at is not None or shift.activity.cancelled_at is not None,
        is_closed=shift.closed_at is not None,
    )


@transaction.atomic
def call_next(*, shift: Shift, counter: int, by: Actor, now: datetime) -> Ticket:
    """Call whoever is next in the one line to a counter. Two counters at once call two different numbers.

    Raises RuleBroken: nobody_waits, nobody_yet, counter_taken, counter_number. Sources: A21; docs/adr/0027.
    """
    require_serving(shift, by)
    row = _lock_going_on(shift.pk)
    _check_counter(row, counter)
    waiting, line = _line(row, now=now)
    return _call(waiting[rules.next_in_line(line, now=now).id], counter, by=by, now=now)


@transaction.atomic
def receive_and_call(*, ticket: Ticket, by: Actor, now: datetime) -> Ticket | None:
    """One press at the end of a talk: this number was received, and its counter calls whoever is next. Both or neither.

    Returns whoever is at the counter now; None when nobody can be called. A second press calls nobody.
    Raises Conflict unless the number is at a counter, RuleBroken(code="over") once the session is over.
    """
    require_serving(ticket.shift, by)
    row = _lock_going_on(ticket.shift_id)
    now_at = Ticket.objects.get(pk=ticket.pk)
    if now_at.state == TicketState.RECEIVED:
        return Ticket.objects.filter(shift=row, state=TicketState.CALLED, counter=now_at.counter).first()
    done = settle_locked(ticket.pk, row.pk, TicketState.RECEIVED, by=by, now=now)
    waiting, line = _line(row, now=now)
    if done.counter is None or not (line and rules.is_ready(line[0], now=now)):
        return None
    return _call(waiting[line[0].id], done.counter, by=by, now=now)


@transaction.atomic
def call_number(*, ticket: Ticket, counter: int, by: Actor, now: datetime) -> Ticket:
    """Call a certain number: somebody with an appointment who is early, somebody who missed his call and came back."""
    require_serving(ticket.shift, by)
    row = _lock_going_on(ticket.shift_id)
    _check_counter(row, counter)
    return _call(Ticket.objects.get(pk=ticket.pk), counter, by=by, now=now)


def _line(row: Shift, *, now: datetime) -> tuple[dict[UUID, Ticket], list[rules.Waiting]]:
    """Whoever waits by id, and the order in which they are called. One statement."""
    waiting = {one.pk: one for one in Ticket.objects.waiting().filter(shift=row)}
    line = [rules.Waiting(one.pk, one.number, one.slot_at) for one in waiting.values()]
    return waiting, rules.call_order(line, now=now)


def _call(ticket: Ticket, counter: int, *, by: Actor, now: datetime) -> Ticket:
    rules.check_move(ticket.state, TicketState.CALLED)
    ticket.state, ticket.called_at, ticket.called_by, ticket.counter = TicketState.CALLED, now, by.user_id, counter
    ticket.ended_at = None
    ticket.save(update_fields=["state", "called_at", "called_by", "counter", "ended_at"])
    audit.record(Tag.TICKET_CALL, by=by, on=ticket, now=now, counter=counter)
    return ticket


def _check_counter(row: Shift, counter: int) -> None:
    serving = Ticket.objects.filter(shift=row, state=TicketState.CALLED, counter=counter)
    rules.check_counter(counter, serving=serving.values_list("number", flat=True).first())


def _lock_going_on(pk: UUID) -> Shift:
    """The session under its lock. Raises RuleBroken once it was called off or closed: nobody is called any more."""
    row = lock_for_places(pk)
    if row.cancelled_at is not None or row.closed_at is not None:
        raise RuleBroken(_("This session is over: nobody is called any more."), code="over")
    return row


@transaction.atomic
def settle(*, ticket: Ticket, state: TicketState, by: Actor, now: datetime) -> Ticket:
    """What became of a number: received, did not come when called, left. Harmless twice."""
    require_serving(ticket.shift, by)
    return settle_locked(ticket.pk, ticket.shift_id, state, by=by, now=now)


@transaction.atomic
def leave(*, code: str, by: Actor, now: datetime) -> Ticket:
    """Whoever has the code gives the number back. Harmless twice. Raises OutOfScope for a code that follows nothing."""
    found = Ticket.objects.filter(code_hash=keys.hash_of(code)).first()
    if found is None:
        raise OutOfScope()
    return settle_locked(found.pk, found.shift_id, TicketState.LEFT, by=by, now=now)


def settle_locked(pk: UUID, shift: UUID, state: TicketState, *, by: Actor, now: datetime) -> Ticket:
    """The same for commands that have asked who may."""
    lock_for_places(shift)
    ticket = Ticket.objects.get(pk=pk)
    if ticket.state == state:
        return ticket
    rules.check_move(ticket.state, state)
    ticket.state, ticket.ended_at = state, now
    ticket.save(update_fields=["state", "ended_at"])
    audit.record(Tag.TICKET_END, by=by, on=ticket, now=now, state=state.value)
    return ticket


def tell_called_off(shift: Shift, by: Actor, now: datetime) -> None:
    """A session was called off: its line is dissolved, and whoever left a phone is told (activities.hooks)."""
    day = localdate(shift.starts_at)
    for ticket in Ticket.objects.live().filter(shift=shift).order_by("number"):
        if ticket.phone:
            when = {"month": day.month, "day": day.day}
            words: dict[str, Any] = when | {"title": shift.activity.title}
            notify.post(Channel.SMS, CALLED_OFF, recipient=ticket.pk, now=now, **words)
        settle_locked(ticket.pk, shift.pk, TicketState.LEFT, by=by, now=now)


def forget_phones(*, by: Actor, now: datetime) -> int:
    """Take away the phones of appointments whose day is long past; how many. For the nightly job."""
    by.require_any(Permission.SYSTEM_RUN)
    done = Ticket.objects.filter(slot_at__lt=now - rules.PHONE_KEPT, phone__isnull=False).update(phone=None)
    if done:
        audit.record(Tag.TICKET_FORGET, by=by, now=now, count=done)
    return done
