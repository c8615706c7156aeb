"""The screens of feedback and appraisal: they do it, and refuse next door, readers, and what makes no sense."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guangcai.appraisal.commands import (
    answer_sheet,
    approve_appraisals,
    approve_sheets,
    draft_appraisals,
    give_opinion,
    object_to_appraisal,
    send_appraisals,
)
from guangcai.appraisal.enums import Answer, Opinion
from guangcai.appraisal.models import Appraisal, DutyElsewhere, Exemption, FeedbackSheet, QuarterClose
from guangcai.core import jobs
from guangcai.core.ids import new_id
from guangcai.core.models import Job
from guangcai.orgs.models import WorkUnit
from tests.appraisal.scenes import OCTOBER, closed, colleague, line_of, more_units, served
from tests.cast import Cast
from tests.conftest import NOW

SignedIn = Callable[[Any], Client]


@pytest.fixture
def as_(cast: Cast, signed_in: SignedIn) -> Callable[[str], Client]:
    """`as_("desk")`: that person's browser."""
    return lambda who: signed_in(cast.users[who])


@pytest.fixture
def sheet(cast: Cast) -> FeedbackSheet:
    """The school's draft of the third quarter."""
    served(cast)
    return closed(cast)[0]


@pytest.fixture
def sent(cast: Cast, sheet: FeedbackSheet, now: datetime) -> FeedbackSheet:
    approve_sheets(sheets=[sheet], by=cast.actor("secretary"), now=now)
    return FeedbackSheet.objects.get()


@pytest.fixture
def draft(cast: Cast, now: datetime) -> Appraisal:
    """The teacher's appraisal of 2026."""
    draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now)
    return Appraisal.objects.get()


@pytest.fixture
def shown(cast: Cast, draft: Appraisal, now: datetime) -> Appraisal:
    give_opinion(appraisal=draft, opinion=Opinion.ACTIVE, by=cast.actor("desk"), now=now)
    approve_appraisals(appraisals=[draft], by=cast.actor("secretary"), now=now)
    return Appraisal.objects.get()


def url(name: str, *args: object) -> str:
    return reverse(f"appraisal:{name}", args=args)


As = Callable[[str], Client]


