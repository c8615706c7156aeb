"""Every screen of councils: does it, next door 404, read-only 403, bad input 422; a fixed number of statements."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from python_calamine import load_workbook

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.councils import commands
from guangcai.councils.enums import BodyKind, PartyClass, Side
from guangcai.councils.models import (
    AgreementItem,
    Body,
    BodyMember,
    BodyRecord,
    Contest,
    ContestEntry,
    Delivery,
    JointAgreement,
    JointPledge,
    Judgement,
    MatterLink,
    Meeting,
    Minutes,
    Proposal,
)
from guangcai.portal.commands import add_suggestion
from guangcai.reports.statistics import Question, figures
from tests.cast import Cast
from tests.councils.conftest import DAY, call, close, finish, promise, set_up

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def page(name: str, *args: Any) -> str:
    return reverse(f"councils:{name}", args=args)


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


LISTS = ("bodies", "proposals", "pledges", "agreements", "contests")


@pytest.fixture
def agreement(cast: Cast, desk: Actor, now: datetime) -> JointAgreement:
    items = [
        commands.ItemDraft(Side.UNIT, "开放图书室", 24, "次"),
        commands.ItemDraft(Side.COMMUNITY, "护学岗", 9, "次"),
    ]
    draft = commands.AgreementDraft(cast.school, now.date(), now.date() + 99 * DAY, items)
    row = commands.draw_up_agreement(community=cast.nanyuan, draft=draft, by=desk, now=now)
    return commands.sign_agreement(
        agreement=row, signature=commands.Signature("何静", row.starts_on, "柜"), by=desk, now=now
    )


def open_contest(cast: Cast, desk: Actor, now: datetime, *, name: str = "评比") -> Contest:
    return commands.open_contest(
        node=cast.nanyuan, name=name, closes_on=now.date() + 9 * DAY, criteria=[("居民受益", 100)], by=desk, now=now
    )


def everything(body: Body, meeting: Meeting, pledge: JointPledge, agreement: JointAgreement) -> list[str]:
    """Every page that shows or asks something of one row."""
    pages = [page(name, body.pk) for name in ("body", "body_end", "seats", "people", "records", "meeting_new")]
    pages += [page(name, meeting.pk) for name in ("meeting", "closing", "call_off")]
    pages += [page(name, pledge.proposal_id) for name in ("proposal", "proposal_end", "links", "pledge_new")]
    pages += [page(name, pledge.pk) for name in ("pledge", "progress", "done", "owner", "withdrawal")]
    pages += [page(name, agreement.pk) for name in ("agreement", "agreement_end")]
    return [*pages, page("paper", agreement.pk, "pdf"), page("deliveries", AgreementItem.objects.all()[0].pk)]


def test_the_desk_opens_every_page(
    cast: Cast, signed_in: SignIn, body: Body, meeting: Meeting, pledge: JointPledge, agreement: JointAgreement
) -> None:
    browser = signed_in(cast.desk)
    pages = [page(name) for name in (*LISTS, "mine", "body_new", "proposal_new", "agreement_new", "contest_new")]
    pages += [page(f"{name}_export") for name in LISTS[:-1]]
    for address in [*pages, *everything(body, meeting, pledge, agreement)]:
        assert browser.get(address).status_code == 200, address
    for name in ("screening", "judgements", "sending_back"):
        assert browser.get(page(name, pledge.proposal_id)).status_code == 302, name
    assert browser.get(page("signature", agreement.pk)).status_code == 302
    assert browser.get(page("paper", agreement.pk, "txt")).status_code == 404
    assert browser.get(page("ours")).status_code == 404


def test_next_door_there_is_nothing(
    cast: Cast, signed_in: SignIn, body: Body, meeting: Meeting, pledge: JointPledge, agreement: JointAgreement
) -> None:
    for who in ["desk_next_door", "overseer_next_door", "member_next_door", "liaison_next_door", "auditor"]:
        browser = signed_in(cast.users[who])
        for address in everything(body, meeting, pledge, agreement):
            assert browser.get(address).status_code == 404, (who, address)
        for name in LISTS:
            shown = words_of(browser.get(page(name), follow=True))
            assert not any(words in shown for words in (body.name, pledge.item, agreement.number)), (who, name)
    assert Client().get(page("bodies")).status_code == 302


def test_who_reads_may_not_write(
    cast: Cast, signed_in: SignIn, body: Body, meeting: Meeting, pledge: JointPledge, agreement: JointAgreement
) -> None:
    reads = ("body", "meeting", "proposal", "pledge", "agreement")
    open_to = {reverse(f"councils:{name}", args=[new_id()]).rsplit("/", 2)[0] for name in reads}
    for who in ("overseer",):
        browser = signed_in(cast.users[who])
        for address in everything(body, meeting, pledge, agreement):
            is_read = address.rstrip("/").rsplit("/", 1)[0] in open_to
            assert browser.get(address).status_code == (200 if is_read else 403), (who, address)


def test_a_matter_on_the_screen(cast: Cast, signed_in: SignIn, body: Body, desk: Actor, now: datetime) -> None:
    """From the member's phone through the desk and the unit to the result that everybody reads."""
    phone, counter, unit = signed_in(cast.member), signed_in(cast.desk), signed_in(cast.liaison)
    given = {"id": new_id(), "node": cast.nanyuan.pk, "title": "加装扶手", "text": "楼道没有扶手"}
    assert phone.post(page("proposal_new"), given).status_code == 302
    row = Proposal.objects.get()
    assert counter.post(page("screening", row.pk), {"accepts": "no", "note": ""}).status_code == 422
    assert counter.post(page("screening", row.pk), {"accepts": "yes"}).status_code == 302
    meeting = call(body, desk, now)
    assert counter.post(page("tabling", row.pk), {"meeting": meeting.pk}).status_code == 302
    asked = {"id": new_id(), "work_unit": cast.school.pk, "kind": "money", "item": "出钱", "owner_name": "孙老师"}
    refused = unit.post(page("pledge_new", row.pk), asked | {"due_on": now.date()})
    assert refused.status_code == 422
    assert "请选以后的日期" in words_of(refused)
    assert unit.post(page("pledge_new", row.pk), asked | {"due_on": now.date() + 9 * DAY}).status_code == 302
    taken = counter.post(
        page("pledge_new", row.pk),
        asked | {"id": new_id(), "work_unit": cast.police_branch.pk, "due_on": now.date() + DAY},
    )
    assert taken.status_code == 409
    assert "已有单位承诺这件事" in words_of(taken)
    pledge = JointPledge.objects.get()
    assert unit.post(page("progress", pledge.pk), {"id": new_id(), "note": "开工了"}).status_code == 302
    done = {"done_on": now.date(), "evidence": "装好了", "quantity": 5}
    assert unit.post(page("done", pledge.pk), done).status_code == 422
    assert unit.post(page("done", pledge.pk), done | {"measure": "米"}).status_code == 302
    assert "请您评价" in words_of(phone.get("/"))
    assert phone.post(page("judgements", row.pk), {"id": new_id(), "verdict": "kept"}).status_code == 302
    assert counter.post(page("publication", row.pk)).status_code == 302
    story = words_of(signed_in(cast.overseer).get(page("proposal", row.pk)))
    assert "结果已公布" in story
    assert cast.member.name not in story
    public = Client().get(page("public", cast.nanyuan.code))
    assert public.status_code == 200
    assert "出钱" in words_of(public)
    assert not any(name in words_of(public) for name in ("孙老师", cast.member.name))
    assert Client().get(page("public", "000000000000")).status_code == 404


