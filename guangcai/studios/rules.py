"""What studios allow: pure checks and arithmetic, no database, no clock.

One line for everybody (docs/adr/0027): an appointment whose time has come goes before the numbers; otherwise by number.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.rules import Limit
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.text import is_blank
from guangcai.studios.enums import TicketState, Way

LONGEST_LIST: Final = 1000
LONGEST_REASON: Final = 200
MOST_COUNTERS: Final = 99
# Numbers are given from an hour before the doors open: who comes early need not stand in line.
OPENS_BEFORE: Final = timedelta(minutes=60)
BOOKED_AHEAD: Final = timedelta(days=45)
SHORTEST_SLOT, LONGEST_SLOT = 5, 120
# A hall behind one network address still takes its numbers; a script does not empty the line.
NUMBERS_OF_ADDRESS: Final = Limit("studio:number:address", 60, timedelta(hours=12))
SLOTS_OF_PHONE: Final = Limit("studio:slot:phone", 3, timedelta(days=1))
# Codes that follow nothing, counted by address: 100 an hour against 50 bits.
CODES_OF_ADDRESS: Final = Limit("studio:code:address", 100, timedelta(hours=1))
# The phone of an appointment is kept this long after its session was to begin.
PHONE_KEPT: Final = timedelta(days=7)
# A seat is filled this far ahead: long enough to plan by, short enough for the roster to change.
FILLED_AHEAD: Final = timedelta(days=45)

Key = TypeVar("Key")
S = TicketState
# The whole life of a number. Who missed his call may be called again.
MOVES: Final[Mapping[TicketState, Collection[TicketState]]] = {
    S.WAITING: (S.CALLED, S.LEFT),
    S.CALLED: (S.RECEIVED, S.MISSED, S.LEFT),
    S.MISSED: (S.CALLED,),
    S.RECEIVED: (),
    S.LEFT: (),
}


# --- the line -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """Somebody in line: his number, and when he was told to come if he made an appointment."""

    id: UUID
    number: int
    slot_at: datetime | None = None


def is_ready(one: Waiting, *, now: datetime) -> bool:
    """Whether he can be called: somebody with an appointment is not expected before its time."""
    return one.slot_at is None or one.slot_at <= now


def call_order(waiting: Iterable[Waiting], *, now: datetime) -> list[Waiting]:
    """Everybody in line, first to last: appointments whose time has come, earliest first; numbers; later appointments.

    The order they are handed over in does not matter. Sources: A21; docs/adr/0027.
    """

    def turn(one: Waiting) -> tuple[int, datetime, int]:
        if one.slot_at is None:
            return (1, now, one.number)
        return (0 if one.slot_at <= now else 2, one.slot_at, one.number)

    return sorted(waiting, key=turn)


def next_in_line(waiting: Iterable[Waiting], *, now: datetime) -> Waiting:
    """Who is called next. Raises RuleBroken when nobody waits, or only appointments of a later time."""
    line = call_order(waiting, now=now)
    if not line:
        raise RuleBroken(_("Nobody waits."), code="nobody_waits")
    if not is_ready(line[0], now=now):
        raise RuleBroken(
            _("Nobody waits now: the next appointment is later. If the person is here already, call the number."),
            code="nobody_yet",
        )
    return line[0]


def ahead_of(id: UUID, waiting: Iterable[Waiting], *, now: datetime) -> int | None:
    """How many are called before `id` as things stand; None when he is not in line."""
    line = [one.id for one in call_order(waiting, now=now)]
    return line.index(id) if id in line else None


def check_move(old: str, new: TicketState) -> None:
    """Raises Conflict in words: somebody else was first."""
    state = TicketState(old)
    if new not in MOVES[state]:
        words = _("This cannot be done now: the number is “%(state)s”. Reload the page and look first.")
        raise Conflict(words % {"state": state.label}, code="move_not_now")


def check_counter(counter: int, *, serving: int | None) -> None:
    """serving: the number that is at this counter now. One counter, one person."""
    if not 1 <= counter <= MOST_COUNTERS:
        raise RuleBroken(_("Counters are numbered from 1 to 99."), field="counter", code="counter_number")
    if serving is not None:
        words = _("Number %(number)d is at counter %(counter)d: say first whether it was received.")
        raise RuleBroken(words % {"number": serving, "counter": counter}, field="counter", code="counter_taken")


# --- numbers and appointments ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Session:
    """One opening of a studio: when, and whether it still takes place."""

    starts_at: datetime
    ends_at: datetime
    seats: int
    is_called_off: bool = False
    is_closed: bool = False


def is_open(session: Session, *, now: datetime) -> bool:
    """Whether numbers are given now."""
    is_on = not (session.is_called_off or session.is_closed)
    return is_on and session.starts_at - OPENS_BEFORE <= now < session.ends_at


def check_number(session: Session, *, now: datetime) -> None:
    """Raises RuleBroken unless numbers are given for this session now."""
    _check_on(session, now=now)
    if now < session.starts_at - OPENS_BEFORE:
        raise RuleBroken(_("Numbers are given from an hour before the opening."), code="too_early")


def _check_on(session: Session, *, now: datetime) -> None:
    if session.is_called_off:
        raise RuleBroken(_("This session was called off. The page of the studio names the next one."), code="off")
    if session.is_closed or now >= session.ends_at:
        raise RuleBroken(_("This session is over. The page of the studio names the next one."), code="over")


def seats_for_appointments(seats: int) -> int:
    """Half of those who sit take appointments, one at least: whoever comes without one is received too."""
    return max(1, seats // 2)


def slots_of(session: Session, *, minutes: int) -> list[datetime]:
    """When appointments begin: whole slots from the opening to the end. None for a studio that takes none."""
    if minutes <= 0:
        return []
    count = (session.ends_at - session.starts_at) // timedelta(minutes=minutes)
    return [session.starts_at + timedelta(minutes=minutes * at) for at in range(count)]


def free_slots(session: Session, *, minutes: int, taken: Iterable[datetime], now: datetime) -> list[datetime]:
    """Appointments that can still be made. taken: the slots of live appointments, one for each."""
    held = Counter(taken)
    most = seats_for_appointments(session.seats)
    return [at for at in slots_of(session, minutes=minutes) if at > now and held[at] < most]


def check_slot(session: Session, slot_at: datetime, *, free: Collection[datetime], now: datetime) -> None:
    """Raises RuleBroken(field="slot_at") for a time that is gone, and one that lies too far ahead."""
    _check_on(session, now=now)
    if session.starts_at > now + BOOKED_AHEAD:
        raise RuleBroken(_("Appointments are made up to 45 days ahead."), field="slot_at", code="slot_far")
    if slot_at not in free:
        raise RuleBroken(_("This time is taken. Choose another one."), field="slot_at", code="slot_taken")


def check_way(way: str, *, slot_at: datetime | None) -> None:
    if (way == Way.SLOT) != (slot_at is not None):
        raise RuleBroken(_("Choose a time."), field="slot_at", code="slot_missing")


# --- the studio -----------------------------------------------------------------------------------------------------


def check_studio(*, name: str, place: str, services: str, slot_minutes: int) -> None:
    """Raises RuleBroken(field) for what a studio cannot be without."""
    if is_blank(name):
        raise RuleBroken(_("Give the studio a name."), field="name", code="name_missing")
    if is_blank(place):
        raise RuleBroken(_("Say where it is: a service point, or the address in words."), field="place", code="place")
    if len(services) > LONGEST_LIST:
        words = _("At most %(number)d characters.") % {"number": LONGEST_LIST}
        raise RuleBroken(words, field="services", code="services_long")
    if slot_minutes and not SHORTEST_SLOT <= slot_minutes <= LONGEST_SLOT:
        raise RuleBroken(
            _("An appointment takes 5 to 120 minutes; 0 if the studio takes none."), field="slot_minutes", code="slot"
        )


def check_open(*, ended_at: datetime | None) -> None:
    if ended_at is not None:
        raise RuleBroken(_("This studio has ended."), code="studio_ended")


def check_reason(reason: str) -> None:
    if is_blank(reason):
        raise RuleBroken(_("Say why, in a few words."), field="reason", code="reason_missing")
    if len(reason) > LONGEST_REASON:
        words = _("At most %(number)d characters.") % {"number": LONGEST_REASON}
        raise RuleBroken(words, field="reason", code="reason_long")


def check_sitter(*, is_on_roster: bool, is_in_area: bool, is_there: bool) -> None:
    """Who can sit: a member of the community who is not on the studio's roster yet."""
    if not is_on_roster:
        raise RuleBroken(_("Only somebody on the roster of the community can sit."), field="member", code="not_current")
    if not is_in_area:
        raise RuleBroken(
            _("This studio belongs to another community than the member."), field="member", code="other_area"
        )
    if is_there:
        raise RuleBroken(_("Is on the roster of this studio already."), field="member", code="on_rota")