def test_the_desk_closes_a_quarter_after_a_look(cast: Cast, as_: As) -> None:
    served(cast)
    left = colleague(cast, 2)
    left.employments.all().delete()
    desk, address, progress = as_("desk"), url("close", "2026Q3"), url("closing", "2026Q3")
    assert address in desk.get(url("quarters")).content.decode()
    page = desk.get(address)
    assert "站前区实验小学" in page.content.decode()
    assert [member.name for member in page.context["on_no_sheet"]] == [left.name]
    assert desk.get(progress).status_code == 404
    form = {"community": cast.nanyuan.code, "ids": str(page.context["id"])}
    answers = [desk.post(address, form) for _time in range(2)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, f"{progress}?community={cast.nanyuan.code}")
    }
    assert not QuarterClose.objects.exists()
    waiting = desk.get(answers[0]["Location"]).content.decode()
    assert "<progress" in waiting
    assert "刷新" in waiting

    jobs.run(Job.objects.get().pk)
    bar = desk.get(answers[0]["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in bar
    assert progress in bar
    done = desk.get(answers[0]["Location"])
    assert (done.context["closed"].all_sheets, done.context["closed"].members) == (1, 1)
    assert left.name in done.content.decode()
    assert FeedbackSheet.objects.count() == 1
    assert desk.get(address)["Location"] == answers[0]["Location"]
    # A colleague who did not start it reads the same; next door there is nothing to read.
    assert as_("secretary").get(progress).status_code == 200
    assert as_("desk_next_door").get(answers[0]["Location"]).status_code == 404
    assert as_("member").get(progress).status_code == 404
    assert progress in desk.get(url("quarters")).content.decode()


def test_a_close_that_failed_says_why_and_can_be_tried_again(cast: Cast, as_: As) -> None:
    desk, address = as_("desk"), url("close", "2026Q3")
    shown = desk.post(address, {"community": cast.nanyuan.code})["Location"]
    cast.users["desk"].grants.update(ended_at=NOW, until=NOW.date())
    jobs.run(Job.objects.get().pk)
    assert Job.objects.get().state == "failed"
    assert not QuarterClose.objects.exists()
    cast.users["desk"].grants.update(ended_at=None, until=None)
    page = desk.get(shown).content.decode()
    assert Job.objects.get().message in page
    assert address in page


@pytest.mark.parametrize("quarter", ["2099Q4", "2026Q5", "0000Q1", "9999Q4", "today"])
def test_a_quarter_that_is_not_over_or_is_none_is_refused(as_: As, quarter: str) -> None:
    desk = as_("desk")
    assert desk.get(url("close", quarter)).status_code == 422
    assert desk.post(url("close", quarter)).status_code == 422
    assert desk.post(url("supplements", quarter)).status_code == 404


def test_supplements_are_drafted_on_the_screen(cast: Cast, as_: As, sheet: FeedbackSheet) -> None:
    served(cast, on=OCTOBER.replace(month=9), now=OCTOBER.replace(day=20))
    desk = as_("desk")
    assert desk.post(url("supplements", "2026Q3")).status_code == 302
    assert desk.post(url("supplements", "2026Q3")).status_code == 302
    assert sorted(FeedbackSheet.objects.values_list("supplement_no", flat=True)) == [0, 1]
    late = FeedbackSheet.objects.get(supplement_no=1)
    assert desk.get(late.get_absolute_url()).status_code == 200


def test_the_secretary_remarks_and_approves(cast: Cast, as_: As, sheet: FeedbackSheet) -> None:
    line, browser = line_of(cast.teacher_member), as_("secretary")
    address = url("remark", sheet.pk, line.pk)
    assert browser.post(address, {"remark": "带队"})["Location"] == sheet.get_absolute_url()
    part = browser.post(address, {"remark": "带队两次"}, headers={"HX-Request": "true"}).content.decode()
    assert 'value="带队两次"' in part
    assert "<html" not in part
    whole = browser.get(sheet.get_absolute_url()).content.decode()
    assert url("approvals") in whole
    ticked = {"ids": [sheet.pk, "no id"], "next": sheet.get_absolute_url()}
    asked = browser.post(url("approvals"), ticked)
    assert "站前区实验小学" in asked.content.decode()
    assert FeedbackSheet.objects.get().approved_at is None
    ticked["confirmed"] = "1"
    assert browser.post(url("approvals"), ticked)["Location"] == sheet.get_absolute_url()
    sheet.refresh_from_db()
    assert sheet.number == f"{cast.nanyuan.code}-2026Q3-001"
    assert browser.post(url("approvals"), ticked | {"next": "https://example.org/"})["Location"] == url("sheets")
    assert browser.post(address, {"remark": "晚了"}).status_code == 409


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_remark_too_long_is_shown_again(cast: Cast, as_: As, sheet: FeedbackSheet, headers: dict[str, str]) -> None:
    colleague(cast)
    address = url("remark", sheet.pk, line_of(cast.teacher_member).pk)
    answer = as_("desk").post(address, {"remark": "长" * 201}, headers=headers)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "长" * 201 in page
    assert page.count('aria-invalid="true"') == page.count("invalid-feedback d-block") == 1


def test_a_number_opens_to_its_services(cast: Cast, as_: As, sheet: FeedbackSheet) -> None:
    address = url("figures", sheet.pk, line_of(cast.teacher_member).pk)
    assert address in as_("desk").get(sheet.get_absolute_url()).content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        assert "周末清洁" in as_("desk").get(address, headers=headers).content.decode()


def test_the_liaison_reads_and_answers_only_what_was_sent_to_the_own_unit(
    cast: Cast, as_: As, sheet: FeedbackSheet, now: datetime
) -> None:
    unit, next_door = as_("liaison"), as_("liaison_next_door")
    address = sheet.get_absolute_url()
    assert unit.get(url("quarters"))["Location"] == url("sheets")
    assert address not in unit.get(url("sheets")).content.decode()
    assert unit.get(address).status_code == 404
    approve_sheets(sheets=[sheet], by=cast.actor("secretary"), now=now)
    assert address in unit.get(url("sheets")).content.decode()
    assert address not in next_door.get(url("sheets")).content.decode()
    page = unit.get(address).content.decode()
    assert url("figures", sheet.pk, line_of(cast.teacher_member).pk) not in page
    assert url("reading", sheet.pk) in page
    assert unit.post(url("reading", sheet.pk)).status_code == 204

    wrong = unit.post(url("answer", sheet.pk), {"answer": "disputed", "text": ""})
    assert wrong.status_code == 422
    assert unit.post(url("answer", sheet.pk), {}).status_code == 422
    assert unit.post(url("answer", sheet.pk), {"answer": "disputed", "text": "少一次"})["Location"] == address
    assert unit.post(url("answer", sheet.pk), {"answer": "acknowledged"}).status_code == 409
    desk = as_("desk")
    assert desk.post(url("reply", sheet.pk), {"text": ""}).status_code == 422
    assert desk.post(url("reply", sheet.pk), {"text": "已补记"}).status_code == 302
    assert "已补记" in unit.get(address).content.decode()


def test_a_unit_without_account_gets_paper(cast: Cast, as_: As, now: datetime) -> None:
    more_units(cast, 1)
    approve_sheets(sheets=closed(cast), by=cast.actor("secretary"), now=now)
    sent, has_account = FeedbackSheet.objects.order_by("-work_unit__name")
    assert url("hand_over", has_account.pk) not in as_("desk").get(has_account.get_absolute_url()).content.decode()
    desk = as_("desk")
    assert url("hand_over", sent.pk) in desk.get(sent.get_absolute_url()).content.decode()
    for wrong in ("", "2999-01-01", "tomorrow"):
        assert desk.post(url("hand_over", sent.pk), {"on": wrong}).status_code == 422
    assert desk.post(url("hand_over", sent.pk), {"on": "2026-11-20"}).status_code == 302
    sent.refresh_from_db()
    assert str(sent.handed_over_on) == "2026-11-20"


@pytest.mark.parametrize(("kind", "begins"), [("xlsx", b"PK"), ("docx", b"PK")])
def test_a_sheet_on_paper(as_: As, sent: FeedbackSheet, kind: str, begins: bytes) -> None:
    for who in ("desk", "liaison", "overseer"):
        answer = as_(who).get(url("paper", sent.pk, kind))
        assert (answer.status_code, answer.content[:2]) == (200, begins)
    assert as_("desk").get(url("paper", sent.pk, "pdf")).status_code == 404


def sheet_addresses(sheet: FeedbackSheet) -> dict[str, str]:
    line = sheet.lines.get().pk
    addresses = {name: url(name, sheet.pk) for name in ("reading", "answer", "reply", "hand_over")}
    return addresses | {"remark": url("remark", sheet.pk, line)}


def test_next_door_there_is_no_sheet(as_: As, sent: FeedbackSheet) -> None:
    line = sent.lines.get().pk
    for who in ("desk_next_door", "overseer_next_door", "liaison_next_door", "member", "auditor"):
        browser = as_(who)
        pages = [sent.get_absolute_url(), url("figures", sent.pk, line), url("paper", sent.pk, "docx")]
        assert {browser.get(page).status_code for page in pages} == {404}, who
        assert {browser.post(address).status_code for address in sheet_addresses(sent).values()} == {404}, who
        browser.post(url("approvals"), {"ids": [sent.pk]})
    closing = {"community": sent.community.code}
    assert as_("desk_next_door").post(url("close", "2026Q2"), closing).status_code == 404
    assert as_("desk_next_door").get(url("quarters"), closing).status_code == 404
    assert as_("member").get(url("quarters")).status_code == 404
    assert as_("member").get(url("sheets")).status_code == 404
    sent.refresh_from_db()
    assert (sent.read_at, sent.answered_at, sent.handed_over_on) == (None, None, None)


def test_the_overseer_reads_and_changes_nothing(as_: As, sheet: FeedbackSheet) -> None:
    browser, line = as_("overseer"), sheet.lines.get().pk
    for page in (url("quarters"), url("sheets"), sheet.get_absolute_url(), url("figures", sheet.pk, line)):
        assert browser.get(page).status_code == 200
    addresses = sheet_addresses(sheet)
    typed = {"remark": "x", "text": "x", "on": "2026-11-20", "answer": "acknowledged", "ids": [sheet.pk]}
    for name in ("remark", "reply", "hand_over"):
        assert browser.post(addresses[name], typed).status_code == 403, name
    for name in ("reading", "answer"):
        assert browser.post(addresses[name], typed).status_code in (403, 404), name
    assert browser.post(url("approvals"), typed).status_code == 403
    community = {"community": sheet.community.code}
    for address in (url("close", "2026Q2"), url("supplements", "2026Q3")):
        assert browser.post(address, community).status_code == 403
    assert "form" in browser.get(sheet.get_absolute_url()).content.decode()
    assert addresses["remark"] not in browser.get(sheet.get_absolute_url()).content.decode()


def test_the_list_of_sheets_asks_as_much_for_three_as_for_one(
    cast: Cast, as_: As, sheet: FeedbackSheet, queries: Any
) -> None:
    desk = as_("secretary")
    desk.get(url("sheets"))
    with queries() as one:
        assert len(desk.get(url("sheets")).context["rows"]) == 1
    more_units(cast, 2)
    for unit in WorkUnit.objects.filter(name__endswith="中学"):
        where = {"community": sheet.community, "path": sheet.path, "district_code": sheet.district_code}
        FeedbackSheet.objects.create(**where, close=sheet.close, work_unit=unit, quarter="2026Q3", as_of=sheet.as_of)
    with queries() as three:
        assert len(desk.get(url("sheets")).context["rows"]) == 3
    assert len(one) == len(three)


def test_the_list_is_searched_and_sorted(cast: Cast, as_: As) -> None:
    more_units(cast, 2)
    served(cast)
    closed(cast)
    desk = as_("desk")

    def names(**asked: str) -> list[str]:
        return [row.work_unit.name for row, _word, _tone in desk.get(url("sheets"), asked).context["rows"]]

    assert names(q="第2") == ["第2中学"]
    assert names(quarter="2026Q2") == []
    assert names(sort="-minutes")[0] == "站前区实验小学"
    assert len(names(sort="nonsense", page="99")) == 3


def test_the_year_is_drafted_judged_shown_and_sent(cast: Cast, as_: As) -> None:
    secretary, member = as_("secretary"), as_("member")
    this_year = {"year": "2026"}
    assert secretary.post(url("drafts"), this_year)["Location"] == f"{url('appraisals')}?year=2026"
    row = Appraisal.objects.get()
    address, ticked = row.get_absolute_url(), this_year | {"ids": [str(row.pk)]}
    assert address in secretary.get(url("appraisals"), this_year).content.decode()
    assert secretary.get(address).status_code == 200
    assert "社区意见" not in member.get(address).content.decode()

    def pick(verb: str) -> str:
        if verb in ("approve", "send"):
            asked = secretary.post(url("verdicts"), ticked | {"verb": verb})
            before = row.approved_at, row.sent_at
            row.refresh_from_db()
            assert ("林晓岚" in asked.content.decode(), (row.approved_at, row.sent_at)) == (True, before)
        answer = secretary.post(url("verdicts"), ticked | {"verb": verb, "confirmed": "1"}, follow=True)
        row.refresh_from_db()
        return " ".join(str(message) for message in answer.context["messages"])

    assert secretary.post(url("verdicts"), ticked | {"verb": "approve", "confirmed": "1"}).status_code == 422
    pick("took_part")
    pick("approve")
    assert (row.opinion, row.approved_at is not None) == ("took_part", True)
    assert address in member.get(url("mine")).content.decode()
    assert url("objection", row.pk) in member.get(address).content.decode()
    assert member.post(url("objection", row.pk), {"text": ""}).status_code == 422
    assert member.post(url("objection", row.pk), {"text": "少算一次"})["Location"] == address
    held_up = secretary.post(url("verdicts"), ticked | {"verb": "send", "confirmed": "1"})
    row.refresh_from_db()
    assert (held_up.status_code, address in held_up.content.decode(), row.sent_at) == (422, True, None)
    assert secretary.post(url("objection_answer", row.pk), {"text": " "}).status_code == 422
    assert secretary.post(url("objection_answer", row.pk), {"text": "已核对"})["Location"] == address
    assert as_("liaison").get(address).status_code == 404
    pick("send")
    assert row.sent_at is not None
    page = as_("liaison").get(address).content.decode()
    assert "少算一次" in page
    assert "已核对" in page
    assert "周末清洁" not in page


def test_the_member_writes_his_own_words_on_the_draft(as_: As, draft: Appraisal) -> None:
    member = as_("member")
    assert draft.get_absolute_url() in member.get(url("mine")).content.decode()
    assert member.post(url("own_words", draft.pk), {"text": "每周巡逻"})["Location"] == draft.get_absolute_url()
    draft.refresh_from_db()
    assert draft.own_words == "每周巡逻"
    assert member.post(url("opinion", draft.pk), {"opinion": "active"}).status_code in (403, 404)
    assert as_("member_next_door").get(draft.get_absolute_url()).status_code == 404


def test_the_desk_writes_words_exemptions_and_service_elsewhere(as_: As, draft: Appraisal) -> None:
    desk = as_("desk")
    said = {
        "own_words": {"text": "每周巡逻"},
        "opinion": {"opinion": "active", "text": "好"},
        "exemptions": {"kind": "ill", "since": "2026-01-01", "until": "2026-02-01"},
        "duties_elsewhere": {"hours": "1.5", "deeds": "2", "proof": "鲅鱼圈区 17"},
    }
    for name, typed in said.items():
        assert desk.post(url(name, draft.pk), typed)["Location"] == draft.get_absolute_url(), name
    draft.refresh_from_db()
    assert (draft.own_words, draft.opinion, draft.opinion_text) == ("每周巡逻", "active", "好")
    assert Exemption.objects.get().kind == "ill"
    assert (DutyElsewhere.objects.get().minutes, DutyElsewhere.objects.get().deeds) == (90, 2)
    assert desk.get(draft.get_absolute_url()).status_code == 200
    assert desk.get(url("appraisal_paper", draft.pk)).content[:2] == b"PK"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("own_words", {"text": "长" * 1001}),
        ("opinion", {"opinion": "best"}),
        ("opinion", {}),
        ("exemptions", {"kind": "ill", "since": "2026-02-01", "until": "2026-02-01"}),
        ("exemptions", {"kind": "tired", "since": "2026-02-01"}),
        ("duties_elsewhere", {"hours": "0", "deeds": "0", "proof": "证"}),
        ("duties_elsewhere", {"hours": "NaN", "deeds": "1", "proof": "证"}),
        ("duties_elsewhere", {"hours": "1", "deeds": "1", "proof": " "}),
        ("objection_answer", {"text": "查"}),
    ],
)
def test_what_makes_no_sense_is_shown_again(as_: As, draft: Appraisal, name: str, typed: dict[str, str]) -> None:
    assert as_("secretary").post(url(name, draft.pk), typed).status_code == 422