def test_the_liaison_sees_his_own(
    cast: Cast, signed_in: SignIn, pledge: JointPledge, agreement: JointAgreement, desk: Actor, now: datetime
) -> None:
    other = promise(pledge.proposal, cast, desk, now, item="别家承诺", unit="police_branch")
    browser = signed_in(cast.liaison)
    ours = words_of(browser.get(page("ours")))
    assert pledge.item in ours
    assert other.item not in ours
    shown = browser.get(page("proposal", pledge.proposal.pk))
    assert other.item in words_of(shown)
    assert (
        page("pledge", pledge.pk) in shown.content.decode(),
        page("pledge", other.pk) in shown.content.decode(),
    ) == (
        True,
        False,
    )
    assert browser.get(page("pledge", other.pk)).status_code == 404
    assert browser.get(page("agreement", agreement.pk)).status_code == 200
    assert browser.post(page("owner", pledge.pk), {"owner_name": "李老师"}).status_code == 302
    assert "李老师" in words_of(browser.get(page("pledge", pledge.pk)))
    assert "李老师" not in words_of(signed_in(cast.member).get(page("pledge", pledge.pk)))
    assert browser.post(page("withdrawal", pledge.pk), {"reason": ""}).status_code == 422
    assert browser.post(page("withdrawal", pledge.pk), {"reason": "经费未批"}).status_code == 302


