"""Bodies and meetings: seats, missing parties, notice, attendance without hours, minutes, what is due."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.councils import commands, rules
from guangcai.councils.enums import BodyKind, BodyRole, MinutesStage, PartyClass, RecordKind
from guangcai.councils.models import Body, BodyMember, BodyRecord, Meeting, MeetingAttendance, Minutes
from guangcai.councils.queries import bodies as queries
from guangcai.councils.queries.rights import run_by
from guangcai.ledger.models import ServiceEntry
from guangcai.orgs.policies import MeetingRhythm
from tests.cast import Cast
from tests.councils.conftest import DAY, broken, call, close, seat, set_up

pytestmark = pytest.mark.django_db
RHYTHM = MeetingRhythm(menu_days=5, survey_months=2, joint_months=3, committee_months=6, hearing_months=12)


def missing(body: Body) -> list[str]:
    (line,) = queries.lines(queries.with_numbers(Body.objects.filter(pk=body.pk)))
    return [str(one) for one in line.missing]


def test_a_body_says_who_is_missing(cast: Cast, desk: Actor, now: datetime) -> None:
    body = set_up(cast.nanyuan, BodyKind.FOUR_PARTY, "四位一体会议", desk, now)
    for party in (PartyClass.COMMITTEE, PartyClass.PROPERTY, PartyClass.DELEGATE):
        seat(body, desk, now, party, party_name="某方")
    assert missing(body) == [str(PartyClass.POLICE.label)]
    police = seat(body, desk, now, PartyClass.POLICE, party_name="民警")
    assert missing(body) == []
    commands.end_seat(seat=police, by=desk, now=now)
    assert missing(body) == [str(PartyClass.POLICE.label)]


def test_set_up_twice_and_by_whom(cast: Cast, desk: Actor, member: Actor, now: datetime) -> None:
    key = new_id()
    draft = commands.BodyDraft(BodyKind.COUNCIL, "议事会", "议事", now.date())
    make = lambda d, by=desk: commands.set_up_body(node=cast.nanyuan, draft=d, by=by, now=now, id=key)  # noqa: E731
    assert make(draft) == make(draft)
    with pytest.raises(Conflict):
        make(commands.BodyDraft(BodyKind.COUNCIL, "议事会", "别的事", now.date()))
    with pytest.raises(RuleBroken) as refused:
        set_up(cast.nanyuan, BodyKind.COUNCIL, "议事会", desk, now)
    assert refused.value.code == "name_taken"
    with pytest.raises(RuleBroken):
        set_up(cast.nanyuan, BodyKind.COUNCIL, "明天的会", desk, now, on=now.date() + DAY)
    with pytest.raises(OutOfScope):
        make(draft, cast.actor("desk_next_door"))
    with pytest.raises(Forbidden):
        make(draft, member)
    assert AuditEvent.objects.filter(tag="councils:body:add").count() == 1
    # What stands above the communities is set up by the district, not by a desk.
    with pytest.raises(OutOfScope):
        set_up(cast.street, BodyKind.COMMITTEE, "协调委员会", desk, now)
    set_up(cast.street, BodyKind.COMMITTEE, "协调委员会", cast.actor("administrator"), now)
    assert Body.objects.visible_to(member).count() == 2


def test_a_community_runs_its_own_bodies(body: Body, cast: Cast, desk: Actor, now: datetime) -> None:
    """Not the district from above, and no desk the committees above it."""
    administrator, seat = cast.actor("administrator"), commands.SeatDraft(PartyClass.POLICE, party_name="民警")
    with pytest.raises(Forbidden):
        commands.give_seat(body=body, draft=seat, by=administrator, now=now)
    with pytest.raises(Forbidden):
        set_up(cast.nanyuan, BodyKind.COUNCIL, "区里设的会", administrator, now)
    above = set_up(cast.street, BodyKind.COMMITTEE, "协调委员会", administrator, now)
    with pytest.raises(OutOfScope):
        commands.give_seat(body=above, draft=seat, by=desk, now=now)
    commands.give_seat(body=above, draft=seat, by=administrator, now=now)
    assert set(Body.objects.filter(run_by(desk))) == {body}
    assert set(Body.objects.filter(run_by(administrator))) == {above}


@pytest.mark.parametrize(
    ("party", "who", "code"),
    [
        (PartyClass.POLICE, {}, "seat_of_one"),
        (PartyClass.POLICE, {"party_name": "民警", "unit": True}, "seat_of_one"),
        (PartyClass.UNIT, {"party_name": "某单位"}, "unit_missing"),
        (PartyClass.MEMBER, {"party_name": "某人"}, "member_missing"),
    ],
)
def test_a_seat_is_of_one(body: Body, cast: Cast, desk: Actor, now: datetime, party: str, who: dict, code: str) -> None:
    given = {"party_name": who.get("party_name", ""), "work_unit": cast.police_branch if who.get("unit") else None}
    with pytest.raises(RuleBroken) as refused:
        seat(body, desk, now, PartyClass(party), **given)
    assert refused.value.code == code


def test_one_seat_each_and_one_chair(body: Body, cast: Cast, desk: Actor, now: datetime) -> None:
    for code, draft in (
        ("seat_taken", {"party": PartyClass.UNIT, "work_unit": cast.school}),
        ("chair_taken", {"party": PartyClass.DELEGATE, "party_name": "某人", "role": BodyRole.CHAIR}),
    ):
        with pytest.raises(RuleBroken) as refused:
            seat(body, desk, now, **draft)
        assert refused.value.code == code
    row = body.seats.get(work_unit=cast.school)  # type: ignore[attr-defined]
    common = {"body": body, "district_code": body.district_code, "since": now.date(), "added_at": now}
    for breaking in (
        {"work_unit": row.work_unit, "party": "unit"},
        {"party": "delegate", "role": "chair"},
        {"member": cast.police_member, "work_unit": cast.police_branch, "party": "unit"},
        {"party": "delegate", "until": now.date() - DAY, "ended_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            BodyMember.objects.create(**common, **breaking)


def test_ending_a_body_ends_its_seats(body: Body, desk: Actor, now: datetime) -> None:
    meeting = call(body, desk, now)
    with pytest.raises(RuleBroken) as refused:
        commands.end_body(body=body, reason="合并", by=desk, now=now)
    assert refused.value.code == "meeting_open"
    commands.call_off_meeting(meeting=meeting, reason="改期", by=desk, now=now)
    with pytest.raises(RuleBroken):
        commands.end_body(body=body, reason=" ", by=desk, now=now)
    commands.end_body(body=body, reason="合并", by=desk, now=now)
    commands.end_body(body=body, reason="合并", by=desk, now=now)
    assert not BodyMember.objects.open().exists()
    with pytest.raises(RuleBroken) as refused:
        call(body, desk, now)
    assert refused.value.code == "body_ended"
    assert broken() == []


def test_people_are_told_before(body: Body, desk: Actor, now: datetime) -> None:
    with pytest.raises(RuleBroken) as refused:
        call(body, desk, now, days=0)
    assert (refused.value.code, refused.value.field) == ("told_late", "starts_on")
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.create(
            body=body,
            path=body.path,
            district_code=body.district_code,
            title="x",
            place="y",
            starts_at=now,
            told_at=now,
        )


def test_closing_asks_three_things_and_gives_no_hours(meeting: Meeting, desk: Actor, now: datetime) -> None:
    seats = list(meeting.body.seats.all())  # type: ignore[attr-defined]
    later = now.date() + 30 * DAY
    for code, closing in (
        ("nobody_there", commands.Closing([], later)),
        ("next_past", commands.Closing(seats, now.date())),
    ):
        with pytest.raises(RuleBroken) as refused:
            commands.close_meeting(meeting=meeting, closing=closing, by=desk, now=now)
        assert refused.value.code == code
    with pytest.raises(RuleBroken) as refused:
        commands.close_meeting(
            meeting=meeting, closing=commands.Closing(seats, later), by=desk, now=meeting.starts_at - timedelta(hours=1)
        )
    assert refused.value.code == "not_begun"
    close(meeting, desk, now)
    close(meeting, desk, now)
    assert MeetingAttendance.objects.count() == len(seats) == 3
    assert list(meeting.decisions.values_list("text", flat=True)) == ["同意"]  # type: ignore[attr-defined]
    assert not ServiceEntry.objects.exists()
    with pytest.raises(RuleBroken):
        commands.call_off_meeting(meeting=meeting, reason="x", by=desk, now=now)
    assert broken() == []


def test_minutes_are_drafted_amended_and_frozen(
    cast: Cast, meeting: Meeting, desk: Actor, member: Actor, now: datetime
) -> None:
    def write(stage: MinutesStage, by: Actor, text: str = "记录") -> Minutes:
        return commands.write_minutes(meeting=meeting, stage=stage, text=text, by=by, now=now)

    with pytest.raises(RuleBroken) as refused:
        write(MinutesStage.DRAFT, desk)
    assert refused.value.code == "not_held"
    close(meeting, desk, now)
    with pytest.raises(RuleBroken) as refused:
        write(MinutesStage.AMENDED, member)
    assert refused.value.code == "no_draft"
    write(MinutesStage.DRAFT, desk)
    write(MinutesStage.AMENDED, member, "记录，补一句")
    with pytest.raises(Forbidden):
        write(MinutesStage.FINAL, member)
    with pytest.raises(OutOfScope):
        write(MinutesStage.AMENDED, cast.actor("member_next_door"))
    write(MinutesStage.FINAL, desk, "定稿")
    for stage in MinutesStage:
        with pytest.raises(Conflict):
            write(stage, desk)
    assert list(Minutes.objects.order_by("version").values_list("version", "stage")) == [
        (1, "draft"),
        (2, "amended"),
        (3, "final"),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.create(
            meeting=meeting, district_code=meeting.district_code, version=4, stage="final", text="x", written_at=now
        )
    assert broken() == []


def test_a_menu_once_a_month(body: Body, desk: Actor, now: datetime) -> None:
    this, key = now.date().replace(day=1), new_id()

    def publish(month: date, kind: RecordKind = RecordKind.MENU, id: object = None) -> BodyRecord:
        return commands.publish_record(body=body, kind=kind, month=month, text="活动", by=desk, now=now, id=id)

    assert publish(this, id=key) == publish(this, id=key)
    for month, kind, code in (
        (this, RecordKind.MENU, "month_taken"),
        (rules.add_months(this, -1), RecordKind.MENU, "menu_month"),
        (rules.add_months(this, 1), RecordKind.SURVEY, "survey_month"),
    ):
        with pytest.raises(RuleBroken) as refused:
            publish(month, kind)
        assert (refused.value.code, refused.value.field) == (code, "month")


def owed(kept: rules.Kept, today: date) -> list[tuple[str, date]]:
    return [(one.duty.value, one.by) for one in rules.due_of(kept, RHYTHM, today=today)]


def test_what_is_due_follows_the_rule() -> None:
    may = date(2026, 5, 20)
    kept = rules.Kept("joint", date(2026, 2, 10), menus=[date(2026, 5, 1)], last_survey=date(2026, 4, 1))
    assert owed(kept, may) == [("meeting", date(2026, 5, 10)), ("menu", date(2026, 5, 27))]
    told = rules.Kept(
        "joint",
        date(2026, 2, 10),
        planned_on=date(2026, 5, 9),
        menus=[date(2026, 5, 1), date(2026, 6, 1)],
        last_survey=date(2026, 3, 1),
    )
    assert owed(told, may) == [("survey", date(2026, 5, 31))]
    assert owed(rules.Kept("council", date(2020, 1, 1)), may) == []
    assert owed(rules.Kept("council", date(2026, 1, 1), wanted_on=date(2026, 5, 25)), may) == [
        ("meeting", date(2026, 5, 25))
    ]
    assert owed(rules.Kept("committee", date(2025, 12, 1)), may) == [("meeting", date(2026, 6, 1))]
    assert owed(rules.Kept("hearing", date(2025, 5, 1)), may) == [("meeting", date(2026, 5, 1))]


def test_the_list_of_what_is_due(body: Body, cast: Cast, desk: Actor, now: datetime) -> None:
    assert [one.due.duty for one in queries.due(desk, on=now.date())][:1] == [rules.Duty.MENU]
    assert queries.due(cast.actor("desk_next_door"), on=now.date()) == []


def test_last_word_and_marks() -> None:
    assert rules.last_word(None, []) is None
    assert rules.last_word("kept", ["not_kept", "not_kept"]) == "kept"
    assert rules.last_word(None, ["kept", "kept", "not_kept"]) == "kept"
    assert rules.last_word(None, ["kept", "partly"]) == "partly"
    assert rules.weighed([]) is None
    assert rules.weighed([(1, 40, 10), (1, 60, 5), (2, 40, 8), (2, 60, 8)]) == 750