@pytest.mark.parametrize("year", ["0000", "1999", "9999"])
def test_a_year_to_come_is_refused(as_: As, year: str) -> None:
    assert as_("desk").post(url("drafts"), {"year": year}).status_code == 422
    assert as_("desk").get(url("appraisals"), {"year": year}).status_code == 200
    assert as_("desk").get(url("appraisals"), {"year": "x", "verdict": "x", "q": "x"}).status_code == 200


NAMES = ["own_words", "opinion", "exemptions", "duties_elsewhere", "objection_answer"]
TYPED = {"text": "x", "opinion": "active", "kind": "ill", "since": "2026-01-01", "hours": 1, "deeds": 1, "proof": "x"}


def test_next_door_there_is_no_appraisal(as_: As, shown: Appraisal) -> None:
    for who in ("desk_next_door", "overseer_next_door", "liaison", "member_next_door", "auditor"):
        browser = as_(who)
        for page in (shown.get_absolute_url(), url("appraisal_paper", shown.pk)):
            assert browser.get(page).status_code == 404, who
        for name in [*NAMES, "objection"]:
            assert browser.post(url(name, shown.pk), TYPED).status_code == 404, (who, name)
    next_door = as_("desk_next_door").get(url("appraisals"), {"year": "2026"}).content.decode()
    assert shown.get_absolute_url() not in next_door
    assert as_("member").get(url("appraisals")).status_code == 404
    assert Appraisal.objects.filter(objection=None).count() == 1