def test_bodies_on_the_screen(cast: Cast, signed_in: SignIn, body: Body, now: datetime) -> None:
    browser = signed_in(cast.desk)
    given = {"id": new_id(), "node": cast.nanyuan.pk, "kind": "four_party", "name": "四方会", "purpose": "商量"}
    assert browser.post(page("body_new"), given | {"set_up_on": now.date() + DAY}).status_code == 422
    assert browser.post(page("body_new"), given | {"set_up_on": now.date()}).status_code == 302
    other = browser.post(page("body_new"), given | {"set_up_on": now.date(), "name": "另一个名字"})
    assert (other.status_code, "这张表单之前已提交过" in words_of(other)) == (409, True)
    assert "请修改以下内容" not in words_of(other)
    made = Body.objects.get(name="四方会")
    assert "社区民警" in words_of(browser.get(made.get_absolute_url()))
    seat = {"id": new_id(), "party": "police", "role": "member"}
    assert browser.post(page("seats", made.pk), seat).status_code == 422
    assert browser.post(page("seats", made.pk), seat | {"party_name": "民警老李"}).status_code == 302
    shown = browser.get(page("people", made.pk), {"q": "林晓"})
    assert cast.teacher_member.name in words_of(shown)
    chosen = {"id": new_id(), "member": cast.teacher_member.pk, "role": "convener"}
    assert browser.post(page("people", made.pk), chosen).status_code == 302
    assert "民警老李" in words_of(browser.get(made.get_absolute_url()))
    # Who sits there reads who else does; other readers see units and whom people speak for.
    assert "民警老李" in words_of(signed_in(cast.member).get(made.get_absolute_url()))
    row = BodyMember.objects.get(body=made, party=PartyClass.MEMBER)
    assert browser.post(page("seat_end", row.pk)).status_code == 302
    assert "民警老李" not in words_of(signed_in(cast.member).get(made.get_absolute_url()))
    record = {"id": new_id(), "kind": "menu", "month": now.date().replace(day=1).isoformat(), "text": "清扫日"}
    assert f"{now.year}年{now.month}月" in words_of(browser.get(page("records", body.pk)))
    assert browser.post(page("records", body.pk), record).status_code == 302
    assert BodyRecord.objects.count() == 1


