"""Studios, their rosters and the seats of their sessions."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import override

from guangcai.activities.commands import cancel_shift, cancel_sign_up, sign_up
from guangcai.activities.models import Activity, Shift, SignUp
from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.members.commands import merge_members
from guangcai.members.models import Occupation
from guangcai.orgs.commands import end_work_unit
from guangcai.orgs.models import WorkUnit
from guangcai.places.commands import PointContent, add_point
from guangcai.places.enums import PointKind
from guangcai.studios import checks, commands
from guangcai.studios.enums import Way
from guangcai.studios.models import RotaPlace, Studio
from tests.cast import Cast
from tests.studios.conftest import DAY, draft, fridays, session

pytestmark = pytest.mark.django_db


def code_of(raised: Any) -> str:
    return str(raised.value.code)


def broken() -> list[str]:
    found = [
        checks.numbers_have_no_gap, checks.no_slot_is_overbooked, checks.numbers_belong_to_a_studio,
        checks.nobody_waits_for_what_was_called_off, checks.no_place_outlives_its_studio,
        checks.cases_of_receptions_have_their_number, checks.no_studio_has_a_host_that_ended,
    ]  # fmt: skip
    return [line for check in found for line in check()]


def test_the_notice_is_written_in_the_language_of_the_installation(cast: Cast, desk: Actor, now: datetime) -> None:
    with override("en"):
        made = commands.open_studio(community=cast.nanyuan, draft=draft(), repeat=fridays(), by=desk, now=now - 2 * DAY)
        commands.change_studio(studio=made, draft=draft(lead_name="另一位社工"), by=desk, now=now)
    notice = Activity.objects.get()
    for said in (notice.conditions, notice.sign_up_method, notice.risk_note, notice.guarantee):
        assert not said.isascii(), said


def test_opening_a_studio_plans_its_sessions(cast: Cast, desk: Actor, now: datetime) -> None:
    key = new_id()
    made = commands.open_studio(
        community=cast.nanyuan, draft=draft(), repeat=fridays(), by=desk, now=now - 2 * DAY, id=key
    )
    assert (made.name, made.kind.code, made.place, made.service_lines, made.slot_minutes) == (
        "南园法律工作室", "law", "南园社区一楼大厅", ["法律咨询", "代写文书"], 30,
    )  # fmt: skip
    activity = made.activity
    assert (activity.title, activity.service_kind.code, activity.is_deed) == ("南园法律工作室", "legal_advice", False)
    assert activity.published_at is not None
    assert [shift.places for shift in activity.shifts.order_by("starts_at")][:2] == [3, 3]
    assert AuditEvent.objects.filter(tag="studios:studio:open", subject_id=str(made.pk)).count() == 1
    again = commands.open_studio(
        community=cast.nanyuan, draft=draft(), repeat=fridays(), by=desk, now=now - 2 * DAY, id=key
    )
    assert again == made
    assert Studio.objects.count() == Activity.objects.count() == 1
    with pytest.raises(Conflict):
        commands.open_studio(
            community=cast.nanyuan, draft=draft(services="别的"), repeat=fridays(), by=desk, now=now, id=key
        )


def test_a_home_of_a_unit_gives_its_place(cast: Cast, desk: Actor, now: datetime, make_studio: Any) -> None:
    content = PointContent(
        kind=PointKind.HOME, name="新周浦人之家", since=date(2026, 1, 1), host=cast.school, address="渤海大街8号"
    )
    point = add_point(node=cast.nanyuan, content=content, by=desk, now=now)
    made = make_studio(point=point, host=cast.school, place="")
    assert (made.place, made.point, made.host) == ("渤海大街8号 新周浦人之家", point, cast.school)
    page = Client().get(point.get_absolute_url()).content.decode()
    assert made.name in page
    assert "每周五" in page


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"place": ""}, "place"),
        ({"lead_name": ""}, "missing_lead_name"),
        ({"slot_minutes": 3}, "slot"),
        ({"services": "字" * 1001}, "services_long"),
    ],
)
def test_what_a_studio_cannot_be_without(make_studio: Any, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleBroken) as raised:
        make_studio(**wrong)
    assert code_of(raised) == code
    assert not Studio.objects.exists()
    assert not Activity.objects.exists()


def test_a_name_is_given_once_until_it_ends(make_studio: Any, desk: Actor, now: datetime) -> None:
    first = make_studio()
    with pytest.raises(RuleBroken) as raised:
        make_studio()
    assert code_of(raised) == "name_taken"
    commands.end_studio(studio=first, reason="搬走了", by=desk, now=now)
    assert make_studio().pk != first.pk


def test_next_door_and_members_open_nothing(cast: Cast, now: datetime) -> None:
    for key, error in {"desk_next_door": OutOfScope, "member": Forbidden, "overseer": Forbidden}.items():
        with pytest.raises(error):
            commands.open_studio(community=cast.nanyuan, draft=draft(), repeat=fridays(), by=cast.actor(key), now=now)


def test_changing_a_studio_changes_its_notice(studio: Studio, desk: Actor, now: datetime) -> None:
    changed = commands.change_studio(studio=studio, draft=draft(place="3号楼101", slot_minutes=0), by=desk, now=now)
    assert (changed.place, changed.takes_appointments, changed.activity.place) == (
        "3号楼101",
        False,
        "南园社区一楼大厅",
    )
    assert Activity.objects.get().place == "3号楼101"
    before = AuditEvent.objects.count()
    commands.change_studio(studio=studio, draft=draft(place="3号楼101", slot_minutes=0), by=desk, now=now)
    assert AuditEvent.objects.count() == before


def test_ending_a_studio_ends_everything(studio: Studio, sitter: Any, number: Any, desk: Actor, now: datetime) -> None:
    later = session(studio, 1)
    number(Way.SLOT, shift=later, slot_at=later.starts_at, phone="13912345678")
    ended = commands.end_studio(studio=studio, reason="活动室装修", by=desk, now=now)
    again = commands.end_studio(studio=studio, reason="别的", by=desk, now=now)
    assert (ended.end_reason, again.end_reason) == ("活动室装修", "活动室装修")
    assert RotaPlace.objects.get().end_reason == EndReason.NOT_NEEDED
    assert not Shift.objects.planned().filter(starts_at__gt=now).exists()
    assert Outbox.objects.filter(template="studio_called_off").count() == 1
    assert broken() == []
    with pytest.raises(RuleBroken) as raised:
        number()
    assert code_of(raised) == "off"


def test_a_studio_goes_on_without_a_host_that_ended(
    cast: Cast, make_studio: Any, studio: Studio, desk: Actor, now: datetime
) -> None:
    hosted = make_studio(name="课业辅导工作室", host=cast.school)
    WorkUnit.objects.filter(pk=cast.school.pk).update(ended_on=now.date())
    assert len(broken()) == 1
    WorkUnit.objects.filter(pk=cast.school.pk).update(ended_on=None)
    end_work_unit(work_unit=cast.school, by=Actor.system(), now=now)
    hosted.refresh_from_db()
    assert (hosted.host, hosted.ended_at) == (None, None)
    assert AuditEvent.objects.filter(tag="studios:studio:change").get().details == {"fields": ["host"]}
    for act in (
        lambda: make_studio(name="英语工作室", host=cast.school),
        lambda: commands.change_studio(studio=studio, draft=draft(host=cast.school), by=desk, now=now),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert code_of(refused) == "unit_ended"
    assert broken() == []


def test_a_member_offers_and_the_desk_confirms(
    cast: Cast, studio: Studio, neighbours: Any, desk: Actor, now: datetime
) -> None:
    (member, actor), = neighbours(1)  # fmt: skip
    law = Occupation.objects.get(code="law")
    key = new_id()
    offer = {"studio": studio, "member": member, "background": law, "now": now}
    place = commands.offer_to_sit(**offer, by=actor, id=key)
    assert (place.held_since, place.state.value) == (None, "offered")
    assert commands.offer_to_sit(**offer, by=actor, id=key) == place
    with pytest.raises(RuleBroken) as raised:
        commands.offer_to_sit(**offer, by=actor)
    assert code_of(raised) == "on_rota"
    with pytest.raises(Forbidden):
        commands.confirm_sitter(place=place, by=cast.actor("member"), now=now)
    held = commands.confirm_sitter(place=place, by=desk, now=now)
    assert held.held_since == date(2026, 11, 20)
    commands.confirm_sitter(place=place, by=desk, now=now)
    assert AuditEvent.objects.filter(tag="studios:rota:confirm").count() == 1


def test_the_desk_writes_down_how_it_was_asked(studio: Studio, neighbours: Any, desk: Actor, now: datetime) -> None:
    (member, _actor), = neighbours(1)  # fmt: skip
    law = Occupation.objects.get(code="law")
    with pytest.raises(RuleBroken) as raised:
        commands.offer_to_sit(studio=studio, member=member, background=law, by=desk, now=now)
    assert code_of(raised) == "asked_missing"
    place = commands.offer_to_sit(studio=studio, member=member, background=law, asked="电话", by=desk, now=now)
    assert place.held_since == date(2026, 11, 20)


def test_who_lives_elsewhere_does_not_sit(cast: Cast, studio: Studio, desk: Actor, now: datetime) -> None:
    law = Occupation.objects.get(code="law")
    with pytest.raises(RuleBroken) as raised:
        commands.offer_to_sit(studio=studio, member=cast.police_member, background=law, asked="电话", by=desk, now=now)
    assert code_of(raised) == "other_area"
    with pytest.raises(OutOfScope):
        commands.offer_to_sit(
            studio=studio, member=cast.police_member, background=law, by=cast.actor("member_next_door"), now=now
        )


def test_seats_go_to_whoever_sat_least(studio: Studio, neighbours: Any, sit: Any, desk: Actor, now: datetime) -> None:
    people = neighbours(5)
    for member, _actor in people:
        sit(studio, member)
    before = now - DAY
    assert commands.fill_seats(studio=studio, by=desk, now=before) == 18
    assert commands.fill_seats(studio=studio, by=desk, now=before) == 0
    seats = [SignUp.objects.filter(member=member).count() for member, _actor in people]
    assert sorted(seats) == [3, 3, 4, 4, 4]
    first = {row.member_id for row in SignUp.objects.filter(shift=session(studio))}
    assert first == {member.pk for member, _actor in people[:3]}


def test_who_stepped_back_is_not_seated_again(
    studio: Studio, neighbours: Any, sit: Any, desk: Actor, now: datetime
) -> None:
    people = neighbours(2)
    for member, _actor in people:
        sit(studio, member)
    commands.fill_seats(studio=studio, by=desk, now=now - DAY)
    seat = SignUp.objects.get(member=people[0][0], shift=session(studio, 2))
    cancel_sign_up(sign_up=seat, by=people[0][1], now=now)
    assert commands.fill_seats(studio=studio, by=desk, now=now) == 0


def test_one_of_saturday_or_sunday_is_filled(
    make_studio: Any, neighbours: Any, sit: Any, desk: Actor, now: datetime
) -> None:
    repeat = fridays(rule="FREQ=WEEKLY;BYDAY=SA,SU", either=True, ends_on=date(2026, 12, 6), places=1)
    studio = make_studio(repeat=repeat, name="周末工作室")
    (member, _actor), = neighbours(1)  # fmt: skip
    sit(studio, member)
    shifts = list(studio.activity.shifts.order_by("starts_at"))
    assert len(shifts) == 6
    assert commands.fill_seats(studio=studio, by=desk, now=now) == 3
    assert {row.shift_id for row in SignUp.objects.all()} == {shift.pk for shift in shifts[::2]}
    cancel_shift(shift=shifts[0], reason="weather", by=desk, now=now)
    assert commands.fill_seats(studio=studio, by=desk, now=now) == 1
    assert SignUp.objects.live().filter(shift=shifts[1]).exists()


def test_only_the_roster_signs_up(studio: Studio, neighbours: Any, sit: Any, desk: Actor, now: datetime) -> None:
    (member, actor), = neighbours(1)  # fmt: skip
    later = session(studio, 1)
    with pytest.raises(RuleBroken) as raised:
        sign_up(shift=later, member=member, by=actor, now=now)
    assert code_of(raised) == "not_on_rota"
    sit(studio, member)
    assert sign_up(shift=later, member=member, by=actor, now=now).place_no == 1


def test_ending_gives_the_seats_back(studio: Studio, sitter: Any, now: datetime) -> None:
    member, actor = sitter
    place = RotaPlace.objects.get(member=member)
    with pytest.raises(RuleBroken) as raised:
        commands.end_sitting(place=place, reason=EndReason.UNFIT, note="", by=actor, now=now)
    assert code_of(raised) == "reason_unknown"
    ended = commands.end_sitting(place=place, reason=EndReason.NO_TIME, note="", by=actor, now=now)
    assert commands.end_sitting(place=place, reason=EndReason.HEALTH, note="", by=actor, now=now) == ended
    assert not SignUp.objects.live().filter(member=member, shift__starts_at__gt=now).exists()
    assert SignUp.objects.live().filter(member=member).count() == 1


def test_two_records_of_one_person_sit_once(
    studio: Studio, neighbours: Any, sit: Any, desk: Actor, now: datetime
) -> None:
    (kept, _one), (gone, _two) = neighbours(2)
    for member in (kept, gone):
        sit(studio, member)
    merge_members(kept=kept, gone=gone, by=desk, now=now)
    assert {(row.member_id, row.end_reason) for row in RotaPlace.objects.all()} == {
        (kept.pk, ""), (kept.pk, EndReason.MERGED),
    }  # fmt: skip


def test_constraints_hold_without_the_commands(
    studio: Studio, neighbours: Any, sit: Any, number: Any, now: datetime
) -> None:
    (member, _actor), = neighbours(1)  # fmt: skip
    place, ticket, called = sit(studio, member), number(), number()
    at = datetime(2026, 11, 20, tzinfo=UTC)
    spoiled: list[tuple[Any, dict[str, Any]]] = [
        (studio, {"name": ""}),
        (studio, {"ended_at": at}),
        (place, {"ended_at": at}),
        (place, {"held_since": date(2026, 12, 1), "until": date(2026, 11, 1)}),
        (place, {"confirmed_at": None}),
        (ticket, {"number": 2}),
        (ticket, {"number": 0}),
        (ticket, {"code_hash": called.code_hash}),
        (ticket, {"way": Way.SLOT}),
        (ticket, {"slot_at": at}),
        (ticket, {"counter": 1}),
        (ticket, {"state": "called"}),
        (ticket, {"state": "received", "ended_at": at}),
        (ticket, {"ended_at": at}),
    ]
    for row, columns in spoiled:
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**columns)
    both = {"state": "called", "called_at": at, "counter": 1}
    type(ticket).objects.filter(pk=ticket.pk).update(**both)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(ticket).objects.filter(pk=called.pk).update(**both)


def test_checks_see_what_constraints_cannot(
    studio: Studio, neighbours: Any, sit: Any, number: Any, today: Shift
) -> None:
    (member, _actor), = neighbours(1)  # fmt: skip
    sit(studio, member)
    first, second = number(), number()
    assert broken() == []
    type(first).objects.filter(pk=second.pk).update(number=7)
    type(first).objects.filter(pk=first.pk).update(district_code="999999")
    Studio.objects.update(ended_at=datetime(2026, 11, 20, tzinfo=UTC), end_reason="没有了")
    Shift.objects.filter(pk=today.pk).update(cancelled_at=datetime(2026, 11, 20, tzinfo=UTC), cancel_reason="other")
    assert len(broken()) == 1 + 1 + 2 + 1
