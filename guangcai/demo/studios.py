"""Studios of the demo: the Thursday studio of twenty, two that open on Saturday or on Sunday, one open on every day.

The last was opened yesterday and sits around the hour of loading: whoever starts the demo finds a line to call.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate, localtime

from guangcai.activities.commands import Repeat, close_shift, mark_attendance
from guangcai.activities.enums import Presence
from guangcai.activities.models import Shift, SignUp
from guangcai.activities.recurrence import weekly
from guangcai.cases.models import Item
from guangcai.core.actor import Actor
from guangcai.demo.content import studios
from guangcai.demo.shifts import check_service
from guangcai.demo.stage import Stage, fixed_id
from guangcai.members.models import Member
from guangcai.orgs.models import WorkUnit
from guangcai.places.models import ServicePoint
from guangcai.studios import commands
from guangcai.studios.enums import TicketState, Way
from guangcai.studios.models import Studio, StudioKind, Ticket

WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
FIRST_HOUR, LAST_HOUR = 8, 17


def open_studios(stage: Stage) -> None:
    for row in studios()["studios"]:
        studio = _open(stage, row)
        _seat(stage, row, studio)
        held = [shift for shift in _sessions(studio) if shift.ends_at + 30 * MINUTE <= stage.now]
        if row["either"]:
            held = held[::2]
        for shift in held:
            _hold(stage, row, shift, is_last=shift == held[-1])
        _appointments(stage, row, studio)


def _desk(stage: Stage, row: dict[str, Any]) -> Actor:
    return stage.actor(f"desk:{row['community']}")


def _opened_at(stage: Stage, row: dict[str, Any]) -> datetime:
    return stage.at(stage.today - timedelta(days=row["days_before"]), "08:00")


def _starts(stage: Stage, row: dict[str, Any]) -> time:
    """As told; without an hour told, an hour before now, in the hours in which people come."""
    if row["start"] is not None:
        return time.fromisoformat(row["start"])
    return time(min(max(localtime(stage.now).hour - 1, FIRST_HOUR), LAST_HOUR))


def _open(stage: Stage, row: dict[str, Any]) -> Studio:
    community = stage.nodes[row["community"]]
    opened_at = _opened_at(stage, row)
    draft = commands.StudioDraft(
        kind=StudioKind.objects.get(code=row["kind"]),
        name=row["name"],
        lead_name=stage.users[f"desk:{row['community']}"].name,
        host=WorkUnit.objects.filter(name=row["host"]).first(),
        point=ServicePoint.objects.filter(node=community, name=row["point"]).first(),
        place=row["place"],
        services=row["services"],
        slot_minutes=row["slot"],
    )
    repeat = Repeat(
        rule=weekly(row["weekdays"]),
        starts_on=localdate(opened_at) + timedelta(days=1),
        ends_on=stage.today + row["weeks_after"] * WEEK,
        start_time=_starts(stage, row),
        minutes=row["minutes"],
        places=row["seats"],
        either=row["either"],
    )
    key = fixed_id("studio", row["community"], row["name"])
    return commands.open_studio(
        community=community, draft=draft, repeat=repeat, by=_desk(stage, row), now=opened_at, id=key
    )


def _member(stage: Stage, row: dict[str, Any], number: int) -> Member:
    return stage.people[row["community"]][number].member


def _seat(stage: Stage, row: dict[str, Any], studio: Studio) -> None:
    """The roster, each with his own profession; the seats of the weeks since then and of those to come."""
    by, now = _desk(stage, row), _opened_at(stage, row) + 30 * MINUTE
    for number in row["sitters"]:
        member = _member(stage, row, number)
        key = fixed_id("sitter", studio.pk, number)
        place: dict[str, Any] = {"studio": studio, "member": member, "background": member.occupation}
        commands.offer_to_sit(**place, asked=studios()["asked"], by=by, now=now, id=key)
    for number in row["offers"]:
        member, key = _member(stage, row, number), fixed_id("sitter", studio.pk, number)
        own = Actor(member_id=member.pk, holdings=stage.actor("member").holdings)
        place = {"studio": studio, "member": member, "background": member.occupation}
        commands.offer_to_sit(**place, by=own, now=stage.now - WEEK // 7, id=key)
    while now < stage.now:
        # The desk gives the seats out again every month: no further ahead than the program does.
        commands.fill_seats(studio=studio, by=by, now=now)
        now += 4 * WEEK
    commands.fill_seats(studio=studio, by=by, now=stage.now)


def _sessions(studio: Studio) -> list[Shift]:
    shifts = Shift.objects.filter(activity=studio.activity_id).select_related("activity", "community")
    return list(shifts.order_by("starts_at", "pk"))


def _hold(stage: Stage, row: dict[str, Any], shift: Shift, *, is_last: bool) -> None:
    """Numbers, calls, notes, attendance and the end of one session."""
    by = _desk(stage, row)
    seated = [one.member for one in SignUp.objects.placed().filter(shift=shift).select_related("member")]
    queue = row["queue"] if is_last else row["earlier"]
    given = [_give(stage, row, shift, number, line) for number, line in enumerate(queue, 1)]
    for number, (ticket, line) in enumerate(zip(given, queue, strict=True)):
        # The next one is called when the one before has gone.
        _receive(ticket, line, seated, by, now=shift.starts_at + (5 + 10 * number) * MINUTE)
    marks = {member.pk: Presence.PRESENT for member in seated}
    mark_attendance(shift=shift, marks=marks, by=by, now=shift.starts_at + 5 * MINUTE)
    closed_at = shift.ends_at + 15 * MINUTE
    close_shift(shift=shift, head_count=len(seated), by=by, now=closed_at)
    check_service(stage, shift, closed_at)


def _give(stage: Stage, row: dict[str, Any], shift: Shift, number: int, line: list[Any]) -> Ticket:
    way, clock = line[0], line[1]
    slot_at = stage.planned(localdate(shift.starts_at), clock) if clock else None
    wanted = commands.Wanted(way=Way(way), slot_at=slot_at, id=fixed_id("ticket", shift.pk, number))
    now = shift.starts_at - (40 - 3 * number) * MINUTE
    return commands.give_number(shift=shift, wanted=wanted, by=_desk(stage, row), now=now)


def _receive(ticket: Ticket, line: list[Any], seated: list[Member], by: Actor, *, now: datetime) -> None:
    _way, _clock, state, item, what, said, outcome = line
    if state != TicketState.LEFT:
        ticket = commands.call_number(ticket=ticket, counter=1, by=by, now=now)
    if item is None:
        commands.settle(ticket=ticket, state=TicketState(state), by=by, now=now + 8 * MINUTE)
        return
    is_final = outcome == "done"
    note = commands.ReceptionNote(
        item=Item.objects.get(node=None, code=item),
        what=what,
        said=said,
        is_final=is_final,
        seen_to_by=None if is_final or not seated else seated[0],
        id=fixed_id("reception", ticket.pk),
    )
    commands.note_reception(ticket=ticket, note=note, by=by, now=now + 8 * MINUTE)


def _appointments(stage: Stage, row: dict[str, Any], studio: Studio) -> None:
    """Appointments of the next session, and on its own day a short line."""
    coming = [shift for shift in _sessions(studio) if shift.ends_at > stage.now]
    if not coming:
        return
    shift = coming[0]
    for number, clock in enumerate(row["appointments"], 1):
        slot_at = stage.planned(localdate(shift.starts_at), clock)
        if slot_at > stage.now:
            wanted = commands.Wanted(way=Way.SLOT, slot_at=slot_at, id=fixed_id("ticket", shift.pk, number))
            commands.give_number(shift=shift, wanted=wanted, by=Actor(), now=stage.now)
    if shift.starts_at - 60 * MINUTE <= stage.now:
        for number in range(101, 106):
            wanted = commands.Wanted(way=Way.DESK, id=fixed_id("ticket", shift.pk, number))
            commands.give_number(shift=shift, wanted=wanted, by=_desk(stage, row), now=stage.now)