def test_meetings_on_the_screen(
    cast: Cast, signed_in: SignIn, body: Body, meeting: Meeting, desk: Actor, now: datetime
) -> None:
    browser, made = signed_in(cast.desk), set_up(cast.nanyuan, BodyKind.COUNCIL, "议事会", desk, now)
    told = {"id": new_id(), "title": "议事", "place": "会议室", "start_time": "14:00", "agenda": "一\n二"}
    assert browser.post(page("meeting_new", made.pk), told | {"starts_on": now.date() - DAY}).status_code == 422
    assert browser.post(page("meeting_new", made.pk), told | {"starts_on": now.date() + DAY}).status_code == 302
    assert Meeting.objects.get(body=made).agenda.count() == 2  # type: ignore[attr-defined]
    closing = {"seats": [one.pk for one in body.seats.all()], "next_on": now.date() + DAY}  # type: ignore[attr-defined]
    assert browser.post(page("closing", meeting.pk), closing | {"seats": []}).status_code == 422
    assert browser.post(page("closing", meeting.pk), closing | {"decisions": "同意"}).status_code == 302
    for who, stage in ((browser, "draft"), (signed_in(cast.member), "amended"), (browser, "final")):
        answer = who.post(page("minutes", meeting.pk), {"id": new_id(), "stage": stage, "text": f"记录{stage}"})
        assert answer.status_code == 302, stage
    assert Minutes.objects.count() == 3
    assert browser.get(page("minutes", meeting.pk)).status_code == 302
    assert "记录final" in words_of(signed_in(cast.overseer).get(page("meeting", meeting.pk)))
    other = Meeting.objects.get(body=made)
    assert browser.post(page("call_off", other.pk), {"reason": "改期"}).status_code == 302
    assert browser.post(page("body_end", made.pk), {"reason": "合并"}).status_code == 302


def test_desk_writes_down_residents_judges_links_and_drops(
    cast: Cast,
    signed_in: SignIn,
    pledge: JointPledge,
    agreement: JointAgreement,
    body: Body,
    liaison: Actor,
    now: datetime,
) -> None:
    browser, row = signed_in(cast.desk), pledge.proposal
    address = f"http://testserver{agreement.get_absolute_url()}?x=1"
    assert browser.post(page("links", row.pk), {"address": "/nowhere/", "label": "x"}).status_code == 422
    assert browser.post(page("links", row.pk), {"address": address, "label": "共建协议"}).status_code == 302
    assert MatterLink.objects.get().target_id == agreement.pk
    assert "共建协议" in words_of(browser.get(row.get_absolute_url()))
    finish(pledge, liaison, now)
    delegate = body.seats.get(party=PartyClass.DELEGATE)  # type: ignore[attr-defined]
    said = {"id": new_id(), "seat": delegate.pk, "verdict": "not_kept"}
    assert browser.post(page("judgements", row.pk), said).status_code == 422
    assert browser.post(page("judgements", row.pk), said | {"asked": "电话"}).status_code == 302
    assert Judgement.objects.count() == 1
    assert browser.post(page("sending_back", row.pk), {"note": "还没装牢"}).status_code == 302
    assert browser.post(page("proposal_end", row.pk), {"reason": ""}).status_code == 422
    assert browser.post(page("proposal_end", row.pk), {"reason": "居民不同意"}).status_code == 302
    assert Proposal.objects.get(pk=row.pk).state == "dropped"