def test_the_overseer_reads_appraisals_and_changes_nothing(as_: As, draft: Appraisal) -> None:
    browser = as_("overseer")
    for page in (url("appraisals") + "?year=2026", draft.get_absolute_url(), url("appraisal_paper", draft.pk)):
        assert browser.get(page).status_code == 200
    for name in NAMES:
        typed = TYPED | ({"text": "x"} if name != "opinion" else {})
        assert browser.post(url(name, draft.pk), typed).status_code == 403, name
    assert browser.post(url("drafts"), {"year": "2026"}).status_code == 403
    for verb in ("active", "approve"):
        assert browser.post(url("verdicts"), {"ids": [draft.pk], "verb": verb}).status_code == 403
    assert browser.post(url("objection", draft.pk), TYPED).status_code == 404
    assert Appraisal.objects.get().opinion == ""


def test_the_list_of_appraisals_asks_as_much_for_three_as_for_one(
    cast: Cast, as_: As, draft: Appraisal, now: datetime, queries: Any
) -> None:
    desk = as_("desk")
    desk.get(url("appraisals"), {"year": "2026"})
    with queries() as one:
        assert len(desk.get(url("appraisals"), {"year": "2026"}).context["rows"]) == 1
    colleague(cast, 1)
    colleague(cast, 2)
    draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now)
    with queries() as three:
        assert len(desk.get(url("appraisals"), {"year": "2026"}).context["rows"]) == 3
    assert len(one) == len(three)