def check_term(until: date | None, *, today: date) -> None:
    if until is not None and until < today:
        raise RuleBroken(_("The last day lies in the past."), field="until", code="until_past")


# --- who sits when --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sitter:
    """Somebody on the roster: his term, how often he has sat or is to sit, since when he is on it."""

    id: UUID
    since: date
    until: date | None
    sittings: int


def sitters_for(day: date, sitters: Iterable[Sitter], *, chosen: Mapping[UUID, int]) -> list[UUID]:
    """Everybody whose term covers `day`, whoever sat least first; among equals who is on the roster longest.

    chosen: sittings given out meanwhile, on top of `sittings`.
    """
    there = [one for one in sitters if one.since <= day and (one.until is None or day <= one.until)]
    ranked = sorted(there, key=lambda one: (one.sittings + chosen.get(one.id, 0), one.since, one.id))
    return [one.id for one in ranked]


@dataclass(frozen=True)
class Opening:
    """A session as the week sees it. group: shared by alternatives of one week, "" for a session that has none."""

    group: str
    is_held: bool


def first_of_each_week(openings: Sequence[tuple[Key, str]]) -> list[Key]:
    """Of sessions in their order with their groups, those to be filled: one of alternatives is enough (A20)."""
    seen: set[str] = set()
    kept = []
    for key, group in openings:
        if not group or group not in seen:
            kept.append(key)
        seen.add(group)
    return kept


@dataclass(frozen=True)
class Held:
    """Sessions held and planned; a week of alternatives counts once, however many of them were held."""

    held: int
    planned: int


def held_of(openings: Sequence[Opening]) -> Held:
    """What was held of what was planned: what was called off stays planned (S5, A20)."""
    alone = [one for one in openings if not one.group]
    weeks: dict[str, bool] = {}
    for one in openings:
        if one.group:
            weeks[one.group] = weeks.get(one.group, False) or one.is_held
    held = sum(one.is_held for one in alone) + sum(weeks.values())
    return Held(held=held, planned=len(alone) + len(weeks))