def test_a_suggestion_becomes_a_proposal_by_an_explicit_step(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    written = add_suggestion(id=new_id(), text="楼道太黑", place=cast.nanyuan, by=Actor(), now=now)
    browser = signed_in(cast.desk)
    shown = words_of(browser.get(reverse("portal:suggestion_answer", args=[written.pk])))
    to = f"{page('proposal_new')}?suggestion={written.pk}"
    assert to in shown
    assert str(written.pk) in words_of(browser.get(to))
    given = {"id": new_id(), "node": cast.nanyuan.pk, "title": "楼道灯", "text": "楼道太黑", "proposer_name": "居民"}
    assert browser.post(to, given | {"source": written.pk}).status_code == 302
    row = Proposal.objects.get()
    assert (row.raised_from_kind, row.raised_from_id) == ("suggestion", written.pk)
    written.refresh_from_db()
    assert written.answered_at is None
    again = browser.post(to, given | {"id": new_id(), "source": written.pk})
    assert again.status_code == 422
    assert "已经转为提议" in words_of(again)


def test_agreements_and_competitions_on_the_screen(
    cast: Cast, signed_in: SignIn, agreement: JointAgreement, desk: Actor, now: datetime
) -> None:
    browser = signed_in(cast.desk)
    lines = {"unit_items": "法律讲座 4 次", "community_items": "组织宣传 2 次"}
    given = {"id": new_id(), "node": cast.nanyuan.pk, "work_unit": cast.police_branch.pk, **lines}
    term = {"starts_on": now.date(), "until": now.date() + 30 * DAY}
    assert browser.post(page("agreement_new"), given | term | {"unit_items": "只写一半"}).status_code == 422
    assert browser.post(page("agreement_new"), given | term | {"until": now.date() - DAY}).status_code == 422
    assert browser.post(page("agreement_new"), given | term).status_code == 302
    row = JointAgreement.objects.get(work_unit=cast.police_branch)
    assert browser.post(page("agreement_new"), given | term | {"id": new_id()}).status_code == 409
    assert browser.post(page("signature", row.pk), {"signer_name": "郑伟"}).status_code == 422
    unit = signed_in(cast.liaison_next_door)
    assert unit.post(page("signature", row.pk), {"signer_name": "郑伟"}).status_code == 302
    item = row.items.all()[0]  # type: ignore[attr-defined]
    told = {"id": new_id(), "delivered_on": now.date(), "quantity": 2}
    assert unit.post(page("deliveries", item.pk), told).status_code == 302
    assert Delivery.objects.count() == 1
    assert browser.post(page("renewal", row.pk)).status_code == 302
    assert browser.post(page("agreement_end", row.pk), {"reason": "搬迁"}).status_code == 302
    sheet = {"id": new_id(), "node": cast.nanyuan.pk, "name": "评比", "closes_on": now.date() + DAY}
    assert browser.post(page("contest_new"), sheet | {"criteria": "居民受益"}).status_code == 422
    assert browser.post(page("contest_new"), sheet | {"criteria": "居民受益 60\n可持续 30"}).status_code == 422
    assert browser.post(page("contest_new"), sheet | {"criteria": "居民受益 60\n可持续 40"}).status_code == 302
    contest = Contest.objects.get()
    entry = {"id": new_id(), "work_unit": cast.school.pk, "title": "灯", "text": "教室开放"}
    assert browser.post(page("contest_entries", contest.pk), entry).status_code == 302
    made = ContestEntry.objects.get()
    points = {"judge": 1, "points_1": 9, "points_2": 11}
    assert browser.post(page("scores", made.pk), points).status_code == 422
    assert browser.post(page("scores", made.pk), points | {"points_2": 8}).status_code == 302
    assert "8.60" in words_of(browser.get(page("contest", contest.pk)))
    assert "8.60" not in words_of(signed_in(cast.member).get(page("contest", contest.pk)))
    assert browser.post(page("contest_publication", contest.pk), {}).status_code == 422
    assert browser.post(page("shortlist", contest.pk), {"ids": [made.pk]}).status_code == 302
    assert browser.post(page("contest_publication", contest.pk), {f"award_{made.pk}": "一等奖"}).status_code == 302
    assert "一等奖" in words_of(signed_in(cast.member).get(page("contest", contest.pk)))


def test_lists_and_exports_say_the_same(
    cast: Cast, signed_in: SignIn, body: Body, pledge: JointPledge, agreement: JointAgreement
) -> None:
    browser = signed_in(cast.desk)
    for name, words in (("bodies", body.name), ("proposals", "加装"), ("pledges", "出钱"), ("agreements", "GJ")):
        assert words in words_of(browser.get(page(name), {"q": words}))
        rows = load_workbook(BytesIO(browser.get(page(f"{name}_export")).content)).get_sheet_by_index(0).to_python()
        assert any(words in str(cell) for row in rows[1:] for cell in row), name
    assert pledge.item not in words_of(browser.get(page("pledges"), {"state": "late"}))
    assert pledge.item in words_of(browser.get(page("pledges"), {"state": "open", "unit": cast.school.pk}))


def test_lists_need_a_fixed_number_of_statements(
    cast: Cast,
    signed_in: SignIn,
    body: Body,
    tabled: Proposal,
    desk: Actor,
    liaison: Actor,
    now: datetime,
    queries: Any,
) -> None:
    """The lists, the homes and the public page read one row and three with the same statements."""

    def add(number: int) -> None:
        extra = set_up(cast.nanyuan, BodyKind.JOINT, f"联席会{number}", desk, now)
        call(extra, desk, now)
        promise(tabled, cast, liaison, now, item=f"承诺{number}")
        items = [commands.ItemDraft(Side.UNIT, "课", 4, "次"), commands.ItemDraft(Side.COMMUNITY, "岗", 9, "次")]
        begin = now.date() + number * 100 * DAY
        draft = commands.AgreementDraft(cast.school, begin, begin + 50 * DAY, items)
        commands.draw_up_agreement(community=cast.nanyuan, draft=draft, by=desk, now=now)
        open_contest(cast, desk, now, name=f"评比{number}")
        told = commands.ProposalDraft(f"提议{number}", "内容", cast.teacher_member)
        commands.raise_proposal(community=cast.nanyuan, draft=told, by=cast.actor("member"), now=now)

    pages = [(cast.desk, page(name)) for name in LISTS]
    pages += [(cast.liaison, page("ours")), (cast.member, page("mine")), (None, page("public", cast.nanyuan.code))]
    pages += [(cast.desk, page("proposal", tabled.pk)), (cast.desk, "/"), (cast.liaison, "/"), (cast.member, "/")]
    seen: dict[Any, list[int]] = {}
    for rows in ([1], [2, 3]):
        for number in rows:
            add(number)
        for who, address in pages:
            browser = signed_in(who) if who else Client()
            browser.get(address)
            with queries() as told:
                assert browser.get(address).status_code == 200
            seen.setdefault((who and who.name, address), []).append(len(told))
    assert {key: counts for key, counts in seen.items() if len(set(counts)) > 1} == {}


def test_the_statistics_lead_to_the_rows(cast: Cast, signed_in: SignIn, pledge: JointPledge, now: datetime) -> None:
    overseer = cast.actor("overseer")
    for name, by, count in (("proposals", "state", 1), ("promises", "unit", 1), ("agreements", "community", 0)):
        asked = Question(node=cast.street, by=(by,), on=now.date(), actor=overseer)
        assert figures(name, asked).total == count
        address = reverse("reports:statistic", args=[name])
        answer = signed_in(cast.overseer).get(address, {"node": cast.street.pk})
        assert answer.status_code == 200
        if count:
            to = page("pledges" if name == "promises" else name)
            assert f"{to}?" in words_of(answer)
    asked = Question(node=cast.district, by=("street",), on=now.date())
    assert figures("joint_meetings", asked).rows == [
        {"street": "东风街道", "count": 2, "joint": 1, "agreed": 0},
        {"street": "建设街道", "count": 1, "joint": 0, "agreed": 0},
    ]


def test_homes_say_what_waits(
    cast: Cast, signed_in: SignIn, body: Body, meeting: Meeting, pledge: JointPledge, desk: Actor, now: datetime
) -> None:
    close(meeting, desk, now)
    JointPledge.objects.update(due_on=now.date() - DAY)
    home = words_of(signed_in(cast.desk).get("/"))
    assert "逾期的单位承诺" in home
    assert "该开的会、该公布的菜单和调研" in home
    assert "本单位有1项承诺未完成" in words_of(signed_in(cast.liaison).get("/"))
    assert "加装楼道扶手" in words_of(signed_in(cast.member).get("/"))
