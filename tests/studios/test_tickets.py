"""Numbers of a session: given without a gap, called in one order, dealt with; notes that become cases."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from guangcai.activities.commands import cancel_shift, close_shift
from guangcai.activities.models import Attendance, Shift
from guangcai.cases import commands as cases
from guangcai.cases.enums import CaseState
from guangcai.cases.models import Asker, Case, CaseStep, Item
from guangcai.core.actor import Actor
from guangcai.core.enums import Channel
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.ledger.models import ServiceEntry
from guangcai.studios import commands, keys
from guangcai.studios.enums import TicketState, Way
from guangcai.studios.models import Studio, Ticket
from guangcai.studios.queries.figures import count_studios
from tests.cast import Cast
from tests.studios.conftest import DAY, session
from tests.studios.test_studios import broken, code_of

pytestmark = pytest.mark.django_db
PHONE = "13912345678"
HALF = timedelta(minutes=30)


def test_numbers_follow_one_another(number: Any, sitter: Any, desk: Actor, now: datetime) -> None:
    key = new_id()
    first = number(Way.DESK, by=desk, id=key)
    assert number(Way.DESK, by=desk, id=key) == first
    given = [first, number(Way.PHONE), number(Way.DESK, by=sitter[1])]
    assert [(one.number, one.way, one.state) for one in given] == [
        (1, "desk", "waiting"), (2, "phone", "waiting"), (3, "desk", "waiting"),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(tag="studios:ticket:give").count() == 3
    with pytest.raises(Conflict):
        number(Way.PHONE, id=key)
    assert broken() == []


def test_numbers_are_given_around_the_opening(number: Any, today: Shift, desk: Actor, now: datetime) -> None:
    for at, code in {
        today.starts_at - timedelta(minutes=61): "too_early",
        today.ends_at: "over",
    }.items():
        with pytest.raises(RuleBroken) as raised:
            number(at=at)
        assert code_of(raised) == code
    assert number(at=today.starts_at - timedelta(minutes=60)).number == 1
    cancel_shift(shift=today, reason="weather", by=desk, now=now)
    with pytest.raises(RuleBroken) as raised:
        number()
    assert code_of(raised) == "off"


def test_whoever_does_not_serve_gives_and_calls_nothing(
    cast: Cast, number: Any, today: Shift, neighbours: Any, now: datetime
) -> None:
    ticket = number()
    for actor, error in {"member": Forbidden, "desk_next_door": OutOfScope, "overseer": Forbidden}.items():
        by = cast.actor(actor)
        for act in (
            lambda by=by: number(Way.DESK, by=by),
            lambda by=by: commands.call_next(shift=today, counter=1, by=by, now=now),
            lambda by=by: commands.call_number(ticket=ticket, counter=1, by=by, now=now),
            lambda by=by: commands.settle(ticket=ticket, state=TicketState.LEFT, by=by, now=now),
        ):
            with pytest.raises(error):
                act()
    assert Ticket.objects.get().state == TicketState.WAITING


def test_no_session_of_a_studio_gives_no_number(cast: Cast, number: Any, desk: Actor, now: datetime) -> None:
    Studio.objects.all().delete()
    with pytest.raises(OutOfScope):
        number()


def test_a_slot_is_taken_by_as_many_as_it_has_room_for(number: Any, studio: Studio, desk: Actor, now: datetime) -> None:
    later = session(studio, 1)
    slot = later.starts_at + HALF
    with pytest.raises(RuleBroken) as raised:
        number(Way.SLOT, shift=later)
    assert code_of(raised) == "slot_missing"
    first = number(Way.SLOT, shift=later, slot_at=slot, phone=PHONE)
    assert (first.number, first.slot_at, first.phone) == (1, slot, "+8613912345678")
    for at in (slot, later.starts_at + timedelta(minutes=1)):
        with pytest.raises(RuleBroken) as raised:
            number(Way.SLOT, shift=later, slot_at=at)
        assert code_of(raised) == "slot_taken"
    commands.leave(code=keys.code_of(first.pk), by=Actor(), now=now)
    assert number(Way.SLOT, shift=later, slot_at=slot).number == 2
    with pytest.raises(RuleBroken) as raised:
        number(Way.SLOT, shift=session(studio, 5), slot_at=session(studio, 5).starts_at, at=now - 12 * DAY)
    assert code_of(raised) == "slot_far"
    assert broken() == []


def test_appointments_come_first_when_their_time_has_come(
    number: Any, today: Shift, desk: Actor, now: datetime
) -> None:
    early = number(Way.SLOT, slot_at=today.starts_at + HALF, at=now - DAY)
    late = number(Way.SLOT, slot_at=today.starts_at + 3 * HALF, at=now - DAY)
    walk_in = number()
    assert commands.call_next(shift=today, counter=1, by=desk, now=now) == early
    assert commands.call_next(shift=today, counter=2, by=desk, now=now) == walk_in
    with pytest.raises(RuleBroken) as raised:
        commands.call_next(shift=today, counter=3, by=desk, now=now)
    assert code_of(raised) == "nobody_yet"
    assert commands.call_number(ticket=late, counter=3, by=desk, now=now).counter == 3
    with pytest.raises(RuleBroken) as raised:
        commands.call_next(shift=today, counter=4, by=desk, now=now)
    assert code_of(raised) == "nobody_waits"


def test_one_counter_serves_one(number: Any, today: Shift, sitter: Any, now: datetime) -> None:
    first, second = number(), number()
    by = sitter[1]
    commands.call_next(shift=today, counter=1, by=by, now=now)
    for counter, code in {1: "counter_taken", 0: "counter_number", 100: "counter_number"}.items():
        with pytest.raises(RuleBroken) as raised:
            commands.call_next(shift=today, counter=counter, by=by, now=now)
        assert code_of(raised) == code
    commands.settle(ticket=first, state=TicketState.MISSED, by=by, now=now)
    commands.settle(ticket=first, state=TicketState.MISSED, by=by, now=now)
    assert commands.call_next(shift=today, counter=1, by=by, now=now) == second
    commands.settle(ticket=second, state=TicketState.RECEIVED, by=by, now=now)
    again = commands.call_number(ticket=first, counter=1, by=by, now=now)
    assert (again.state, again.ended_at) == (TicketState.CALLED, None)
    with pytest.raises(Conflict):
        commands.settle(ticket=second, state=TicketState.MISSED, by=by, now=now)
    assert AuditEvent.objects.filter(tag="studios:ticket:end").count() == 2


def test_received_and_next_is_one_press(number: Any, today: Shift, sitter: Any, now: datetime) -> None:
    first, second, third = number(), number(), number()
    by = sitter[1]
    commands.call_next(shift=today, counter=4, by=by, now=now)
    called = commands.receive_and_call(ticket=first, by=by, now=now)
    assert called == second
    assert Ticket.objects.get(pk=first.pk).state == TicketState.RECEIVED
    assert (called.state, called.counter) == (TicketState.CALLED, 4)
    assert commands.receive_and_call(ticket=first, by=by, now=now) == second
    assert Ticket.objects.get(pk=third.pk).state == TicketState.WAITING
    with pytest.raises(Conflict):
        commands.receive_and_call(ticket=third, by=by, now=now)
    commands.receive_and_call(ticket=second, by=by, now=now)
    assert commands.receive_and_call(ticket=third, by=by, now=now) is None
    late = number()
    assert commands.receive_and_call(ticket=third, by=by, now=now) is None
    assert Ticket.objects.get(pk=late.pk).state == TicketState.WAITING
    assert AuditEvent.objects.filter(tag="studios:ticket:call").count() == 3
    assert broken() == []


def test_received_and_next_leaves_a_later_appointment_alone(
    number: Any, today: Shift, desk: Actor, now: datetime
) -> None:
    first = number()
    later = number(Way.SLOT, slot_at=today.starts_at + 3 * HALF, at=now - DAY)
    commands.call_next(shift=today, counter=1, by=desk, now=now)
    assert commands.receive_and_call(ticket=first, by=desk, now=now) is None
    assert Ticket.objects.get(pk=later.pk).state == TicketState.WAITING


def test_received_and_next_is_both_or_neither(
    cast: Cast, number: Any, today: Shift, desk: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = number(), number()
    commands.call_next(shift=today, counter=1, by=desk, now=now)
    for actor, error in {"member": Forbidden, "desk_next_door": OutOfScope, "overseer": Forbidden}.items():
        with pytest.raises(error):
            commands.receive_and_call(ticket=first, by=cast.actor(actor), now=now)

    def falls(*_args: object, **_named: object) -> None:
        raise RuleBroken("-", code="falls")

    with monkeypatch.context() as broken_call:
        broken_call.setattr("guangcai.studios.commands.tickets._call", falls)
        with pytest.raises(RuleBroken):
            commands.receive_and_call(ticket=first, by=desk, now=now)
    states = Ticket.objects.filter(pk__in=[first.pk, second.pk]).order_by("number").values_list("state", flat=True)
    assert list(states) == [TicketState.CALLED, TicketState.WAITING]
    commands.settle(ticket=first, state=TicketState.MISSED, by=desk, now=now)
    with pytest.raises(Conflict):
        commands.receive_and_call(ticket=first, by=desk, now=now)


def test_a_code_gives_the_number_back(number: Any, now: datetime) -> None:
    ticket = number()
    code = keys.code_of(ticket.pk)
    assert commands.leave(code=f"{code[:5].lower()}-{code[5:]}", by=Actor(), now=now).state == TicketState.LEFT
    assert commands.leave(code=code, by=Actor(), now=now) == ticket
    with pytest.raises(OutOfScope):
        commands.leave(code="ABCDE23456", by=Actor(), now=now)


def test_nobody_is_called_once_it_is_over(number: Any, today: Shift, sitter: Any, desk: Actor, now: datetime) -> None:
    number()
    close_shift(shift=today, head_count=1, by=desk, now=now)
    with pytest.raises(RuleBroken) as raised:
        commands.call_next(shift=today, counter=1, by=desk, now=now)
    assert code_of(raised) == "over"


def test_whoever_left_a_phone_hears_that_it_is_called_off(
    number: Any, studio: Studio, desk: Actor, now: datetime
) -> None:
    later = session(studio, 1)
    told = number(Way.SLOT, shift=later, slot_at=later.starts_at, phone=PHONE)
    number(Way.SLOT, shift=later, slot_at=later.starts_at + HALF)
    cancel_shift(shift=later, reason="weather", by=desk, now=now)
    message = Outbox.objects.get(template="studio_called_off")
    assert (message.recipient, message.channel) == (told.pk, Channel.SMS)
    assert message.parameters == {"title": "南园法律工作室", "month": 11, "day": 27}
    assert PHONE not in str(message.parameters)
    assert set(Ticket.objects.values_list("state", flat=True)) == {TicketState.LEFT}


def test_phones_are_forgotten_after_a_week(number: Any, studio: Studio, now: datetime) -> None:
    later = session(studio, 1)
    ticket = number(Way.SLOT, shift=later, slot_at=later.starts_at, phone=PHONE)
    by = Actor.system()
    assert commands.forget_phones(by=by, now=later.starts_at + 7 * DAY) == 0
    assert commands.forget_phones(by=by, now=later.starts_at + 8 * DAY) == 1
    assert Ticket.objects.get(pk=ticket.pk).phone is None
    assert commands.forget_phones(by=by, now=later.starts_at + 8 * DAY) == 0
    with pytest.raises(OutOfScope):
        commands.forget_phones(by=Actor(), now=now)


# --- what was asked -------------------------------------------------------------------------------------------------


def note(law: Item, **other: Any) -> commands.ReceptionNote:
    words: dict[str, Any] = {
        "item": law,
        "what": "房屋租金纠纷怎么办",
        "said": "先留好合同和转账记录",
        "is_final": True,
    }
    return commands.ReceptionNote(**(words | other))


def called(number: Any, today: Shift, by: Actor, now: datetime) -> Ticket:
    number()
    return commands.call_next(shift=today, counter=1, by=by, now=now)


def steps(case: Case) -> list[tuple[str, str]]:
    return list(CaseStep.objects.filter(case=case).order_by("number").values_list("kind", "side"))


def test_a_note_answered_on_the_spot_is_a_closed_case(
    number: Any, today: Shift, sitter: Any, law: Item, now: datetime
) -> None:
    by, key = sitter[1], new_id()
    ticket = called(number, today, by, now)
    made = commands.note_reception(ticket=ticket, note=note(law, id=key), by=by, now=now)
    assert steps(made) == [("raised", "asker"), ("closed", "worker")]
    assert (made.state, made.close_code, made.is_anonymous, made.dispatched_at) == ("closed", "answered", True, None)
    assert (made.from_kind, made.from_id, made.channel) == ("reception", ticket.pk, "member")
    assert Ticket.objects.get().state == TicketState.RECEIVED
    assert commands.note_reception(ticket=ticket, note=note(law, id=key), by=by, now=now) == made
    with pytest.raises(Conflict):
        commands.note_reception(ticket=ticket, note=note(law, id=key, said="别的"), by=by, now=now)
    with pytest.raises(Conflict):
        commands.note_reception(ticket=ticket, note=note(law), by=by, now=now)
    assert broken() == []


def test_the_asker_has_the_last_word(number: Any, today: Shift, sitter: Any, law: Item, now: datetime) -> None:
    ticket = called(number, today, sitter[1], now)
    made = commands.note_reception(ticket=ticket, note=note(law), by=sitter[1], now=now)
    code = Asker.objects.get(case=made).code
    again = cases.reopen(case=made, note="房东还是不退押金", by=Actor(), now=now + DAY, code=code)
    assert again.state == CaseState.TO_DISPATCH


def test_a_note_that_is_followed_up_is_his_job(
    number: Any, today: Shift, sitter: Any, law: Item, now: datetime
) -> None:
    member, by = sitter
    ticket = called(number, today, by, now)
    draft = note(law, is_final=False, phone=PHONE, seen_to_by=member)
    made = commands.note_reception(ticket=ticket, note=draft, by=by, now=now)
    assert steps(made) == [
        ("raised", "asker"), ("dispatched", "worker"), ("accepted", "worker"), ("contacted", "worker"),
    ]  # fmt: skip
    assert made.assignment is not None
    assert (made.assignment.member_id, made.responded_at) == (member.pk, now)
    assert Case.objects.visible_to(by).get() == made
    done = cases.finish(case=made, note="律师已写好起诉状", by=by, now=now + DAY)
    assert done.state == CaseState.DONE


def test_the_desk_writes_for_whoever_sat(
    number: Any, today: Shift, sitter: Any, law: Item, desk: Actor, now: datetime
) -> None:
    ticket = called(number, today, desk, now)
    draft = note(law, is_final=False, seen_to_by=sitter[0])
    made = commands.note_reception(ticket=ticket, note=draft, by=desk, now=now)
    assert steps(made) == [("raised", "desk"), ("dispatched", "desk"), ("contacted", "desk")]
    other = called(number, today, desk, now)
    left = commands.note_reception(ticket=other, note=note(law, is_final=False), by=desk, now=now)
    assert (left.state, steps(left)) == ("to_dispatch", [("raised", "desk"), ("contacted", "desk")])


def test_whoever_sits_asks_nobody_else(
    number: Any, today: Shift, sitter: Any, neighbours: Any, cast: Cast, law: Item, now: datetime
) -> None:
    ticket = called(number, today, sitter[1], now)
    draft = note(law, is_final=False, seen_to_by=cast.teacher_member)
    with pytest.raises(Forbidden):
        commands.note_reception(ticket=ticket, note=draft, by=sitter[1], now=now)
    for wrong, code in (({"what": ""}, "what_missing"), ({"said": " "}, "note_missing")):
        with pytest.raises(RuleBroken) as raised:
            commands.note_reception(ticket=ticket, note=note(law, **wrong), by=sitter[1], now=now)
        assert code_of(raised) == code
    with pytest.raises(Conflict):
        commands.note_reception(ticket=number(), note=note(law), by=sitter[1], now=now)
    assert not Case.objects.exists()


def test_sitting_gives_hours_by_the_usual_door_and_is_counted(
    number: Any, studio: Studio, today: Shift, sitter: Any, law: Item, desk: Actor, now: datetime
) -> None:
    ticket = called(number, today, sitter[1], now)
    commands.note_reception(ticket=ticket, note=note(law), by=sitter[1], now=now)
    Attendance.objects.create(
        district_code=today.district_code, community=today.community, path=today.path, shift=today,
        member=sitter[0], method="board", recorded_at=now,
    )  # fmt: skip
    close_shift(shift=today, head_count=1, by=desk, now=today.ends_at)
    entry = ServiceEntry.objects.get()
    assert (entry.member, entry.minutes, entry.kind.code) == (sitter[0], 150, "legal_advice")
    since, until = now.date() - 5 * DAY, now.date() + 7 * DAY
    (row,) = count_studios([studio.path], by=("studio",), since=since, until=until)
    assert (row.dimensions, row.studios, row.held, row.planned, row.received, row.cases, row.closed) == (
        {"studio": "南园法律工作室"}, 1, 1, 2, 1, 1, 1,
    )  # fmt: skip
