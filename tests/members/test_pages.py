"""Every page of the roster: does it, next door gets 404, read-only gets 403, bad input gets 422."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from guangcai.core.models import AuditEvent
from guangcai.members import commands
from guangcai.members.models import Consent, Member, ReportIn, Residence, SavedFilter, ServiceKind, UnitReceipt
from guangcai.orgs.roles import Role
from tests.cast import Cast, grant

SignedIn = Callable[[Any], Client]
Slip = Callable[..., ReportIn]


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    "address",
    [
        "",
        "export/",
        "hidden/",
        "elsewhere/",
        "elsewhere/?side=home",
        "duplicates/",
        "register/",
        "report-ins/",
        "report-ins/new/",
        "launch-day/",
        "launch-day/invitations/",
        "door/poster/",
        "new/",
    ],
)
def test_the_desk_opens_every_list(cast: Cast, signed_in: SignedIn, address: str) -> None:
    assert signed_in(cast.desk).get(f"/members/{address}").status_code == 200


@pytest.mark.parametrize("address", ["", "hidden/", "elsewhere/", "register/", "report-ins/", "duplicates/", "new/"])
@pytest.mark.parametrize("who", ["member", "liaison", "auditor"])
def test_lists_are_not_for_those_without_a_roster(cast: Cast, signed_in: SignedIn, who: str, address: str) -> None:
    assert signed_in(cast.users[who]).get(f"/members/{address}").status_code == 403


def test_the_roster_shows_its_own_community_only(cast: Cast, signed_in: SignedIn) -> None:
    shown = text(signed_in(cast.desk).get("/members/"))
    assert ("林晓岚" in shown, "赵海峰" in shown) == (True, False)
    assert "139****0101" in shown
    assert "13900000101" not in shown


@pytest.mark.parametrize("typed", ["林晓岚", "晓岚", "lxl", "linxiao", "Lin Xiaolan", "0101", "139 0000 0101"])
def test_one_box_finds_the_person(cast: Cast, signed_in: SignedIn, typed: str) -> None:
    browser = signed_in(cast.overseer)
    shown = text(browser.get("/members/", {"q": typed}))
    assert ("林晓岚" in shown, "赵海峰" in shown) == (True, False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"occupation": "police"}, "赵海峰"),
        ({"community": "210802001002"}, "林晓岚"),
        ({"member_type": "branch"}, ""),
        ({"account": "no"}, ""),
        ({"reported_in": "yes", "occupation": "teacher"}, "林晓岚"),
        ({"skill": "law"}, ""),
    ],
)
def test_filters_narrow_the_roster(cast: Cast, signed_in: SignedIn, query: dict[str, str], found: str) -> None:
    shown = text(signed_in(cast.overseer).get("/members/", query))
    assert [name for name in ("林晓岚", "赵海峰") if f">{name}</a>" in shown] == ([found] if found else [])


def test_the_unit_filter_takes_the_unit(cast: Cast, signed_in: SignedIn) -> None:
    shown = text(signed_in(cast.overseer).get("/members/", {"unit": cast.school.pk}))
    assert (">林晓岚</a>" in shown, ">赵海峰</a>" in shown) == (True, False)


@pytest.mark.parametrize("address", ["", "edit/", "end/", "employment/", "relation/", "home/"])
def test_a_person_is_for_the_own_desk(cast: Cast, signed_in: SignedIn, address: str) -> None:
    url = f"/members/{cast.teacher_member.pk}/{address}"
    assert signed_in(cast.desk).get(url).status_code == 200
    assert signed_in(cast.users["desk_next_door"]).get(url).status_code == 404
    assert signed_in(cast.overseer).get(url).status_code == (403 if address else 200)
    assert signed_in(cast.users["liaison"]).get(url).status_code == 404


@pytest.mark.parametrize("address", ["phone/", "contact/", "consent/"])
def test_what_is_posted_about_a_person_is_the_own_desks(cast: Cast, signed_in: SignedIn, address: str) -> None:
    url = f"/members/{cast.teacher_member.pk}/{address}"
    assert signed_in(cast.users["desk_next_door"]).post(url, {"reason": "x"}).status_code == 404
    assert signed_in(cast.overseer).post(url, {"reason": "x"}).status_code == 403
    assert signed_in(cast.desk).get(url).status_code == 405


def test_the_full_phone_needs_a_reason_and_leaves_a_line(cast: Cast, signed_in: SignedIn) -> None:
    browser, url = signed_in(cast.desk), f"/members/{cast.teacher_member.pk}/phone/"
    refused = browser.post(url, {"reason": ""})
    shown = browser.post(url, {"reason": "核对报到"}, headers={"HX-Request": "true"})

    assert refused.status_code == 422
    assert "13900000101" not in text(refused)
    assert "13900000101" in text(shown)
    lines = AuditEvent.objects.filter(tag="members:member:open")
    assert [(line.subject_id, line.details["reason"]) for line in lines] == [(str(cast.teacher_member.pk), "核对报到")]


def test_the_side_panel_gets_only_the_panel(cast: Cast, signed_in: SignedIn) -> None:
    shown = text(signed_in(cast.desk).get(cast.teacher_member.get_absolute_url(), headers={"HX-Request": "true"}))
    assert shown.lstrip().startswith('<h2 id="panel-title">')
    assert "<html" not in shown


def edit_form(**changes: str) -> dict[str, str]:
    form = {"name": "林晓岚", "member_type": "in_service"}
    lines = {"skills-TOTAL_FORMS": "2", "skills-INITIAL_FORMS": "0"}
    return {**form, **lines, **changes}


def test_the_five_groups_are_changed_on_one_page(cast: Cast, signed_in: SignedIn) -> None:
    member = cast.teacher_member
    form = edit_form(gender="female", birth_date="1985-03-04", kinds="public_safety")
    form["times_public_safety"] = "weekend_morning"
    answer = signed_in(cast.desk).post(f"/members/{member.pk}/edit/", form)

    member.refresh_from_db()
    assert answer.status_code == 302
    assert (member.gender, member.birth_date.isoformat()) == ("female", "1985-03-04")
    assert member.phone == "+8613900000101"
    assert [(row.kind.code, row.times) for row in member.intentions.all()] == [("public_safety", ["weekend_morning"])]


def test_each_kind_has_its_own_times(cast: Cast, signed_in: SignedIn) -> None:
    member, browser = cast.teacher_member, signed_in(cast.users["member"])
    form = {"phone": "", "kinds": ["convenience", "public_safety"]}
    form |= {"times_convenience": ["weekend_morning"], "times_public_safety": ["weekday_evening", "weekend_evening"]}
    # Times under a box that is not ticked count for nothing.
    other = ServiceKind.objects.exclude(code__in=form["kinds"]).first() or ServiceKind.objects.create(
        code="z", name="z"
    )
    form[f"times_{other.code}"] = ["weekend_morning"]
    assert browser.post("/members/me/mend/", form).status_code == 302
    held = {row.kind.code: row.times for row in member.intentions.select_related("kind")}
    assert held == {
        "convenience": ["weekend_morning"],
        "public_safety": ["weekday_evening", "weekend_evening"],
    }
    shown = text(browser.get("/members/me/mend/"))
    assert re.search(r'name="times_convenience" value="weekend_morning"[^>]* checked', shown)
    assert not re.search(r'name="times_convenience" value="weekday_evening"[^>]* checked', shown)
    wrong = browser.post("/members/me/mend/", form | {"times_convenience": ["at full moon"]})
    assert wrong.status_code == 422


def test_the_edit_form_shows_no_number_and_can_delete_it(cast: Cast, signed_in: SignedIn) -> None:
    member, browser = cast.teacher_member, signed_in(cast.desk)
    shown = text(browser.get(f"/members/{member.pk}/edit/"))
    assert ("3900000101" in shown, "139****0101" in shown) == (False, True)
    browser.post(f"/members/{member.pk}/edit/", edit_form(forget_contact="on"))
    member.refresh_from_db()
    assert (member.phone, member.phone_index) == ("", "")


def test_a_slip_names_nobody_from_next_door(cast: Cast, signed_in: SignedIn, slip: Slip) -> None:
    waiting = slip(name="冒名", phone="13900000102")
    for address in ("report-ins/", f"report-ins/{waiting.pk}/", "launch-day/"):
        assert "赵海峰" not in text(signed_in(cast.desk).get(f"/members/{address}"))


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"phone": "123"}, {"birth_date": "2030-01-01"}, {"skills-0-certificate": "A1"}]
)
def test_a_refused_change_keeps_what_was_typed(cast: Cast, signed_in: SignedIn, changes: dict[str, str]) -> None:
    answer = signed_in(cast.desk).post(
        f"/members/{cast.teacher_member.pk}/edit/", edit_form(job_title="班主任", **changes)
    )
    assert answer.status_code == 422
    assert "班主任" in text(answer)


def test_a_member_is_added_once_however_often_it_is_sent(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.desk)
    form = edit_form(name="孟欣", phone="13900000301", work_unit="站前区实验小学", has_consented="on")
    form["id"] = "0198f000-0000-7000-8000-000000000001"
    answers = [browser.post("/members/new/", form).status_code for _time in range(2)]

    assert answers == [302, 302]
    member = Member.objects.get(name="孟欣")
    assert (member.community, Residence.objects.filter(member=member).count()) == (cast.nanyuan, 1)
    assert Consent.objects.filter(member=member).count() == 1


def test_export_is_what_is_shown_and_is_written_down(cast: Cast, signed_in: SignedIn) -> None:
    from guangcai.core.spreadsheet import read_table

    answer = signed_in(cast.overseer).post("/members/export/?q=lxl")
    rows = list(read_table(answer.content, "roster.xlsx"))
    assert [row[0] for row in rows[1:]] == ["林晓岚"]
    assert "139****0101" in rows[1]
    line = AuditEvent.objects.get(tag="members:roster:export")
    assert (line.details["rows"], line.path) == (1, cast.nanyuan.path)


def test_a_long_export_asks_what_for(cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guangcai.members.rules.ROWS_WITHOUT_REASON", 0)
    browser = signed_in(cast.desk)
    assert browser.post("/members/export/").status_code == 422
    assert browser.post("/members/export/", {"reason": "季度核对"}).status_code == 200


def test_filters_are_kept_by_name_and_are_ones_own(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.desk)
    browser.post("/members/filters/", {"name": "老师", "query": "occupation=teacher"})
    kept = SavedFilter.objects.get()
    signed_in(cast.overseer).post(f"/members/filters/{kept.pk}/removal/")

    assert "老师" in text(browser.get("/members/"))
    assert "老师" not in text(signed_in(cast.overseer).get("/members/"))
    browser.post(f"/members/filters/{kept.pk}/removal/")
    assert SavedFilter.objects.count() == 0


def test_a_slip_is_accepted_with_one_tap(cast: Cast, signed_in: SignedIn, slip: Slip) -> None:
    waiting = slip(work_unit_id=cast.school.pk)
    url = f"/members/report-ins/{waiting.pk}/"
    assert signed_in(cast.users["desk_next_door"]).get(url).status_code == 404
    assert signed_in(cast.overseer).post(f"{url}acceptance/").status_code == 403

    answer = signed_in(cast.desk).post(f"{url}acceptance/", {"next": "launch_day"}, follow=True)
    assert "210802001002-2026-00001" in text(answer)
    assert Residence.objects.filter(member__name="周明远", until=None).count() == 1


def test_a_slip_of_somebody_who_is_here_is_refused_in_words(cast: Cast, signed_in: SignedIn, slip: Slip) -> None:
    browser = signed_in(cast.desk)
    browser.post(f"/members/report-ins/{slip().pk}/acceptance/")
    again = browser.post(f"/members/report-ins/{slip().pk}/acceptance/")
    assert again.status_code == 422
    assert "210802001002-2026-00001" in text(again)


def test_declining_needs_a_reason(cast: Cast, signed_in: SignedIn, slip: Slip) -> None:
    browser, url = signed_in(cast.desk), f"/members/report-ins/{slip().pk}/decline/"
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert browser.post(url, {"reason": "住在别处"}).status_code == 302


def test_many_are_accepted_after_a_look(cast: Cast, signed_in: SignedIn, slip: Slip) -> None:
    keys = [str(slip(name=name, phone=phone).pk) for name, phone in [("孟欣", "13900000301"), ("何静", "13900000302")]]
    browser = signed_in(cast.desk)
    look = browser.post("/members/report-ins/acceptances/", {"ids": keys})
    assert ("孟欣" in text(look), Member.objects.count()) == (True, 2)
    browser.post("/members/report-ins/acceptances/", {"ids": [*keys, "rubbish"], "sure": "1"})
    assert Member.objects.filter(community=cast.nanyuan).count() == 3


def test_the_desk_writes_a_slip_and_accepts_it_at_once(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.desk)
    assert browser.post("/members/report-ins/new/", {"name": ""}).status_code == 422
    answer = browser.post("/members/report-ins/new/", {"name": "孟欣", "consent": "on"}, follow=True)
    assert "孟欣" in text(answer)
    assert Member.objects.get(name="孟欣").community == cast.nanyuan


@pytest.mark.parametrize("typed", ["周明远", "zmy", "0201"])
def test_launch_day_finds_the_slip(cast: Cast, signed_in: SignedIn, slip: Slip, typed: str) -> None:
    slip()
    slip(name="何静", phone="13900000302")
    shown = text(signed_in(cast.desk).get("/members/launch-day/", {"q": typed}))
    assert ("周明远" in shown, "何静" in shown, "autofocus" in shown) == (True, False, True)


def test_a_receipt_is_for_desk_member_and_unit(cast: Cast, signed_in: SignedIn, slip: Slip, now: datetime) -> None:
    desk = cast.actor("desk")
    residence = commands.accept_report_in(report_in=slip(work_unit_id=cast.school.pk), by=desk, now=now)
    url = f"/members/receipts/{residence.pk}/"
    answers = {who: signed_in(cast.users[who]).get(url).status_code for who in ("desk", "liaison", "liaison_next_door")}
    assert answers == {"desk": 200, "liaison": 200, "liaison_next_door": 404}


def test_duplicates_are_compared_merged_or_dismissed(
    cast: Cast, signed_in: SignedIn, slip: Slip, now: datetime
) -> None:
    commands.accept_report_in(report_in=slip(name="林小岚", phone="13900000101"), by=cast.actor("desk"), now=now)
    browser = signed_in(cast.desk)
    pair = browser.get("/members/duplicates/").context["listing"].page[0]
    url = f"/members/duplicates/{pair.pk}/"
    assert signed_in(cast.users["desk_next_door"]).get(url).status_code == 404
    assert browser.get(url).status_code == 200
    for unsaid in ({}, {"kept": "third"}):
        assert browser.post(url, unsaid).status_code == 422, "nothing is merged by chance"
    kept = "first" if pair.first.name == "林晓岚" else "second"
    assert browser.post(url, {"kept": kept}).status_code == 302
    merged = Member.objects.get(name="林小岚")
    assert merged.merged_into == cast.teacher_member
    assert browser.get(f"/members/{merged.pk}/").url == f"/members/{cast.teacher_member.pk}/"


def test_two_persons_are_not_offered_again(cast: Cast, signed_in: SignedIn, slip: Slip, now: datetime) -> None:
    commands.accept_report_in(report_in=slip(name="林小岚", phone="13900000101"), by=cast.actor("desk"), now=now)
    browser = signed_in(cast.desk)
    pair = browser.get("/members/duplicates/").context["listing"].page[0]
    browser.post(f"/members/duplicates/{pair.pk}/dismissal/")
    browser.post("/members/duplicates/search/")
    assert browser.get("/members/duplicates/").context["listing"].total == 0


def test_hidden_members_are_found_again_with_one_tap(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.desk)
    assert browser.get("/members/hidden/").context["listing"].total == 1
    browser.post(f"/members/{cast.teacher_member.pk}/contact/", {"from_list": "1"})
    assert browser.get("/members/hidden/").context["listing"].total == 0


@pytest.mark.parametrize(("form", "start"), [("xlsx", b"PK"), ("docx", b"PK")])
def test_the_register_is_printed_as_of_a_day(cast: Cast, signed_in: SignedIn, form: str, start: bytes) -> None:
    browser = signed_in(cast.desk)
    assert browser.get("/members/register/", {"on": "2019-12-31"}).context["rows"] == []
    assert [row.name for row in browser.get("/members/register/").context["rows"]] == ["林晓岚"]
    answer = browser.post("/members/register/file/", {"format": form})
    assert answer.content.startswith(start)
    assert AuditEvent.objects.filter(tag="members:roster:export", details__what="register").count() == 1


def test_my_own_page_is_mine_alone(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.users["member"])
    shown = text(browser.get("/members/me/"))
    assert "林晓岚" in shown
    assert "南园社工" in shown
    assert signed_in(cast.desk).get("/members/me/").status_code == 404
    browser.post("/members/me/consent/")
    assert Consent.objects.filter(member=cast.teacher_member, withdrawn_at=None).count() == 1
    browser.post("/members/me/consent/", {"verb": "withdraw"})
    assert Consent.objects.filter(member=cast.teacher_member, withdrawn_at=None).count() == 0


@pytest.mark.parametrize(("form", "inside"), [("xlsx", b"PK"), ("json", b"13900000101")])
def test_i_take_my_record_with_me(cast: Cast, signed_in: SignedIn, form: str, inside: bytes) -> None:
    answer = signed_in(cast.users["member"]).post("/members/me/export/", {"format": form})
    assert inside in answer.content
    assert AuditEvent.objects.filter(tag="members:member:export_own").count() == 1


def test_i_mend_my_contact_and_wishes(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.users["member"])
    assert browser.post("/members/me/mend/", {"phone": "12"}).status_code == 422
    browser.post("/members/me/mend/", {"phone": "13900000999", "kinds": "convenience"})
    cast.teacher_member.refresh_from_db()
    assert cast.teacher_member.phone == "+8613900000999"
    assert [str(row.kind) for row in cast.teacher_member.intentions.all()] == ["便民服务"]


def test_the_unit_sees_its_own_members_and_receipts(cast: Cast, signed_in: SignedIn, slip: Slip, now: datetime) -> None:
    commands.accept_report_in(report_in=slip(work_unit_id=cast.school.pk), by=cast.actor("desk"), now=now)
    liaison, next_door = signed_in(cast.users["liaison"]), signed_in(cast.users["liaison_next_door"])
    shown = text(liaison.get("/members/unit/"))
    assert ("林晓岚" in shown, "周明远" in shown, "赵海峰" in shown) == (True, True, False)
    assert "139****" not in shown
    assert "周明远" not in text(next_door.get("/members/unit/"))
    # One unit is named once; of several each line says which.
    assert text(liaison.get("/members/unit/")).count("站前区实验小学") == 1
    grant(cast.users["liaison"], Role.UNIT_LIAISON, unit=cast.police_branch)
    shown = text(liaison.get("/members/unit/"))
    assert "工作单位" in shown
    assert cast.police_branch.name in shown
    receipt = UnitReceipt.objects.get()
    liaison.post("/members/unit/receipts/", {"ids": [receipt.pk]})
    receipt.refresh_from_db()
    assert receipt.read_by == cast.users["liaison"].pk
    assert signed_in(cast.desk).get("/members/unit/").status_code == 403
