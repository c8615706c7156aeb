"""Members on the roster: added, changed, ended, their skills, wishes, consents and links."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.members import commands
from guangcai.members.commands import Placement, SkillGiven
from guangcai.members.enums import DayPart
from guangcai.members.models import (
    Consent,
    Employment,
    Intention,
    Member,
    Occupation,
    PrivacyNotice,
    ReportIn,
    Residence,
    ServiceKind,
    Skill,
    SkillKind,
)
from guangcai.members.roster_import.cells import read_name
from guangcai.members.roster_import.problems import CellProblem
from guangcai.orgs.enums import PartyLevel
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import PartyOrganisation
from tests.cast import DISTRICT, Cast


def tags() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("tag", flat=True))


def add(cast: Cast, by: Actor, now: datetime, **more: Any) -> Member:
    placed = more.pop("placed", Placement(community=cast.nanyuan, work_unit=cast.school))
    return commands.add_member(
        **{"name": "曾 于飞", "phone": "13900000401", "placed": placed, "by": by, "now": now, **more}
    )


def test_a_new_member_has_keys_links_and_a_receipt(cast: Cast, desk: Actor, now: datetime) -> None:
    member = add(cast, desk, now, gender="male", birth_date=date(1980, 5, 1))

    assert (member.name, member.phone, member.path) == ("曾于飞", "+8613900000401", cast.nanyuan.path)
    assert (member.name_pinyin, member.name_initials) == ("zengyufei", "zyf")
    assert Residence.objects.get(member=member).receipt_no == "210802001002-2026-00001"
    assert Employment.objects.get(member=member).work_unit == cast.school
    assert "members:member:add" in tags()


def test_the_same_id_again_is_the_same_member(cast: Cast, desk: Actor, now: datetime) -> None:
    key = new_id()
    first = add(cast, desk, now, id=key)
    again = add(cast, desk, now, id=key)
    assert (again, Member.objects.filter(name="曾于飞").count()) == (first, 1)
    with pytest.raises(Conflict):
        add(cast, desk, now, id=key, name="别人")


def test_twice_on_one_roster_is_refused_in_words(cast: Cast, desk: Actor, now: datetime) -> None:
    add(cast, desk, now)
    with pytest.raises(RuleBroken) as refusal:
        add(cast, desk, now)
    assert refusal.value.code == "already_on_roster"


def test_nobody_adds_next_door(cast: Cast, desk_next_door: Actor, overseer: Actor, now: datetime) -> None:
    with pytest.raises(OutOfScope):
        add(cast, desk_next_door, now)
    with pytest.raises(Forbidden):
        add(cast, overseer, now)


def test_a_liaison_adds_to_his_unit_only(cast: Cast, now: datetime) -> None:
    liaison = cast.actor("liaison")
    member = add(cast, liaison, now, placed=Placement(work_unit=cast.school))
    assert (member.community, member.path) == (None, cast.school.path)
    with pytest.raises(OutOfScope):
        add(cast, liaison, now, placed=Placement(work_unit=cast.police_branch))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"phone": "123"}, "phone"),
        ({"birth_date": date(2030, 1, 1)}, "birth_date"),
        ({"birth_date": date(2000, 1, 1), "joined_party_on": date(2017, 12, 31)}, "joined_party_on"),
    ],
)
def test_a_person_who_cannot_be_is_refused(
    cast: Cast, desk: Actor, now: datetime, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        add(cast, desk, now, **fields)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name_missing"),
        ("暂无", "name_missing"),
        ("姓名", "name_header"),
        ("张", "name_short"),
        ("<script>alert(1)</script>", "name_several"),
        ("<b>张三", "name_signs"),
        ("张三、李四", "name_several"),
        ("张三2", "name_digits"),
        ("张?", "name_unreadable"),
        ("王" * 61, "name_long"),
    ],
)
def test_the_desk_and_the_door_take_the_names_a_list_takes(
    cast: Cast, desk: Actor, now: datetime, slip: Callable[..., ReportIn], name: str, code: str
) -> None:
    member = add(cast, desk, now)

    def change() -> Member:
        return commands.change_member(member=member, changes={"name": name}, by=desk, now=now)

    for written in (lambda: add(cast, desk, now, name=name), change, lambda: slip(name=name)):
        with pytest.raises(RuleBroken) as refusal:
            written()
        assert (refusal.value.code, refusal.value.field) == (code, "name")
        assert str(refusal.value)
    with pytest.raises(CellProblem) as problem:
        read_name(name)
    assert problem.value.code == code


def test_a_name_from_an_older_list_does_not_stop_other_changes(cast: Cast, desk: Actor, now: datetime) -> None:
    member = add(cast, desk, now)
    Member.objects.filter(pk=member.pk).update(name="曾于飞2")
    changed = commands.change_member(member=member, changes={"name": "曾于飞2", "job_title": "教师"}, by=desk, now=now)
    assert (changed.name, changed.job_title) == ("曾于飞2", "教师")


def test_changing_writes_what_differs_once(cast: Cast, desk: Actor, now: datetime) -> None:
    member, police = cast.teacher_member, Occupation.objects.get(code="police")
    for _time in range(2):
        commands.change_member(
            member=member, changes={"name": "曾晓岚", "occupation": police, "phone": "13900000402"}, by=desk, now=now
        )
    member.refresh_from_db()
    assert (member.name_pinyin, member.occupation, member.phone) == ("zengxiaolan", police, "+8613900000402")
    lines = AuditEvent.objects.filter(tag="members:member:change")
    assert [line.details["fields"] for line in lines] == [["name", "occupation", "phone"]]


def test_a_member_mends_his_own_contact_and_nothing_else(cast: Cast, now: datetime) -> None:
    me = cast.actor("member")
    commands.change_member(member=cast.teacher_member, changes={"phone": "13900000403"}, by=me, now=now)
    with pytest.raises(Forbidden):
        commands.change_member(member=cast.teacher_member, changes={"name": "林书记"}, by=me, now=now)
    with pytest.raises(ValueError, match="not fields"):
        commands.change_member(member=cast.teacher_member, changes={"path": "/"}, by=me, now=now)


def test_ending_closes_the_links_and_keeps_the_history(cast: Cast, desk: Actor, now: datetime) -> None:
    member = cast.teacher_member
    for _time in range(2):
        commands.end_member(member=member, reason="迁往外地", by=desk, now=now)
    member.refresh_from_db()
    assert (member.is_current, member.community, member.end_reason) == (False, None, "迁往外地")
    assert Residence.objects.filter(member=member, until=None).count() == 0
    assert Residence.objects.filter(member=member).count() == 1
    assert tags().count("members:member:end") == 1


def test_skills_are_exactly_what_was_given(cast: Cast, desk: Actor, now: datetime) -> None:
    member, law = cast.teacher_member, SkillKind.objects.get(code="law")
    tutoring = SkillKind.objects.get(code="tutoring")
    with pytest.raises(RuleBroken) as refusal:
        commands.set_skills(member=member, skills=[SkillGiven(law)], by=desk, now=now)
    assert refusal.value.code == "certificate_missing"
    both = [SkillGiven(law, "A1234", date(2028, 1, 1)), SkillGiven(tutoring)]
    commands.set_skills(member=member, skills=both, by=desk, now=now)
    commands.set_skills(member=member, skills=[SkillGiven(tutoring)], by=desk, now=now)
    commands.set_skills(member=member, skills=[SkillGiven(tutoring)], by=desk, now=now)
    assert [skill.kind for skill in Skill.objects.filter(member=member)] == [tutoring]
    assert tags().count("members:member:change") == 2


def test_wishes_are_exactly_what_was_said(cast: Cast, now: datetime) -> None:
    member, me = cast.teacher_member, cast.actor("member")
    kind = ServiceKind.objects.get(code="convenience")
    times = [DayPart.WEEKEND_MORNING, DayPart.WEEKDAY_EVENING]
    for _time in range(2):
        commands.set_intentions(member=member, intentions={kind: times}, by=me, now=now)
    assert [row.times for row in Intention.objects.filter(member=member)] == [["weekday_evening", "weekend_morning"]]
    assert tags().count("members:member:change") == 1
    commands.set_intentions(member=member, intentions={}, by=me, now=now)
    assert Intention.objects.filter(member=member).count() == 0


def test_consent_is_given_once_and_withdrawn_at_any_time(cast: Cast, desk: Actor, now: datetime) -> None:
    member, me = cast.teacher_member, cast.actor("member")
    first = commands.give_consent(member=member, by=me, now=now)
    assert commands.give_consent(member=member, by=desk, now=now) == first
    assert commands.withdraw_consent(member=member, by=me, now=now) == 1
    assert commands.withdraw_consent(member=member, by=me, now=now) == 0
    commands.give_consent(member=member, by=me, now=now)
    assert Consent.objects.filter(member=member).count() == 2
    with pytest.raises(OutOfScope):
        commands.give_consent(member=member, by=cast.actor("desk_next_door"), now=now)


def test_another_unit_ends_the_one_before(cast: Cast, desk: Actor, now: datetime) -> None:
    member = cast.teacher_member
    commands.start_employment(member=member, work_unit=cast.police_branch, by=desk, now=now)
    again = commands.start_employment(member=member, work_unit=cast.police_branch, by=desk, now=now)
    old, new = Employment.objects.filter(member=member).order_by("since")
    assert (old.until, new, new.until) == (new.since, again, None)
    with pytest.raises(RuleBroken) as refusal:
        commands.start_employment(
            member=member, work_unit=cast.school, since=new.since - timedelta(days=9), by=desk, now=now
        )
    assert refusal.value.field == "since"
    commands.end_employment(member=member, by=desk, now=now)
    assert commands.end_employment(member=member, by=desk, now=now) is None


def test_a_party_relation_is_noted(cast: Cast, desk: Actor, now: datetime) -> None:
    branch = PartyOrganisation.objects.create(
        name="南园党支部", level=PartyLevel.BRANCH, node=cast.nanyuan, founded_on=date(2010, 1, 1)
    )
    member = cast.teacher_member
    first = commands.start_org_relation(member=member, party_organisation=branch, by=desk, now=now)
    assert commands.start_org_relation(member=member, party_organisation=branch, by=desk, now=now) == first
    with pytest.raises(RuleBroken):
        commands.end_org_relation(member=member, until=date(2030, 1, 1), by=desk, now=now)
    commands.end_org_relation(member=member, by=desk, now=now)
    first.refresh_from_db()
    assert first.until is not None


def test_lists_are_loaded_once(cast: Cast, now: datetime) -> None:
    assert commands.load_lists(by=Actor.system(), now=now) == 0
    ServiceKind.objects.filter(code="greening").delete()
    assert commands.load_lists(by=Actor.system(), now=now) == 1
    with pytest.raises(OutOfScope):
        commands.load_lists(by=cast.actor("desk"), now=now)


# --- every promise of the tables, broken once ------------------------------------------------------------------------


def residence(cast: Cast, **columns: Any) -> Residence:
    facts = {"member": cast.teacher_member, "since": date(2021, 1, 1), "receipt_no": "X", "accepted_at": cast.now}
    return Residence(**of_community(cast.nanyuan), channel="desk", **{**facts, **columns})


def broken_rows(cast: Cast) -> dict[str, Any]:
    teacher, kind = cast.teacher_member, SkillKind.objects.get(code="tutoring")
    notice = PrivacyNotice.objects.get(version="2026-01")
    own = {"member": teacher, "district_code": DISTRICT}
    given = {**own, "notice": notice, "given_at": cast.now}
    return {
        "residence_one_open": [residence(cast)],
        "residence_one_at_a_time": [residence(cast, until=date(2030, 1, 1))],
        "residence_ends_after_start": [residence(cast, since=date(2019, 1, 2), until=date(2019, 1, 1))],
        "employment_one_open": [Employment(**own, work_unit=cast.school, since=date(2024, 1, 1))],
        "employment_one_at_a_time": [
            Employment(**own, work_unit=cast.school, since=date(1990, 1, 1), until=date(1991, 1, 1)),
            Employment(**own, work_unit=cast.school, since=date(1990, 7, 1), until=date(1992, 1, 1)),
        ],
        "skill_once_per_member": [Skill(**own, kind=kind), Skill(**own, kind=kind)],
        "consent_once_per_notice": [Consent(**given), Consent(**given)],
        "consent_withdrawn_when": [Consent(**given, withdrawn_by=new_id())],
        "member_named": [Member(name="", district_code=DISTRICT, added_at=cast.now)],
        "member_merged_has_ended": [Member(name="x", district_code=DISTRICT, added_at=cast.now, merged_into=teacher)],
    }


@pytest.mark.parametrize(
    "promise",
    [
        "residence_one_open",
        "residence_one_at_a_time",
        "residence_ends_after_start",
        "employment_one_open",
        "employment_one_at_a_time",
        "skill_once_per_member",
        "consent_once_per_notice",
        "consent_withdrawn_when",
        "member_named",
        "member_merged_has_ended",
    ],
)
def test_the_database_keeps_its_promises(cast: Cast, promise: str) -> None:
    rows = broken_rows(cast)[promise]
    with pytest.raises(IntegrityError, match=promise), transaction.atomic():
        _save_all(rows)


def _save_all(rows: list[Any]) -> None:
    for row in rows:
        row.save(force_insert=True)


def test_an_open_and_an_ended_link_of_the_same_days_written_at_once_are_refused(cast: Cast) -> None:
    school, teacher = cast.school, cast.teacher_member
    Employment.objects.filter(member=teacher).delete()
    own = {"member": teacher, "district_code": DISTRICT, "work_unit": school}
    ended = Employment(**own, since=date(2024, 1, 1), until=date(2025, 1, 1))
    still = Employment(**own, since=date(2024, 6, 1))
    with pytest.raises(IntegrityError, match="employment_one_at_a_time"), transaction.atomic():
        Employment.objects.bulk_create([ended, still])
    still.since = date(2025, 1, 1)
    Employment.objects.bulk_create([ended, still])
    with pytest.raises(IntegrityError, match="employment_one_at_a_time"), transaction.atomic():
        Employment.objects.filter(pk=still.pk).update(since=date(2024, 12, 31))
