"""Reporting in: handed in, accepted, declined, moved; the receipt has a number and lies on the unit's desk."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.members import commands
from guangcai.members.enums import Channel, DayPart
from guangcai.members.models import (
    Consent,
    DuplicatePair,
    Employment,
    Intention,
    Member,
    ReportIn,
    Residence,
    UnitReceipt,
)
from guangcai.members.slips import SlipForm
from guangcai.orgs.commands import merge_nodes
from guangcai.orgs.models import Grant
from tests.cast import Cast

Slip = Callable[..., ReportIn]


def tags() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("tag", flat=True))


def test_a_slip_by_phone_waits_in_its_community(cast: Cast, slip: Slip) -> None:
    waiting = slip()

    assert (waiting.community, waiting.channel, waiting.member, waiting.submitted_by) == (
        cast.nanyuan,
        Channel.PHONE,
        None,
        None,
    )
    assert SlipForm.from_text(waiting.form).name == "周明远"
    assert tags()[-1] == "members:report_in:submit"
    assert Member.objects.count() == 2


def test_the_same_phone_again_is_the_same_slip(slip: Slip) -> None:
    first = slip()
    again = slip(name="别人")

    assert again.pk == first.pk
    assert ReportIn.objects.count() == 1


def test_the_same_id_with_another_phone_is_a_conflict(cast: Cast, slip: Slip, now: datetime) -> None:
    first = slip()
    other = SlipForm(name="周明远", phone="13900000202", notice="2026-01")
    with pytest.raises(Conflict):
        commands.report_in_submit(
            id=first.pk, community=cast.nanyuan, form=other, channel=Channel.PHONE, by=Actor(), now=now
        )


@pytest.mark.parametrize(
    ("form", "field"),
    [({"notice": ""}, "notice"), ({"name": " "}, "name"), ({"phone": "1390000"}, "phone"), ({"phone": ""}, "phone")],
)
def test_a_slip_by_phone_that_lacks_something_names_it(slip: Slip, form: dict[str, str], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        slip(**form)
    assert refusal.value.field == field


def test_a_slip_sent_again_is_one_and_its_id_stands_for_no_other(slip: Slip, now: datetime) -> None:
    key, wishes = new_id(), {"public_safety": (DayPart.WEEKEND_MORNING,)}
    first = slip(id=key, intentions=wishes, consented_at=now)
    assert slip(id=key, intentions=wishes, consented_at=now + timedelta(minutes=1)) == first
    with pytest.raises(Conflict):
        slip(id=key, intentions=wishes, name="周明远二")
    assert ReportIn.objects.get().form == first.form


def test_nobody_reports_in_to_a_street(slip: Slip) -> None:
    with pytest.raises(RuleBroken) as refusal:
        slip(community="street")
    assert refusal.value.code == "not_a_community"


def test_the_desk_next_door_hands_in_nothing_here(cast: Cast, desk_next_door: Actor, now: datetime) -> None:
    form = SlipForm(name="周明远")
    with pytest.raises(OutOfScope):
        commands.report_in_submit(community=cast.nanyuan, form=form, channel=Channel.DESK, by=desk_next_door, now=now)


def test_accepting_makes_the_member_with_residence_consent_and_wishes(
    cast: Cast, slip: Slip, desk: Actor, now: datetime
) -> None:
    waiting = slip(
        work_unit_id=cast.school.pk,
        building_id=cast.building.pk,
        occupation="teacher",
        intentions={"public_safety": (DayPart.WEEKEND_MORNING,)},
    )
    residence = commands.accept_report_in(report_in=waiting, by=desk, now=now)

    member = Member.objects.get(name="周明远")
    waiting.refresh_from_db()
    assert (member.community, member.building, member.path) == (cast.nanyuan, cast.building, cast.nanyuan.path)
    assert (member.name_pinyin, member.name_initials, member.occupation.code) == ("zhoumingyuan", "zmy", "teacher")
    assert (residence.member, residence.building, residence.until) == (member, cast.building, None)
    assert residence.receipt_no == "210802001002-2026-00001"
    assert (waiting.member, waiting.residence, waiting.is_accepted, waiting.form) == (member, residence, True, "")
    assert [str(row.notice) for row in Consent.objects.filter(member=member)] == ["2026-01"]
    assert [(row.kind.code, row.times) for row in Intention.objects.filter(member=member)] == [
        ("public_safety", ["weekend_morning"])
    ]
    assert [(row.work_unit, row.read_at) for row in UnitReceipt.objects.all()] == [(cast.school, None)]
    assert tags()[-1] == "members:report_in:accept"


def test_accepting_twice_is_one_residence(slip: Slip, desk: Actor, now: datetime) -> None:
    waiting = slip()
    first = commands.accept_report_in(report_in=waiting, by=desk, now=now)
    again = commands.accept_report_in(report_in=waiting, by=desk, now=now)

    assert again == first
    assert Residence.objects.filter(member__name="周明远").count() == 1
    assert tags().count("members:report_in:accept") == 1


def test_a_known_phone_and_name_is_the_same_member_who_moves(
    cast: Cast, slip: Slip, desk: Actor, now: datetime
) -> None:
    police = cast.police_member
    residence = commands.accept_report_in(report_in=slip(name="赵海峰", phone="139-0000-0102"), by=desk, now=now)

    police.refresh_from_db()
    lived = list(police.residences.order_by("since").values_list("community__name", "until"))
    today = residence.since
    assert lived == [("公园社区", today), ("南园社区", None)]
    assert police.path == cast.nanyuan.path
    held = Grant.objects.filter(user=cast.users["member_next_door"], ended_at=None)
    assert [grant.node for grant in held] == [cast.nanyuan]


def test_a_known_phone_with_another_name_is_a_new_record_and_a_pair(
    cast: Cast, slip: Slip, desk: Actor, now: datetime
) -> None:
    commands.accept_report_in(report_in=slip(name="赵小峰", phone="13900000102"), by=desk, now=now)

    pair = DuplicatePair.objects.get()
    assert {pair.first.name, pair.second.name} == {"赵海峰", "赵小峰"}
    assert (pair.reason, pair.decided_at) == ("same_phone", None)


def test_who_lives_here_already_is_not_counted_twice(cast: Cast, slip: Slip, desk: Actor, now: datetime) -> None:
    commands.accept_report_in(report_in=slip(), by=desk, now=now)
    again = slip()
    with pytest.raises(RuleBroken) as refusal:
        commands.accept_report_in(report_in=again, by=desk, now=now)
    assert refusal.value.code == "already_here"


def test_a_residence_on_paper_is_confirmed_by_its_slip(cast: Cast, slip: Slip, desk: Actor, now: datetime) -> None:
    before = cast.teacher_member.residences.get()
    waiting = slip(name="林晓岚", phone="13900000101", building_id=cast.building.pk)
    residence = commands.accept_report_in(report_in=waiting, by=desk, now=now)

    before.refresh_from_db()
    assert residence == before
    assert before.building == cast.building
    assert cast.teacher_member.residences.count() == 1


def test_with_an_account_the_member_signs_in_with_his_phone(slip: Slip, cast: Cast, desk: Actor, now: datetime) -> None:
    residence = commands.accept_report_in(report_in=slip(), with_account=True, by=desk, now=now)

    user = User.objects.with_phone("13900000201").get()
    assert user.member_id == residence.member_id
    assert [(g.role, g.node) for g in Grant.objects.filter(user=user)] == [("member", cast.nanyuan)]


def test_another_community_accepts_nothing_here(
    slip: Slip, desk_next_door: Actor, overseer: Actor, now: datetime
) -> None:
    waiting = slip()
    with pytest.raises(OutOfScope):
        commands.accept_report_in(report_in=waiting, by=desk_next_door, now=now)
    with pytest.raises(Forbidden):
        commands.accept_report_in(report_in=waiting, by=overseer, now=now)


def test_declining_needs_a_reason_and_forgets_what_was_typed(slip: Slip, desk: Actor, now: datetime) -> None:
    waiting = slip()
    with pytest.raises(RuleBroken):
        commands.decline_report_in(report_in=waiting, reason=" ", by=desk, now=now)
    declined = commands.decline_report_in(report_in=waiting, reason="住在公园社区", by=desk, now=now)
    commands.decline_report_in(report_in=waiting, reason="再来一次", by=desk, now=now)

    declined.refresh_from_db()
    assert (declined.is_accepted, declined.decline_reason, declined.form) == (False, "住在公园社区", "")
    assert tags().count("members:report_in:decline") == 1
    with pytest.raises(Conflict):
        commands.accept_report_in(report_in=waiting, by=desk, now=now)


def test_moving_keeps_the_history(cast: Cast, now: datetime) -> None:
    member, next_door = cast.teacher_member, cast.actor("desk_next_door")
    commands.move(member=member, community=cast.gongyuan, by=next_door, now=now)
    commands.move(member=member, community=cast.gongyuan, by=next_door, now=now + timedelta(hours=1))

    old, new = member.residences.order_by("since", "pk")
    assert [(row.community, row.until) for row in (old, new)] == [(cast.nanyuan, new.since), (cast.gongyuan, None)]
    assert new.receipt_no == "210802001003-2026-00001"


def test_receipt_numbers_have_no_gaps_after_a_rollback(slip: Slip, desk: Actor, now: datetime) -> None:
    first = commands.accept_report_in(report_in=slip(), by=desk, now=now)
    with pytest.raises(RuleBroken):
        commands.accept_report_in(report_in=slip(), by=desk, now=now)
    second = commands.accept_report_in(report_in=slip(name="何静", phone="13900000203"), by=desk, now=now)

    assert [first.receipt_no[-5:], second.receipt_no[-5:]] == ["00001", "00002"]


def test_the_liaison_reads_receipts_of_his_own_unit_only(cast: Cast, slip: Slip, desk: Actor, now: datetime) -> None:
    commands.accept_report_in(report_in=slip(work_unit_id=cast.school.pk), by=desk, now=now)
    receipt = UnitReceipt.objects.get()

    assert commands.read_receipts(receipts=[receipt.pk], by=cast.actor("liaison_next_door"), now=now) == 0
    assert commands.read_receipts(receipts=[receipt.pk], by=cast.actor("liaison"), now=now) == 1
    assert commands.read_receipts(receipts=[receipt.pk, new_id()], by=cast.actor("liaison"), now=now) == 0


def test_a_receipt_without_a_unit_goes_to_the_one_noted_later(
    cast: Cast, slip: Slip, desk: Actor, now: datetime, client: Client
) -> None:
    home = commands.accept_report_in(report_in=slip(work_unit_id=None), by=desk, now=now)
    assert not UnitReceipt.objects.exists()
    noting = reverse("members:employment", args=[home.member_id])
    client.force_login(cast.users["desk"])
    page = reverse("members:receipt", args=[home.pk])
    assert noting in client.get(page).content.decode()

    commands.start_employment(member=home.member, work_unit=cast.school, by=desk, now=now)
    commands.start_employment(member=home.member, work_unit=cast.police_branch, by=desk, now=now)
    assert UnitReceipt.objects.get().work_unit == cast.school
    assert noting not in client.get(page).content.decode()


def test_a_unit_that_nobody_knows_is_kept_until_the_desk_settles_it(
    cast: Cast, signed_in: Callable[..., Client], slip: Slip, desk: Actor, now: datetime
) -> None:
    home = commands.accept_report_in(report_in=slip(work_unit_name="光明小学"), by=desk, now=now)

    assert (Employment.objects.filter(member=home.member).count(), home.report_in.unit_said) == (0, "光明小学")
    client = signed_in(cast.users["desk"])
    for page in (reverse("members:receipt", args=[home.pk]), home.member.get_absolute_url()):
        assert "报到单上写的是光明小学" in client.get(page).content.decode()
    form = client.get(reverse("members:employment", args=[home.member_id])).context["form"]
    assert form["work_unit"].value() == "光明小学"


def test_another_unit_than_the_one_on_record_is_shown_on_the_receipt(
    cast: Cast, slip: Slip, desk: Actor, now: datetime
) -> None:
    police = cast.police_member
    waiting = [
        slip(name="赵海峰", phone="13900000102", work_unit_id=cast.school.pk),
        slip(work_unit_id=cast.school.pk),
    ]
    homes = commands.accept_many(community=cast.nanyuan, report_ins=[row.pk for row in waiting], by=desk, now=now)

    assert police.employments.get(until=None).work_unit == cast.police_branch
    said = {home.member.name: ReportIn.objects.get(residence=home).unit_said for home in homes}
    assert said == {"赵海峰": cast.school.name, "周明远": ""}


def test_merged_communities_keep_the_older_of_two_slips(cast: Cast, slip: Slip, now: datetime) -> None:
    newer = slip()
    older = slip(community="gongyuan")
    ReportIn.objects.filter(pk=older.pk).update(submitted_at=now - timedelta(days=1))
    other = slip(phone="13900000203")
    merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=Actor.system(), now=now)

    newer.refresh_from_db()
    assert (newer.is_accepted, newer.form) == (False, "")
    assert newer.decline_reason == "两个社区已合并，保留先交的报到单。"
    waiting = ReportIn.objects.waiting().filter(community=cast.gongyuan, path=cast.gongyuan.path)
    assert set(waiting) == {older, other}
    assert "members:report_in:decline" in tags()
    older.refresh_from_db()
    assert commands.accept_report_in(report_in=older, by=cast.actor("desk_next_door"), now=now)


def test_merged_communities_keep_one_ready_slip_of_a_member(cast: Cast, now: datetime) -> None:
    Residence.objects.all().update(until=now.date())
    Member.objects.all().update(community=None, phone_index="")
    cast.teacher_member.refresh_from_db()
    for place, desk in ((cast.nanyuan, "desk"), (cast.gongyuan, "desk_next_door")):
        commands.expect_members(community=place, members=[cast.teacher_member], by=cast.actor(desk), now=now)
    merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=Actor.system(), now=now)

    (kept,) = ReportIn.objects.waiting()
    assert kept.community == cast.gongyuan
    assert ReportIn.objects.filter(is_accepted=False).count() == 1
