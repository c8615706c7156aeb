"""The screens: who gets in, what is refused in which words, lists that ask as often for three rows as for one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guangcai.cases import commands
from guangcai.cases.enums import CaseState
from guangcai.cases.models import Case, Item, Technician
from guangcai.cases.queries.proposals import proposals
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from tests.cases.conftest import MARK, PHONE, Raise
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def filled(plain_item: Item) -> dict[str, str]:
    return {
        "id": str(new_id()),
        "item": str(plain_item.pk),
        "what": "三楼灯不亮",
        "channel": "phone",
        "name": f"{MARK}张",
        "phone": PHONE,
        "wants_word": "on",
    }


def test_the_desk_writes_a_call_down(cast: Cast, signed_in: SignIn, filled: dict[str, str]) -> None:
    browser, address = signed_in(cast.desk), reverse("cases:new")
    answer = browser.post(address, filled)
    case = Case.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == case.get_absolute_url()
    assert browser.post(address, filled).status_code == 302
    assert Case.objects.count() == 1
    assert browser.post(address, filled | {"what": "别的"}).status_code == 409
    page = browser.get(case.get_absolute_url()).content.decode()
    assert f"{MARK}张" in page
    assert PHONE not in page


def test_bad_input_says_what_to_do(cast: Cast, signed_in: SignIn, filled: dict[str, str], item: Item) -> None:
    browser, address = signed_in(cast.desk), reverse("cases:new")
    for changes, words in (
        ({"what": ""}, "诉求内容"),
        ({"phone": "", "name": "张"}, "请留下联系办法"),
        ({"is_anonymous": "on"}, "不留名就不要填姓名"),
        ({"item": str(item.pk)}, "哪里坏了"),
        ({"about": "查无此人"}, "请写全名或电话"),
        ({"item": "99999999999999999999"}, "事项"),
    ):
        answer = browser.post(address, filled | {"id": str(new_id())} | changes)
        assert answer.status_code == 422, changes
        assert words in answer.content.decode(), changes
    assert not Case.objects.exists()


def test_possible_doubles_while_typing_and_after(
    cast: Cast, signed_in: SignIn, raised: Raise, filled: dict[str, str], plain_item: Item
) -> None:
    first = raised("三楼灯不亮", at=timezone.now())
    browser = signed_in(cast.desk)
    asked = {"what": "三楼灯坏了", "item": plain_item.pk}
    assert first.number in browser.get(reverse("cases:likeness"), asked).content.decode()
    browser.post(reverse("cases:new"), filled)
    second = Case.objects.exclude(pk=first.pk).get()
    assert first.number in browser.get(second.get_absolute_url()).content.decode()


def test_emergencies_are_shown_at_once(cast: Cast, signed_in: SignIn, plain_item: Item) -> None:
    plain_item.emergency = "110 119 120"
    plain_item.save()
    page = signed_in(cast.desk).get(reverse("cases:likeness"), {"item": plain_item.pk, "part": "questions"})
    assert all(f'href="tel:{number}"' in page.content.decode() for number in (110, 119, 120))


def test_who_gets_in(cast: Cast, signed_in: SignIn, raised: Raise) -> None:
    case = raised()
    told = {
        "desk": 200, "desk_colleague": 200, "secretary": 200, "overseer": 200,
        "desk_next_door": 404, "overseer_next_door": 404, "member": 404, "liaison": 404, "auditor": 404,
    }  # fmt: skip
    for who, status in told.items():
        assert signed_in(cast.users[who]).get(case.get_absolute_url()).status_code == status, who
    overseer = signed_in(cast.overseer)
    assert MARK not in overseer.get(case.get_absolute_url()).content.decode()
    assert overseer.get(reverse("cases:dispatch", args=[case.pk])).status_code == 403
    assert overseer.post(reverse("cases:end", args=[case.pk])).status_code == 403
    assert overseer.post(reverse("cases:asker", args=[case.pk]), {"reason": ""}).status_code == 422
    assert PHONE in overseer.post(reverse("cases:asker", args=[case.pk]), {"reason": "核实"}).content.decode()


@pytest.mark.parametrize("step", ["decline", "return", "appointment", "done"])
def test_who_only_reads_a_request_is_told_so_before_his_form_is_read(
    cast: Cast, signed_in: SignIn, raised: Raise, asked: commands.Worker, desk: Actor, step: str
) -> None:
    case, now = raised(at=timezone.now()), timezone.now()
    commands.dispatch(case=case, worker=asked, by=desk, now=now)
    commands.accept(case=case, by=desk, now=now)
    address = reverse(f"cases:{step}", args=[case.pk])
    assert signed_in(cast.overseer).post(address).status_code == 403
    assert signed_in(cast.desk).post(address).status_code == 422
    assert Case.objects.get().state == CaseState.ACCEPTED


def test_the_one_complained_of_finds_nothing(cast: Cast, signed_in: SignIn, raised: Raise) -> None:
    """Abuse case 17: also through the list, the search and his own pages."""
    case = raised("他答应来没有来", about_member=cast.teacher_member)
    browser = signed_in(cast.member)
    assert browser.get(case.get_absolute_url()).status_code == 404
    for address in (reverse("cases:mine"), "/"):
        assert case.number not in browser.get(address).content.decode()


def test_dispatch_to_done_with_scripts_off(
    cast: Cast, signed_in: SignIn, raised: Raise, plumber: Technician, now: datetime
) -> None:
    case, desk = raised(at=timezone.now()), signed_in(cast.desk)
    at = lambda name: reverse(f"cases:{name}", args=[case.pk])  # noqa: E731
    said = lambda: desk.get(at("case")).content.decode()  # noqa: E731
    assert plumber.name in desk.get(at("dispatch")).content.decode()
    assert desk.post(at("dispatch"), {}).status_code == 422
    assert desk.post(at("dispatch"), {"worker": f"technician:{plumber.pk}"}).status_code == 302
    page = said()
    assert "开始计时" in page
    assert "tel:13933334444" in page
    assert desk.post(at("dispatch"), {"worker": f"technician:{plumber.pk}"}).status_code == 409
    assert desk.post(at("return"), {"reason": "no_material"}).status_code == 302
    assert desk.post(at("dispatch"), {"worker": f"member:{cast.teacher_member.pk}"}).status_code == 302
    page = said()
    assert "时限不变" in page
    assert "开始计时" not in page
    member = signed_in(cast.member)
    assert "13933334444" not in member.get(at("case")).content.decode()
    assert f"{MARK}302室" in member.get(reverse("cases:mine")).content.decode()
    assert member.post(at("acceptance")).status_code == 302
    assert member.post(at("done"), {"note": ""}).status_code == 422
    assert member.post(at("done"), {"note": "换了灯泡", "minutes": "30"}).status_code == 302
    assert desk.post(at("call_back"), {"outcome": "solved"}).status_code == 422
    assert desk.post(at("call_back"), {"outcome": "solved", "is_satisfied": "yes"}).status_code == 302
    assert Case.objects.get().state == CaseState.CALLED_BACK
    assert MARK not in member.get(case.get_absolute_url()).content.decode()


def test_a_member_asks_and_has_the_last_word(
    cast: Cast, signed_in: SignIn, filled: dict[str, str], asked: commands.Worker, desk: Actor
) -> None:
    browser = signed_in(cast.member)
    assert (
        browser.post(reverse("cases:ask"), {"id": filled["id"], "item": filled["item"], "what": "灯不亮"}).status_code
        == 302
    )
    case, now = Case.objects.get(), timezone.now()
    commands.dispatch(case=case, worker=asked, by=desk, now=now)
    commands.accept(case=case, by=desk, now=now)
    commands.finish(case=case, note="好了", by=desk, now=now)
    reopening = reverse("cases:reopening", args=[case.pk])
    assert browser.post(reopening, {"note": ""}).status_code == 422
    assert browser.post(reopening, {"note": "还是不亮"}).status_code == 302
    assert Case.objects.get().state == CaseState.TO_DISPATCH
    assert signed_in(cast.desk).post(reopening, {"note": "还是不亮"}).status_code == 403


def test_the_street_decides(cast: Cast, signed_in: SignIn, raised: Raise, asked: commands.Worker, desk: Actor) -> None:
    case, now = raised(), timezone.now()
    for _time in range(2):
        commands.dispatch(case=case, worker=asked, by=desk, now=now)
        commands.give_back(case=case, reason="no_skill", by=desk, now=now)
    street, ruling = signed_in(cast.overseer), reverse("cases:ruling", args=[case.pk])
    assert case.number in street.get(reverse("cases:list"), {"state": "to_rule"}).content.decode()
    assert street.post(ruling, {"worker": "body:", "body": "物业", "note": ""}).status_code == 422
    assert signed_in(cast.desk).post(ruling, {"worker": "body:", "body": "物业", "note": "x"}).status_code == 403
    out = reverse("cases:ruling_out", args=[case.pk])
    assert street.post(out, {"close_code": "out_of_scope", "note": ""}).status_code == 422
    assert street.post(out, {"close_code": "out_of_scope", "note": "属住户自用"}).status_code == 302
    assert Case.objects.get().state == CaseState.CLOSED


def test_lists_ask_as_often_for_three_rows_as_for_one(
    cast: Cast, signed_in: SignIn, raised: Raise, desk: Actor, queries: Any, plain_item: Item, plumber: Technician
) -> None:
    now, worker = timezone.now(), commands.Worker(member=cast.teacher_member)

    def add(number: int) -> None:
        case = raised(f"第{number}件灯不亮", at=now)
        commands.dispatch(case=case, worker=worker, by=desk, now=now)
        raised(f"第{number}件没派", at=now)
        back = commands.dispatch(
            case=raised("退", at=now), worker=commands.Worker(technician=plumber), by=desk, now=now
        )
        commands.give_back(case=back, reason="no_skill", by=desk, now=now)
        draft = commands.TechnicianDraft(name=f"师傅{number}", items=[plain_item])
        commands.add_technician(node=cast.nanyuan, draft=draft, by=desk, now=now)
        item = commands.ItemDraft(category=plain_item.category, name=f"事项{number}")
        commands.add_item(node=cast.nanyuan, draft=item, by=desk, now=now)

    browsers = {"desk": signed_in(cast.desk), "member": signed_in(cast.member)}
    pages = (
        ("desk", "cases:list", {}), ("desk", "cases:technicians", {}), ("desk", "cases:catalogue", {}),
        ("desk", "cases:rates", {}), ("member", "cases:mine", {}), ("desk", "cases:list", {"q": "灯不亮"}),
    )  # fmt: skip
    counts: list[list[int]] = []
    for number in (1, 2, 3):
        add(number)
        if number == 2:
            continue
        seen_here = []
        for who, name, query in pages:
            browsers[who].get(reverse(name), query)
            with queries() as seen:
                assert browsers[who].get(reverse(name), query).status_code == 200
            seen_here.append(len(seen))
        case = Case.objects.filter(what="第1件没派").get()
        with queries() as seen:
            assert len(proposals(case, here=case.path, now=now)) >= number
        counts.append([*seen_here, len(seen)])
    assert counts[0] == counts[1]


def test_one_request_asks_as_much_after_many_steps(
    cast: Cast, signed_in: SignIn, raised: Raise, desk: Actor, queries: Any, plumber: Technician
) -> None:
    now, worker, counts = timezone.now(), commands.Worker(technician=plumber), []
    case, browser = (
        commands.dispatch(case=raised("灯不亮", at=now), worker=worker, by=desk, now=now),
        signed_in(cast.desk),
    )
    for _round in range(2):
        browser.get(case.get_absolute_url())
        with queries() as seen:
            assert browser.get(case.get_absolute_url()).status_code == 200
        counts.append(len(seen))
        case = commands.give_back(case=case, reason="no_skill", by=desk, now=now)
        case = commands.dispatch(case=case, worker=worker, by=desk, now=now) if len(counts) == 1 else case
    assert counts[0] == counts[1]


def test_catalogue_and_technicians(cast: Cast, signed_in: SignIn, plain_item: Item, plumber: Technician) -> None:
    desk = signed_in(cast.desk)
    new = {
        "category": plain_item.category_id, "name": "纱窗", "counted_in": "working",
        "questions": "几扇#*\n材质：铝 / 木", "response_hours": "8",
    }  # fmt: skip
    assert desk.post(reverse("cases:item_new"), new).status_code == 302
    row = Item.objects.get(name="纱窗")
    assert row.fields == [
        {"label": "几扇", "kind": "number", "required": True},
        {"label": "材质", "kind": "choice", "required": False, "choices": ["铝", "木"]},
    ]
    assert desk.post(reverse("cases:item", args=[row.pk]), new | {"questions": "甲\n甲"}).status_code == 422
    assert desk.get(reverse("cases:item", args=[plain_item.pk])).status_code == 404
    assert signed_in(cast.desk_next_door).get(reverse("cases:item", args=[row.pk])).status_code == 404
    assert desk.post(reverse("cases:item_end", args=[row.pk])).status_code == 302
    person = {
        "id": str(new_id()),
        "name": "李师傅",
        "categories": [plain_item.category_id],
        "days": ["1"],
        "opens": "08:00",
    }
    assert desk.post(reverse("cases:technician_new"), person).status_code == 422
    assert desk.post(reverse("cases:technician_new"), person | {"closes": "18:00"}).status_code == 302
    assert desk.post(reverse("cases:technician_end", args=[plumber.pk])).status_code == 302
    assert signed_in(cast.desk_next_door).get(reverse("cases:technician", args=[plumber.pk])).status_code == 404
