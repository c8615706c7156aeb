"""Attendance: four ways, one row per member and shift, however often it is sent; closing hands it to the ledger."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from guangcai.activities import codes, commands
from guangcai.activities.enums import Method, Presence
from guangcai.activities.models import Attendance, Outcome, Shift
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.models import ServiceEntry
from guangcai.orgs.facts import of_community
from tests.cast import Cast

HOUR = timedelta(hours=1)


@pytest.fixture
def shift(make_shift: Any) -> Shift:
    """Began half an hour ago, lasts two hours."""
    return make_shift(starts_in=timedelta(minutes=-30), places=5)


def code(shift: Shift, at: datetime) -> str:
    return codes.shown_at(shift_id=shift.pk, key=bytes(shift.code_key), now=at).text


def check_in(shift: Shift, actor: Actor, at: datetime, **other: Any) -> commands.CheckedIn:
    values: dict[str, Any] = {"shift_id": shift.pk, "member_id": actor.member_id, "by": actor, "now": at}
    values["code"] = code(shift, at)
    return commands.check_in(**(values | other))


def refused(shift: Shift, actor: Actor, at: datetime, **other: Any) -> str:
    with pytest.raises(RuleBroken) as broken:
        check_in(shift, actor, at, **other)
    return broken.value.code


def test_one_row_with_audit_however_often_it_is_sent(shift: Shift, neighbours: Any, now: datetime) -> None:
    (member, actor), (_other, other_actor) = neighbours(2)
    key = new_id()
    first = check_in(shift, actor, now, id=key)
    assert (first.attendance_id, first.is_new, first.is_late) == (key, True, False)
    assert check_in(shift, actor, now, id=key).is_new is False
    assert check_in(shift, actor, now, id=new_id()).attendance_id == key
    with pytest.raises(Conflict):
        check_in(shift, other_actor, now, id=key)
    row = Attendance.objects.get()
    assert (row.pk, row.member, row.method, row.arrived_at, row.path) == (key, member, "code", now, shift.path)
    line = AuditEvent.objects.get(tag="activities:attendance:check_in")
    assert (line.subject_type, line.subject_id, line.actor_id) == ("activities.attendance", str(key), actor.user_id)
    assert (line.path, line.details) == (shift.path, {"method": "code", "late": False})
    assert audit.broken_links() == []


def test_check_in_is_one_statement(shift: Shift, neighbours: Any, now: datetime, queries: Any) -> None:
    (_a, first), (_b, second) = neighbours(2)
    check_in(shift, first, now)
    with queries() as seen:
        check_in(shift, second, now)
    assert len(seen) == 1


def test_nobody_checks_in_elsewhere_or_for_others(
    cast: Cast, shift: Shift, neighbours: Any, desk: Actor, now: datetime
) -> None:
    (member, _actor), (_other, other_actor) = neighbours(2)
    with pytest.raises(OutOfScope):
        check_in(shift, other_actor, now, member_id=member.pk)
    with pytest.raises(OutOfScope):
        check_in(shift, cast.actor("member_next_door"), now)
    with pytest.raises(Forbidden):
        check_in(shift, desk, now, member_id=member.pk)
    with pytest.raises(OutOfScope):
        check_in(shift, other_actor, now, shift_id=new_id())


def test_old_and_foreign_codes(shift: Shift, make_shift: Any, neighbours: Any, now: datetime) -> None:
    (_member, actor), *_ = neighbours(1)
    old = code(shift, now - timedelta(minutes=2))
    assert refused(shift, actor, now, code=old) == "code_old"
    assert refused(shift, actor, now, code="123456789") == "code_unknown"
    assert refused(shift, actor, now, code=code(make_shift(), now)) == "code_unknown"
    replays = [code(shift, now - timedelta(seconds=90 + 30 * n)) for n in range(100)]
    assert {refused(shift, actor, now, code=text) for text in replays} == {"code_old"}
    assert not Attendance.objects.exists()


def test_kept_by_a_phone_without_network(shift: Shift, neighbours: Any, now: datetime) -> None:
    (_m, actor), (_n, other), (_o, third) = neighbours(3)
    kept = code(shift, now)
    late = check_in(shift, actor, now + 71 * HOUR, code=kept, was_kept=True)
    assert late.is_late
    assert late.arrived_at is not None
    assert now - timedelta(seconds=30) < late.arrived_at <= now
    assert refused(shift, other, now + 73 * HOUR, code=kept, was_kept=True) == "too_late"
    # A code read before the doors opened stays worthless, also when it is handed in late.
    early = code(shift, shift.starts_at - 2 * HOUR)
    assert refused(shift, third, now, code=early, was_kept=True) == "too_early"
    # The server saw the code on this phone while it was shown: the person pressed the button a while later.
    seen = check_in(shift, third, now + timedelta(minutes=5), code=kept, seen_at=now)
    assert (seen.is_late, seen.arrived_at) == (False, now)


def test_in_shift_hours_only(shift: Shift, neighbours: Any, now: datetime) -> None:
    (_member, actor), *_ = neighbours(1)
    assert refused(shift, actor, shift.starts_at - timedelta(minutes=61)) == "too_early"
    assert refused(shift, actor, shift.ends_at + timedelta(minutes=31)) == "over"
    printed = codes.printed(shift_id=shift.pk, key=bytes(shift.code_key))
    assert refused(shift, actor, shift.ends_at + HOUR, code=printed) == "over"
    check_in(shift, actor, now, code=printed)
    assert Attendance.objects.get().method == Method.PRINTED


def test_a_leaked_code_is_worthless_once_renewed(shift: Shift, neighbours: Any, desk: Actor, now: datetime) -> None:
    (_m, actor), (_n, other) = neighbours(2)
    old = code(shift, now)
    check_in(shift, actor, now, code=old)
    commands.renew_code(shift=shift, by=desk, now=now)
    assert refused(shift, other, now, code=old) == "code_unknown"


def test_closed_and_called_off(shift: Shift, make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    (_member, actor), *_ = neighbours(1)
    called_off = make_shift(starts_in=timedelta(minutes=-30))
    commands.cancel_shift(shift=called_off, reason="weather", by=desk, now=now)
    assert refused(called_off, actor, now) == "cancelled"
    commands.close_shift(shift=shift, head_count=0, by=desk, now=now)
    assert refused(shift, actor, now) == "closed"


def test_a_code_outweighs_an_absence_on_the_board(shift: Shift, neighbours: Any, desk: Actor, now: datetime) -> None:
    (member, actor), *_ = neighbours(1)
    commands.mark_attendance(shift=shift, marks={member.pk: Presence.ABSENT}, by=desk, now=now)
    check_in(shift, actor, now)
    row = Attendance.objects.get()
    assert (row.presence, row.method, row.arrived_at) == ("present", "code", now)


def test_board_marks_all_with_exceptions(shift: Shift, neighbours: Any, desk: Actor, now: datetime) -> None:
    people = [member.pk for member, _actor in neighbours(3)]
    marks = dict.fromkeys(people, Presence.PRESENT) | {people[2]: Presence.ABSENT_TOLD}
    assert len(commands.mark_attendance(shift=shift, marks=marks, by=desk, now=now)) == 3
    assert commands.mark_attendance(shift=shift, marks=marks, by=desk, now=now) == []
    rows = {row.member_id: row for row in Attendance.objects.all()}
    assert rows[people[0]].arrived_at == shift.starts_at
    assert (rows[people[2]].presence, rows[people[2]].arrived_at) == ("absent_told", None)
    line = AuditEvent.objects.get(tag="activities:attendance:mark")
    assert sorted(line.details["present"]) == sorted(map(str, people[:2]))
    commands.mark_attendance(shift=shift, marks={people[0]: Presence.ABSENT}, by=desk, now=now)
    assert Attendance.objects.filter(presence="present").count() == 1


def test_only_people_of_the_community(cast: Cast, shift: Shift, desk: Actor, now: datetime) -> None:
    marks = {cast.police_member.pk: Presence.PRESENT}
    with pytest.raises(RuleBroken) as broken:
        commands.mark_attendance(shift=shift, marks=marks, by=desk, now=now)
    assert broken.value.code == "not_on_roster"
    with pytest.raises(OutOfScope):
        commands.mark_attendance(shift=shift, marks={}, by=cast.actor("desk_next_door"), now=now)
    with pytest.raises(Forbidden):
        commands.mark_attendance(shift=shift, marks={}, by=cast.actor("overseer"), now=now)


def test_paper_list(cast: Cast, shift: Shift, neighbours: Any, desk: Actor, now: datetime) -> None:
    people = neighbours(2)
    arrivals = [commands.Arrival(member.pk, minutes=60) for member, _actor in people]
    arrivals.append(commands.Arrival(cast.police_member.pk))
    send: dict[str, Any] = {"shift": shift, "arrivals": arrivals, "method": Method.PAPER, "by": desk, "now": now}
    for other, what in [
        ({}, "paper_reason"),
        ({"reason": "停电"}, "paper_witness"),
        ({"reason": "停电", "witnessed_by": cast.desk.pk}, "paper_witness_self"),
    ]:
        with pytest.raises(RuleBroken) as broken:
            commands.check_in_many(**send, **other)
        assert broken.value.code == what
    with pytest.raises(Forbidden):
        commands.check_in_many(**send, reason="停电", witnessed_by=cast.desk_next_door.pk)
    batch = commands.check_in_many(**send, reason="停电", witnessed_by=cast.desk_colleague.pk)
    assert batch == commands.Batch(made=2, known=0, unknown=(cast.police_member.pk,))
    again = commands.check_in_many(**send, reason="停电", witnessed_by=cast.desk_colleague.pk)
    assert (again.made, again.known) == (0, 2)
    assert set(Attendance.objects.values_list("reason", "minutes")) == {("停电", 60)}


def test_a_list_says_only_what_can_be_true(
    cast: Cast, shift: Shift, neighbours: Any, desk: Actor, now: datetime
) -> None:
    (first, _a), (second, _b) = neighbours(2)
    send: dict[str, Any] = {"shift": shift, "method": Method.BOARD, "by": desk, "now": now}
    too_early = shift.starts_at - timedelta(minutes=61)
    for at in (too_early, now + timedelta(seconds=1)):
        lines = [commands.Arrival(first.pk, arrived_at=now), commands.Arrival(second.pk, arrived_at=at)]
        with pytest.raises(RuleBroken) as broken:
            commands.check_in_many(**send, arrivals=lines)
        assert (broken.value.code, broken.value.field) == ("arrived_at", "arrivals.1.arrived_at")
    after = shift.ends_at + timedelta(minutes=31)
    with pytest.raises(RuleBroken) as broken:
        commands.check_in_many(
            **send | {"now": after + timedelta(hours=1)}, arrivals=[commands.Arrival(first.pk, arrived_at=after)]
        )
    assert broken.value.code == "arrived_at"
    for other in ({"reason": "停电"}, {"witnessed_by": cast.desk_colleague.pk}):
        with pytest.raises(RuleBroken) as broken:
            commands.check_in_many(**send, arrivals=[commands.Arrival(first.pk)], **other)
        assert broken.value.code == "not_paper"
    assert not Attendance.objects.exists()
    edges = [shift.starts_at - timedelta(minutes=60), now]
    lines = [commands.Arrival(m.pk, arrived_at=at) for m, at in zip((first, second), edges, strict=True)]
    assert commands.check_in_many(**send, arrivals=lines).made == 2
    assert sorted(Attendance.objects.values_list("arrived_at", flat=True)) == edges


def test_a_list_with_a_used_id_is_refused_whole(shift: Shift, neighbours: Any, desk: Actor, now: datetime) -> None:
    (first, actor), (second, _b), (third, _c) = neighbours(3)
    key = new_id()
    check_in(shift, actor, now, id=key)
    arrivals = [commands.Arrival(third.pk), commands.Arrival(second.pk, id=key)]
    with pytest.raises(Conflict), transaction.atomic():
        commands.check_in_many(shift=shift, arrivals=arrivals, method=Method.CODE, by=desk, now=now)
    assert list(Attendance.objects.values_list("member_id", flat=True)) == [first.pk]


def test_what_the_lead_noted_since_outlives_a_phone_that_sends_again(
    shift: Shift, neighbours: Any, desk: Actor, now: datetime
) -> None:
    (member, actor), *_ = neighbours(1)
    key, text = new_id(), code(shift, now)
    first = check_in(shift, actor, now, id=key, code=text)
    commands.mark_attendance(shift=shift, marks={member.pk: Presence.ABSENT}, by=desk, now=now)
    again = check_in(shift, actor, now, id=key, code=text)
    assert (again.attendance_id, again.is_new) == (first.attendance_id, False)
    assert Attendance.objects.get().presence == Presence.ABSENT
    assert check_in(shift, actor, now, id=new_id(), code=text).attendance_id == key
    assert Attendance.objects.get().presence == Presence.PRESENT, "a new scan is a new statement"


def test_leaving_early(shift: Shift, neighbours: Any, desk: Actor, now: datetime) -> None:
    (member, actor), *_ = neighbours(1)
    with pytest.raises(RuleBroken):
        commands.check_out(shift=shift, member_id=member.pk, by=actor, now=now)
    check_in(shift, actor, now)
    for minutes in (45, 50):
        commands.check_out(shift=shift, member_id=member.pk, by=actor, now=now + timedelta(minutes=minutes))
    commands.close_shift(shift=shift, head_count=1, by=desk, now=now + 3 * HOUR)
    assert Attendance.objects.get().minutes == 45
    entry = ServiceEntry.objects.get()
    assert (entry.minutes, entry.starts_at, entry.ends_at) == (45, now, now + timedelta(minutes=45))


def test_closing_writes_the_record(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift(starts_in=HOUR, places=3)
    people = neighbours(4)
    rows = [commands.sign_up(shift=shift, member=m, by=a, now=now) for m, a in people[:3]]
    commands.cancel_sign_up(sign_up=rows[2], by=people[2][1], now=now)
    begun = shift.starts_at + timedelta(minutes=10)
    check_in(shift, people[0][1], begun)
    commands.mark_attendance(shift=shift, marks={people[3][0].pk: Presence.PRESENT}, by=desk, now=begun)
    outcomes = [
        commands.Achieved("清理小广告", 600, "条"),
        commands.Achieved("清理小广告", 400, "条"),
        commands.Achieved("清理白色垃圾", 20, "处"),
    ]
    at = shift.ends_at + HOUR
    closed = commands.close_shift(shift=shift, head_count=2, outcomes=outcomes, by=desk, now=at)
    assert (closed.present, closed.absent, closed.entries, closed.minutes) == (2, 2, 2, 230)
    presence = dict(Attendance.objects.values_list("member__name", "presence"))
    assert presence == {"邻居0": "present", "邻居1": "absent", "邻居2": "absent_told", "邻居3": "present"}
    assert sorted(Outcome.objects.values_list("name", "quantity", "unit")) == [
        ("清理小广告", 1000, "条"),
        ("清理白色垃圾", 20, "处"),
    ]
    entries = {entry.member.name: entry for entry in ServiceEntry.objects.select_related("member")}
    assert {name: (e.minutes, e.deeds) for name, e in entries.items()} == {"邻居0": (110, 1), "邻居3": (120, 1)}
    row = Attendance.objects.get(member=people[0][0])
    assert entries["邻居0"].source == f"attendance:{row.pk}"
    again = commands.close_shift(shift=shift, head_count=9, by=desk, now=at + HOUR)
    assert (again.entries, again.shift.head_count, again.shift.closed_at) == (0, 2, at)
    assert ServiceEntry.objects.count() == 2
    with pytest.raises(RuleBroken) as broken:
        commands.mark_attendance(shift=shift, marks={}, by=desk, now=at)
    assert broken.value.code == "closed"


def test_a_lecture_gives_no_hours(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift(starts_in=timedelta(hours=-3), kind="study", service_kind=None, is_deed=False)
    (member, _actor), *_ = neighbours(1)
    commands.mark_attendance(shift=shift, marks={member.pk: Presence.PRESENT}, by=desk, now=now)
    closed = commands.close_shift(shift=shift, head_count=1, by=desk, now=now)
    assert (closed.present, closed.entries, closed.minutes) == (1, 0, 120)
    assert not ServiceEntry.objects.exists()


def test_minutes_by_hand(shift: Shift, neighbours: Any, desk: Actor, now: datetime) -> None:
    people = [member.pk for member, _actor in neighbours(2)]
    marks = dict.fromkeys(people, Presence.PRESENT)
    with pytest.raises(RuleBroken) as broken:
        commands.mark_attendance(shift=shift, marks=marks, minutes={people[0]: 151}, by=desk, now=now)
    assert broken.value.field == "minutes"
    commands.mark_attendance(shift=shift, marks=marks, minutes={people[0]: 150, people[1]: 0}, by=desk, now=now)
    commands.close_shift(shift=shift, head_count=2, by=desk, now=now + 3 * HOUR)
    assert [entry.minutes for entry in ServiceEntry.objects.all()] == [150]


def test_closing_early_and_too_early(
    make_shift: Any, shift: Shift, desk: Actor, neighbours: Any, now: datetime
) -> None:
    (member, _actor), *_ = neighbours(1)
    with pytest.raises(RuleBroken) as broken:
        commands.close_shift(shift=make_shift(), head_count=0, by=desk, now=now)
    assert broken.value.code == "not_begun"
    commands.mark_attendance(shift=shift, marks={member.pk: Presence.PRESENT}, by=desk, now=now)
    commands.close_shift(shift=shift, head_count=1, by=desk, now=now)
    assert ServiceEntry.objects.get().minutes == 30


def test_who_may_close(cast: Cast, shift: Shift, now: datetime) -> None:
    for who, refusal in [("desk_next_door", OutOfScope), ("overseer", Forbidden), ("member", Forbidden)]:
        with pytest.raises(refusal):
            commands.close_shift(shift=shift, head_count=0, by=cast.actor(who), now=now)


def test_at_the_pad(cast: Cast, shift: Shift, neighbours: Any, desk: Actor, now: datetime) -> None:
    (member, _actor), *_ = neighbours(1)
    made = commands.check_in_at_pad(shift_id=shift.pk, member=member, by=desk, now=now)
    assert made.is_new
    assert not commands.check_in_at_pad(shift_id=shift.pk, member=member, by=desk, now=now).is_new
    assert Attendance.objects.get().method == Method.PAD
    with pytest.raises(OutOfScope):
        commands.check_in_at_pad(shift_id=shift.pk, member=cast.police_member, by=desk, now=now)


@pytest.mark.parametrize(
    "broken",
    [
        {"left_at": -1},
        {"method": "paper"},
        {"method": "paper", "reason": "停电", "witnessed_by": "self"},
        {},
    ],
)
def test_the_database_refuses(
    broken: dict[str, Any], shift: Shift, neighbours: Any, desk: Actor, now: datetime
) -> None:
    (member, _actor), *_ = neighbours(1)
    values: dict[str, Any] = {**of_community(shift.community), "shift": shift, "member": member, "method": "board"}
    values |= {"recorded_at": now, "recorded_by": desk.user_id, "arrived_at": now}
    if not broken:
        Attendance.objects.create(**values)
    wrong = {
        name: now - HOUR if value == -1 else desk.user_id if value == "self" else value
        for name, value in broken.items()
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(**(values | wrong))
