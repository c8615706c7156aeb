"""Every screen of pledges: does it, next door 404, read-only 403, bad input 422; a fixed number of statements."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from docx import Document
from python_calamine import load_workbook

from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.pledges import commands
from guangcai.pledges.enums import Finding, Measure
from guangcai.pledges.models import ChecklistMark, Item, Pledge, PledgeMark, PledgeReview, Template, Version
from guangcai.pledges.rules import Promise, Written
from tests.cast import Cast, make_member
from tests.pledges.conftest import YEAR_END, serve, version_of
from tests.pledges.test_pledges import NEW_YEAR, note_line

SignIn = Callable[[Any], Client]
STRANGERS = ["desk_next_door", "overseer_next_door", "member_next_door", "liaison", "auditor"]


def page(name: str, *args: Any) -> str:
    return reverse(f"pledges:{name}", args=args)


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_member_pledges_marks_and_prints(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    browser, address, key = signed_in(cast.member), page("new", "six_leads", 2026), new_id()
    assert "六带头" in words_of(browser.get(page("mine")))
    assert "八个带头" not in words_of(browser.get(page("mine")))
    assert "带头创建文明楼组" in words_of(browser.get(address))
    refused = browser.post(address, {"id": key, "due_on": YEAR_END})
    assert (refused.status_code, Pledge.objects.count()) == (422, 0)
    assert "至少" in words_of(refused)
    sent = {"id": key, "due_on": YEAR_END, "take-5": "on", "times-5": "2", "take-6": "on", "is_public": "on"}
    for _twice in range(2):
        assert browser.post(address, sent).status_code == 302
    pledge = Pledge.objects.get(pk=key)
    assert [(line.text, line.times) for line in pledge.lines.all()] == [
        ("带头维护社会治安", 2),
        ("带头创建文明楼组", 1),
    ]
    serve(cast, cast.teacher_member, days_ago=3, now=now)
    shown = words_of(browser.get(page("pledge", key)))
    assert "1次" in shown.replace(" ", "")
    assert "1.00" in shown
    drawn, noted = pledge.lines.all()
    assert "夜间巡看" in words_of(browser.get(page("line", drawn.pk)))
    assert browser.post(page("marks", noted.pk), {"done_on": "2026-11-20", "note": ""}).status_code == 422
    for _twice in range(2):
        assert (
            browser.post(page("marks", noted.pk), {"done_on": "2026-11-20", "note": "评为文明楼组"}).status_code == 302
        )
    mark = PledgeMark.objects.get()
    assert "评为文明楼组" in words_of(browser.get(page("pledge", key)))
    browser.post(page("mark_removal", mark.pk))
    mark.refresh_from_db()
    assert mark.withdrawn_at is not None
    for kind in ("docx", "pdf"):
        assert browser.get(page("paper", key, kind)).status_code == 200
    assert browser.get(page("paper", key, "exe")).status_code == 404
    text = "\n".join(p.text for p in Document(BytesIO(browser.get(page("paper", key, "docx")).content)).paragraphs)
    assert "林晓岚" in text
    assert "2026年12月31日" in text


def test_own_words_are_lines(cast: Cast, signed_in: SignIn) -> None:
    browser, address = signed_in(cast.member), page("new", "own_words", 2027)
    sent = {"id": new_id(), "due_on": "2027-06-30", "words": "教邻居用手机\n\n 整理楼道 \n"}
    assert browser.post(address, sent).status_code == 302
    pledge = Pledge.objects.get()
    assert (pledge.year, [line.text for line in pledge.lines.all()]) == (2027, ["教邻居用手机", "整理楼道"])
    assert browser.get(page("new", "own_words", 2029)).status_code == 404
    assert browser.get(page("new", "eight_leads", 2026)).status_code == 404


def all_pages(pledge: Pledge) -> list[str]:
    line = pledge.lines.get(measure=Measure.KIND)
    pages = [page(name, pledge.pk) for name in ("pledge", "end", "review", "answer")]
    return [*pages, page("line", line.pk), page("marks", note_line(pledge).pk), page("paper", pledge.pk, "pdf")]


def test_next_door_there_is_nothing(cast: Cast, signed_in: SignIn, pledged: Any) -> None:
    for is_public in (True, False):
        Pledge.objects.all().update(ended_at=datetime.fromisoformat("2026-11-20T01:00:00+00:00"), end_reason="moved")
        pledge = pledged(is_public=is_public)
        for who in STRANGERS:
            browser = signed_in(cast.users[who])
            for address in all_pages(pledge):
                assert browser.get(address).status_code == 404, (who, address)
            for name in ("end", "review", "answer"):
                assert browser.post(page(name, pledge.pk), {}).status_code == 404, (who, name)
            assert browser.get(page("public"), {"community": cast.nanyuan.code}).status_code == 404
    assert Client().get(page("list")).status_code == 302


def test_the_overseer_sees_public_words_and_changes_nothing(cast: Cast, signed_in: SignIn, pledged: Any) -> None:
    pledge, browser = pledged(), signed_in(cast.overseer)
    for address in all_pages(pledge):
        assert browser.get(address).status_code == 403, address
    for name in ("end", "review", "answer"):
        assert browser.post(page(name, pledge.pk), {}).status_code == 403, name
    assert cast.teacher_member.name in words_of(browser.get(page("public"), {"community": cast.nanyuan.code}))
    assert browser.get(page("export")).status_code == 404
    assert browser.get(page("public_paper", "pdf"), {"community": cast.nanyuan.code}).status_code == 403
    hidden = pledged(is_public=False, version=version_of("own_words"), promises=[Promise("不公开的承诺")])
    assert browser.get(page("pledge", hidden.pk)).status_code == 404
    assert "不公开的承诺" not in words_of(browser.get(page("public"), {"community": cast.nanyuan.code}))


def test_a_neighbour_reads_public_ones_only(cast: Cast, signed_in: SignIn, pledged: Any) -> None:
    pledge = pledged()
    pledged(is_public=False, version=version_of("own_words"), promises=[Promise("不公开的承诺")])
    neighbour = make_member(cast, "n", "陈志强", "13712340001", community=cast.nanyuan, unit=cast.school)
    from guangcai.orgs.roles import Role
    from tests.cast import grant, make_user

    user = make_user(cast, "nu", neighbour.name, "13712340001", member=neighbour)
    grant(user, Role.MEMBER, node=cast.nanyuan)
    browser = signed_in(user)
    shown = words_of(browser.get(page("public")))
    assert "带头维护社会治安" in shown
    assert "不公开的承诺" not in shown
    assert browser.get(page("pledge", pledge.pk)).status_code == 403


def test_the_desk_lists_exports_and_reviews(cast: Cast, signed_in: SignIn, pledged: Any, now: datetime) -> None:
    browser, pledge = signed_in(cast.desk), pledged()
    assert "林晓岚" in words_of(browser.get(page("list")))
    assert browser.get(page("list"), {"state": "to_review"}).status_code == 200
    book = load_workbook(BytesIO(browser.post(f"{page('export')}?q=林晓岚").content)).get_sheet_by_index(0)
    rows = book.to_python()
    assert (rows[1][0], rows[1][1], rows[1][5]) == ("林晓岚", "六带头", "0/2")
    assert AuditEvent.objects.filter(tag="members:roster:export").count() == 1
    assert browser.post(page("reviews"), {"ids": [pledge.pk]}).status_code == 422
    assert browser.get(page("review", pledge.pk)).status_code == 302
    assert browser.post(page("review", pledge.pk), {"finding": "partly", "words": "差一项"}).status_code == 422
    with time_machine.travel(NEW_YEAR, tick=False):
        browser = signed_in(cast.desk)
        assert "到期待评议的承诺" in words_of(browser.get("/"))
        assert browser.get(page("review", pledge.pk)).status_code == 200
        assert browser.post(page("review", pledge.pk), {"finding": "partly", "words": ""}).status_code == 422
        for _twice in range(2):
            assert browser.post(page("review", pledge.pk), {"finding": "partly", "words": "差一项"}).status_code == 302
        own = signed_in(cast.member)
        assert "差一项" in words_of(own.get(page("pledge", pledge.pk)))
        assert own.post(page("answer", pledge.pk), {"answer": ""}).status_code == 422
        assert own.post(page("answer", pledge.pk), {"answer": "明年补上"}).status_code == 302
        assert own.post(page("answer", pledge.pk), {"answer": "再说"}).status_code == 422
        assert "明年补上" in words_of(browser.get(page("pledge", pledge.pk)))


def test_the_fulfilled_are_reviewed_together(cast: Cast, signed_in: SignIn, pledged: Any, now: datetime) -> None:
    pledge, browser = pledged(promises=[Promise("带头创建文明楼组")]), signed_in(cast.desk)
    assert f'value="{pledge.pk}"' not in words_of(browser.get(page("list")))
    line, own = note_line(pledge), cast.actor("member")
    commands.mark_done(line=line, done_on=now.date(), note="评上了", by=own, now=now)
    assert str(pledge.pk) in words_of(browser.get(page("list")))
    for _twice in range(2):
        assert browser.post(page("reviews"), {"ids": [pledge.pk]}).status_code == 302
    assert PledgeReview.objects.get().finding == Finding.FULFILLED


def test_the_desk_writes_it_down_for_somebody(cast: Cast, signed_in: SignIn) -> None:
    browser, member = signed_in(cast.desk), cast.teacher_member
    shown = words_of(browser.get(page("people"), {"q": "林晓岚"}))
    assert f"?member={member.pk}" in shown
    address = f"{page('new', 'own_words', 2026)}?member={member.pk}"
    sent = {"id": new_id(), "due_on": YEAR_END, "words": "教邻居用手机"}
    assert browser.post(address, sent).status_code == 422
    assert browser.post(address, sent | {"asked": "本人到服务台提出"}).status_code == 302
    assert Pledge.objects.get().offered_by == cast.desk.pk
    other = f"{page('new', 'own_words', 2026)}?member={cast.police_member.pk}"
    assert browser.get(other).status_code == 404
    assert signed_in(cast.overseer).get(address).status_code == 403
    assert signed_in(cast.member).get(page("people")).status_code == 404


def test_ending_says_why(cast: Cast, signed_in: SignIn, pledged: Any) -> None:
    pledge, browser = pledged(), signed_in(cast.member)
    assert browser.get(page("end", pledge.pk)).status_code == 200
    assert browser.post(page("end", pledge.pk), {"reason": "nonsense"}).status_code == 422
    for _twice in range(2):
        assert browser.post(page("end", pledge.pk), {"reason": "no_time", "note": ""}).status_code == 302
    assert browser.get(page("end", pledge.pk)).status_code == 302
    assert browser.get(page("pledge", pledge.pk)).status_code == 200
    assert browser.get(page("answer", pledge.pk)).status_code == 302


def test_public_pledges_are_printed_by_the_desk(cast: Cast, signed_in: SignIn, pledged: Any) -> None:
    pledged()
    browser = signed_in(cast.desk)
    for kind in ("pdf", "docx"):
        assert browser.get(page("public_paper", kind)).status_code == 200
    assert browser.get(page("public_paper", "exe")).status_code == 404
    table = Document(BytesIO(browser.get(page("public_paper", "docx")).content)).tables[0]
    assert [cell.text for cell in table.rows[1].cells][:2] == ["林晓岚", "六带头"]


def form_of(cast: Cast, **other: Any) -> dict[str, Any]:
    return {
        "node": cast.district.pk,
        "since_year": 2026,
        "source": "区里通知",
        "text-1": "读一本书",
        "from-1": "note",
    } | other


def test_the_operator_fills_what_the_documents_leave_open(cast: Cast, signed_in: SignIn) -> None:
    browser, address = signed_in(cast.administrator), page("template", "seven_ones")
    assert browser.get(page("templates")).status_code == 200
    assert browser.get(address).status_code == 200
    assert browser.post(address, form_of(cast, **{"text-1": ""})).status_code == 422
    kind = Item.objects.filter(kind__isnull=False).first()
    assert kind is not None
    for _twice in range(2):
        sent = form_of(cast, **{"text-2": "做一次治安巡逻", "from-2": str(kind.kind_id)})
        assert browser.post(address, sent).status_code == 302
    version = Version.objects.get(template__code="seven_ones")
    assert [(item.text, item.kind_id) for item in version.items.all()] == [
        ("读一本书", None),
        ("做一次治安巡逻", kind.kind_id),
    ]
    assert "七个一" in words_of(signed_in(cast.member).get(page("mine")))
    assert signed_in(cast.overseer).get(address).status_code == 404
    desk = signed_in(cast.desk)
    assert desk.post(address, form_of(cast)).status_code == 422
    assert desk.post(address, form_of(cast, node=cast.nanyuan.pk)).status_code == 302
    checklist = page("template", "four_in_person")
    assert desk.get(checklist).status_code == 200
    assert desk.post(checklist, form_of(cast, node=cast.nanyuan.pk)).status_code in (403, 404)
    assert desk.get(page("template", "own_words")).status_code == 200


@pytest.fixture
def items(cast: Cast, now: datetime) -> list[Item]:
    version = commands.add_version(
        template=Template.objects.get(code="four_in_person"),
        node=cast.district,
        items=[Written(f"第{n}项") for n in range(1, 6)],
        since_year=2026,
        source="区里填写",
        by=cast.actor("administrator"),
        now=now,
    )
    return list(version.items.all())


def test_the_secretary_marks_and_the_overseer_reads(cast: Cast, signed_in: SignIn, items: list[Item]) -> None:
    browser = signed_in(cast.secretary)
    address = page("checklist_mark", cast.nanyuan.code, items[0].pk, 2026)
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"done_on": "2026-11-20", "note": ""}).status_code == 422
    for _twice in range(2):
        assert browser.post(address, {"done_on": "2026-11-20", "note": "亲自接待来访"}).status_code == 302
    mark = ChecklistMark.objects.get()
    assert "亲自接待来访" in words_of(signed_in(cast.overseer).get(page("checklists")))
    assert signed_in(cast.overseer).get(address).status_code == 403
    assert signed_in(cast.desk).post(address, {"done_on": "2026-11-20", "note": "x"}).status_code == 403
    assert signed_in(cast.desk_next_door).get(address).status_code == 404
    assert signed_in(cast.member).get(page("checklists")).status_code == 404
    assert signed_in(cast.overseer_next_door).post(page("checklist_mark_removal", mark.pk)).status_code == 404
    assert signed_in(cast.desk).post(page("checklist_mark_removal", mark.pk)).status_code == 403
    for _twice in range(2):
        assert browser.post(page("checklist_mark_removal", mark.pk)).status_code == 302
    assert "亲自接待来访" not in words_of(browser.get(page("checklists")))


def test_lists_send_as_many_statements_for_three_rows_as_for_one(
    cast: Cast, signed_in: SignIn, pledged: Any, queries: Any, items: list[Item], now: datetime
) -> None:
    desk, member_of_cast = signed_in(cast.desk), signed_in(cast.member)
    addresses = [(desk, page(name)) for name in ("list", "export", "public", "checklists", "templates")]
    addresses.append((member_of_cast, page("mine")))
    secretary = cast.actor("secretary")
    counts: list[list[int]] = []
    for round_ in range(2):
        numbers = [0] if round_ == 0 else [1, 2]
        for number in numbers:
            member = make_member(
                cast, f"m{number}", f"邻居{number}", f"1371234{number:04d}", community=cast.nanyuan, unit=cast.school
            )
            pledged(member=member)
            commands.mark_checklist(
                community=cast.nanyuan,
                item=items[number],
                year=2026,
                done_on=now.date(),
                note="x",
                by=secretary,
                now=now,
            )
        for browser, address in addresses:
            browser.get(address)
        seen = []
        for browser, address in addresses:
            with queries() as sent:
                assert browser.get(address).status_code == 200
            seen.append(len(sent))
        counts.append(seen)
    assert counts[0] == counts[1]


def test_rubbish_in_addresses_is_no_error(cast: Cast, signed_in: SignIn, pledged: Any) -> None:
    pledged()
    browser = signed_in(cast.desk)
    for query in ("?year=abcd", "?year=99999999999", "?community=x", "?page=9&sort=x"):
        for name in ("list", "public", "checklists", "mine"):
            assert browser.get(page(name) + query).status_code in (200, 404), (name, query)
    assert browser.get(page("new", "own_words", 2026) + "?member=rubbish").status_code == 404


def test_the_district_adds_a_template_of_its_own(cast: Cast, signed_in: Any) -> None:
    browser, address = signed_in(cast.administrator), reverse("pledges:template_new")
    assert address in browser.get(reverse("pledges:templates")).content.decode()
    assert browser.get(address).status_code == 200
    fields = {"id": str(new_id()), "name": "一名党员一个家园", "form": "items", "source": ""}
    taken = Template.objects.get(code="six_leads").name
    for wrong in ({"name": ""}, {"name": taken}, {"form": "words"}, {"id": ""}):
        assert browser.post(address, fields | wrong).status_code == 422, wrong
    answer = browser.post(address, fields)
    assert browser.post(address, fields)["Location"] == answer["Location"], "sent twice is one"
    assert browser.post(address, fields | {"name": "别的"}).status_code == 409
    row = Template.objects.get(name=fields["name"])
    assert answer["Location"] == reverse("pledges:template", args=[row.code])
    assert browser.get(answer["Location"]).status_code == 200
    assert AuditEvent.objects.filter(tag="pledges:template:add").count() == 1
    assert signed_in(cast.secretary).get(address).status_code == 403
    assert signed_in(cast.member).get(address).status_code == 404
