"""The line of a session: who is called, who waits in which order, how far somebody is from his turn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from guangcai.activities.models import Shift
from guangcai.cases.enums import OriginKind
from guangcai.cases.models import Case
from guangcai.core.actor import Actor
from guangcai.studios import keys, rules
from guangcai.studios.enums import TicketState
from guangcai.studios.models import Ticket


@dataclass(frozen=True)
class Line:
    """A session's numbers: at the counters, in line, called and not come, received."""

    called: list[Ticket]
    waiting: list[Ticket]
    missed: list[Ticket]
    received: list[Ticket]
    left: int
    # Of those who wait: who can be called now, appointments of a later hour left out.
    ready: int

    @property
    def total(self) -> int:
        return len(self.called) + len(self.waiting) + len(self.missed) + len(self.received) + self.left


def line_of(shift: Shift, *, now: datetime) -> Line:
    """Everybody of a session; the waiting in the order in which they are called. One statement."""
    tickets = list(Ticket.objects.filter(shift=shift).order_by("number"))
    by_state = {state: [one for one in tickets if one.state == state] for state in TicketState}
    order = rules.call_order((_waiting(one) for one in by_state[TicketState.WAITING]), now=now)
    found = {one.pk: one for one in tickets}
    return Line(
        called=sorted(by_state[TicketState.CALLED], key=lambda one: (one.called_at or now, one.number), reverse=True),
        waiting=[found[one.id] for one in order],
        missed=by_state[TicketState.MISSED],
        received=by_state[TicketState.RECEIVED],
        left=len(by_state[TicketState.LEFT]),
        ready=sum(rules.is_ready(one, now=now) for one in order),
    )


def _waiting(ticket: Ticket) -> rules.Waiting:
    return rules.Waiting(ticket.pk, ticket.number, ticket.slot_at)


@dataclass(frozen=True)
class Turn:
    """A number as whoever has it sees it. ahead: how many are called before it; None when it is not in line."""

    ticket: Ticket
    ahead: int | None
    now_called: list[Ticket]
    is_off: bool


def turn_of(code: str, *, now: datetime) -> Turn | None:
    """What a code shows: the number, how many are before it, who is at the counters. Two statements, for a wrong code
    one."""
    rows = Ticket.objects.select_related("shift__activity__studio", "community")
    ticket = rows.filter(code_hash=keys.hash_of(code)).first()
    if ticket is None:
        return None
    line = line_of(ticket.shift, now=now)
    ahead = rules.ahead_of(ticket.pk, map(_waiting, line.waiting), now=now)
    is_off = ticket.shift.cancelled_at is not None
    return Turn(ticket, ahead, line.called, is_off)


def cases_of(tickets: Iterable[Ticket], actor: Actor) -> dict[object, Case]:
    """Number -> the case made of it, as far as the actor sees cases. One statement."""
    keys_of = [one.pk for one in tickets]
    rows = Case.objects.visible_to(actor).filter(from_kind=OriginKind.RECEPTION, from_id__in=keys_of)
    return {row.from_id: row for row in rows.select_related("item")}


def noted(tickets: Iterable[Ticket]) -> set[object]:
    """Numbers whose reception was written down, whoever may read it. One statement."""
    keys_of = [one.pk for one in tickets]
    rows = Case.objects.filter(from_kind=OriginKind.RECEPTION, from_id__in=keys_of)
    return set(rows.values_list("from_id", flat=True))


def counter_of(shift: Shift, actor: Actor) -> int:
    """The counter from which the actor called last at this session, else the lowest that nobody uses. One statement."""
    called = Ticket.objects.filter(shift=shift, counter__isnull=False).order_by("-called_at", "-number")
    rows = list(called.values_list("counter", "called_by"))
    own = next((counter for counter, by in rows if by == actor.user_id), None)
    used = {counter for counter, _by in rows}
    return own or next(number for number in range(1, rules.MOST_COUNTERS + 2) if number not in used)