def test_an_appraisal_that_does_not_exist(as_: As) -> None:
    assert as_("desk").get(url("appraisal", new_id())).status_code == 404
    assert as_("desk").get(url("sheet", new_id())).status_code == 404


def test_the_unit_lists_only_what_was_sent(cast: Cast, as_: As, shown: Appraisal, now: datetime) -> None:
    unit = as_("liaison")
    assert unit.get(url("appraisals"), {"year": "2026"}).context["rows"] == []
    send_appraisals(appraisals=[shown], by=cast.actor("secretary"), now=now)
    page = unit.get(url("appraisals"), {"year": "2026"})
    assert [row.pk for row, _tone, _state in page.context["rows"]] == [shown.pk]
    assert url("drafts") not in page.content.decode()


def test_an_answered_sheet_asks_nothing_more(cast: Cast, as_: As, sent: FeedbackSheet, now: datetime) -> None:
    answer_sheet(sheet=sent, answer=Answer.ACKNOWLEDGED, by=cast.actor("liaison"), now=now)
    page = as_("liaison").get(sent.get_absolute_url()).content.decode()
    assert url("answer", sent.pk) not in page
    assert url("reading", sent.pk) not in page


def test_an_objection_is_open_until_answered(cast: Cast, as_: As, shown: Appraisal, now: datetime) -> None:
    object_to_appraisal(appraisal=shown, text="少算", by=cast.actor("member"), now=now)
    assert url("objection_answer", shown.pk) in as_("secretary").get(shown.get_absolute_url()).content.decode()
    assert url("objection_answer", shown.pk) not in as_("desk").get(shown.get_absolute_url()).content.decode()
    assert as_("desk").post(url("objection_answer", shown.pk), {"text": "查"}).status_code == 403
