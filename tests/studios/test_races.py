"""Real threads on the real database: no number twice, no gap, two counters call two people."""

from datetime import datetime
from typing import Any

import pytest

from guangcai.activities.models import Shift
from guangcai.cases.models import Case, Item
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.studios import commands
from guangcai.studios.enums import TicketState, Way
from guangcai.studios.models import Studio, Ticket
from tests.activities.test_races import at_once
from tests.studios.conftest import session
from tests.studios.test_studios import broken
from tests.studios.test_tickets import note

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 20


def test_twenty_take_a_number_at_once(number: Any, now: datetime) -> None:
    given = at_once([lambda: number() for _ in range(CLIENTS)])
    assert sorted(ticket.number for ticket in given) == list(range(1, CLIENTS + 1))
    assert len({ticket.code_hash for ticket in given}) == CLIENTS
    key = new_id()
    same = at_once([lambda: number(id=key) for _ in range(6)])
    assert {ticket.pk for ticket in same} == {key}
    assert broken() == []


def test_the_last_appointment_goes_to_one(number: Any, studio: Studio) -> None:
    later = session(studio, 1)
    given = at_once([lambda: number(Way.SLOT, shift=later, slot_at=later.starts_at) for _ in range(6)])
    assert given.count("slot_taken") == 5
    assert Ticket.objects.count() == 1


def test_two_counters_call_two_people(number: Any, today: Shift, desk: Actor, now: datetime) -> None:
    for _at in range(6):
        number()
    called = at_once([lambda c=c: commands.call_next(shift=today, counter=c, by=desk, now=now) for c in range(1, 7)])
    assert sorted(ticket.number for ticket in called) == [1, 2, 3, 4, 5, 6]
    waiting = number()
    again = at_once([lambda: commands.call_next(shift=today, counter=9, by=desk, now=now) for _ in range(4)])
    assert again.count("counter_taken") == 3
    assert Ticket.objects.get(pk=waiting.pk).counter == 9


def test_received_and_next_at_two_counters(number: Any, today: Shift, desk: Actor, now: datetime) -> None:
    """Each counter presses its button three times at the same moment: each calls one person, nobody is passed over."""
    tickets = [number() for _at in range(6)]
    for counter in (1, 2):
        commands.call_next(shift=today, counter=counter, by=desk, now=now)
    presses = [
        lambda t=t: commands.receive_and_call(ticket=t, by=desk, now=now) for t in tickets[:2] for _at in range(3)
    ]
    answers = at_once(presses)
    assert {one.number for one in answers} == {3, 4}
    at_counters = Ticket.objects.filter(state=TicketState.CALLED).values_list("counter", "number")
    assert {counter for counter, _number in at_counters} == {1, 2}
    assert {number for _counter, number in at_counters} == {3, 4}
    assert Ticket.objects.filter(state=TicketState.WAITING).count() == 2
    third = Ticket.objects.get(number=3)
    both = at_once(
        [
            lambda: commands.receive_and_call(ticket=third, by=desk, now=now),
            lambda: commands.settle(ticket=third, state=TicketState.MISSED, by=desk, now=now),
        ]
    )
    assert both.count("move_not_now") == 1
    assert broken() == []


def test_called_and_given_back_at_once(number: Any, today: Shift, desk: Actor, law: Item, now: datetime) -> None:
    ticket = number()
    commands.call_next(shift=today, counter=1, by=desk, now=now)
    ended = at_once(
        [
            lambda s=s: commands.settle(ticket=ticket, state=s, by=desk, now=now)
            for s in (TicketState.RECEIVED, TicketState.MISSED, TicketState.LEFT)
        ]
    )
    assert sum(isinstance(one, Ticket) for one in ended) == 1
    other = number()
    commands.call_next(shift=today, counter=1, by=desk, now=now)
    at_once([lambda: commands.note_reception(ticket=other, note=note(law), by=desk, now=now) for _ in range(4)])
    assert Case.objects.count() == 1
    assert broken() == []
