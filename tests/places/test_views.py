"""Every screen of places: does it, next door 404, read-only 403, bad input 422; a fixed number of statements."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.orgs.models import Node
from guangcai.places import commands
from guangcai.places.enums import ClubKind, PointKind
from guangcai.places.models import Booking, PointLabel, ServicePoint, SharedResource
from tests.cast import Cast
from tests.places.conftest import MONDAY, SLOTS, content, hall, point_at, wanted

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db
LATER = timedelta(days=3, hours=3)
FORM = {
    "kind": "room",
    "name": "会议室",
    "since": "2026-11-20",
    "days_1": ["1", "2"],
    "from_1": "09:00",
    "until_1": "11:00",
}


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def page(name: str, *args: Any) -> str:
    return reverse(f"places:{name}", args=args)


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


def asking(community: Node, **other: Any) -> dict[str, Any]:
    times = {"day": MONDAY.isoformat(), "start_time": "09:00", "end_time": "10:00"}
    return {"id": new_id(), "community": community.pk, "purpose": "楼门座谈", "contact_name": "社工", **times, **other}


def table(*rows: list[str]) -> SimpleUploadedFile:
    book = write_workbook([Sheet("网点", ["序号", "网点名称", "类别", "所属社区", "联系电话"], rows)])
    return SimpleUploadedFile("网点.xlsx", BytesIO(book).read())


def test_anybody_reads_the_directory(cast: Cast, point: ServicePoint, desk: Actor, now: datetime) -> None:
    outlet = point_at(cast.gongyuan, PointKind.OUTLET, "公园理发店", cast.actor("desk_next_door"), now)
    stranger = Client()
    shown = words_of(stranger.get(page("directory")))
    assert point.name in shown
    assert outlet.name in shown
    assert "1 个服务站、1 个服务网点" in shown
    assert outlet.name not in words_of(stranger.get(page("directory"), {"q": "水电"}))
    assert point.name not in words_of(stranger.get(page("directory"), {"kind": "outlet"}))
    narrowed = words_of(stranger.get(page("directory"), {"area": cast.gongyuan.pk}))
    assert "1 个服务网点" in narrowed
    assert "1 个服务站" not in narrowed
    assert "法律咨询" in words_of(stranger.get(point.get_absolute_url()))
    commands.end_point(point=point, reason="搬到东街", by=desk, now=now)
    assert "搬到东街" in words_of(stranger.get(point.get_absolute_url()))
    assert point.name not in words_of(stranger.get(page("directory")))
    assert stranger.get(page("point", new_id())).status_code == 404
    for address in (page("kept"), page("point_edit", point.pk), page("resources"), page("bookings")):
        assert stranger.get(address).status_code == 302, address


def test_a_place_names_its_points(cast: Cast, point: ServicePoint, signed_in: SignIn) -> None:
    shown = words_of(signed_in(cast.desk).get(reverse("orgs:node", args=[cast.nanyuan.pk])))
    assert f"{page('directory')}?area={cast.nanyuan.pk}" in shown


def test_the_desk_keeps_its_points(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    browser, key = signed_in(cast.desk), new_id()
    assert "南园社区" in words_of(browser.get(page("point_new"))) or cast.nanyuan.code in words_of(
        browser.get(page("point_new"))
    )
    form = {"id": key, "node": cast.nanyuan.code, "kind": "club", "name": "合唱团", "since": "2026-11-01"}
    answer = browser.post(page("point_new"), form)
    assert answer.status_code == 422
    assert "请选择活动内容" in words_of(answer)
    form |= {"club_kind": "choir", "meets": "每周三"}
    for _again in range(2):
        assert browser.post(page("point_new"), form).status_code == 302
    assert browser.post(page("point_new"), form | {"name": "别的"}).status_code == 409
    point = ServicePoint.objects.get()
    assert (point.pk, point.node, point.club_kind) == (key, cast.nanyuan, ClubKind.CHOIR)
    assert browser.post(page("point_edit", key), form | {"meets": "每周四", "phone": "x"}).status_code == 422
    assert browser.post(page("point_edit", key), form | {"meets": "每周四"}).status_code == 302
    assert "每周四" in words_of(browser.get(page("directory")))
    assert browser.post(page("point_end", key), {"reason": ""}).status_code == 422
    assert browser.post(page("point_end", key), {"reason": "散了"}).status_code == 302
    assert browser.get(page("point_edit", key)).status_code == 302
    assert browser.get(page("point_end", key)).status_code == 302
    assert "已关闭" in words_of(browser.get(page("kept")))


def test_a_table_is_taken_in_whole_or_not_at_all(cast: Cast, point: ServicePoint, signed_in: SignIn) -> None:
    browser = signed_in(cast.desk)
    sent = {"node": cast.nanyuan.code, "kind": "outlet"}
    rows = [["1", "菜店", "网点", "", "0417-2810001"], ["2", "理发店", "", "南园社区", ""]]
    wrong = [*rows, ["3", "", "", "", ""], ["4", "修车铺", "宫殿", "", ""], ["5", "药店", "", "不存在社区", ""]]
    answer = browser.post(page("point_import"), sent | {"file": table(*wrong, rows[0])})
    assert answer.status_code == 422
    shown = words_of(answer)
    for said in ("没有导入：有 4 行", "请填写名称", "不认识类别“宫殿”", "不存在社区", "与第 2 行重复"):
        assert said in shown, said
    assert ServicePoint.objects.count() == 1
    for added in (2, 0):
        answer = browser.post(page("point_import"), sent | {"file": table(*rows)}, follow=True)
        assert f"已添加 {added} 个服务点" in words_of(answer)
    assert ServicePoint.objects.count() == 3
    assert ServicePoint.objects.get(name="菜店").phone == "0417-2810001"
    nothing = SimpleUploadedFile("a.csv", "甲,乙\n1,2\n".encode())
    assert "名称" in words_of(browser.post(page("point_import"), sent | {"file": nothing}))
    rubbish = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 broken")
    assert browser.post(page("point_import"), sent | {"file": rubbish}).status_code == 422
    other = sent | {"node": cast.gongyuan.code, "file": table(*rows)}
    assert browser.post(page("point_import"), other).status_code in (404, 422)
    assert not ServicePoint.objects.filter(node=cast.gongyuan).exists()


def test_names_of_kinds(cast: Cast, point: ServicePoint, signed_in: SignIn) -> None:
    browser = signed_in(cast.administrator)
    form = {"node": cast.district.code, "kind": "station", "label": "为民服务站"}
    assert browser.post(page("labels"), form).status_code == 302
    assert PointLabel.objects.get().label == "为民服务站"
    assert "1 个为民服务站" in words_of(Client().get(page("directory")))
    assert "为民服务站" in words_of(browser.get(page("labels")))
    assert browser.post(page("labels"), form | {"kind": "castle"}).status_code == 422


def test_who_may_keep_the_directory(cast: Cast, point: ServicePoint, signed_in: SignIn) -> None:
    for who, status in [("overseer", 403), ("desk_next_door", 404), ("liaison", 404), ("member", 403)]:
        browser = signed_in(cast.users[who])
        for name in ("point_edit", "point_end"):
            assert browser.get(page(name, point.pk)).status_code == status, (who, name)
    for who in ("overseer", "liaison", "member", "auditor"):
        browser = signed_in(cast.users[who])
        for name in ("kept", "point_new", "point_import", "labels"):
            assert browser.get(page(name)).status_code == 403, (who, name)


def test_sent_before_with_other_words_is_opened_anew(cast: Cast, signed_in: SignIn) -> None:
    unit, key, form_at = signed_in(cast.liaison), new_id(), f"http://testserver{page('resource_new')}"
    first = FORM | {"id": key, "owner": f"{cast.nanyuan.pk}-{cast.school.pk}"}
    assert unit.post(page("resource_new"), first).status_code == 302
    changed = first | {"days_1": ["3"]}
    refused = unit.post(page("resource_new"), changed, headers={"referer": form_at})
    assert (refused.status_code, "有人先了一步" in words_of(refused)) == (409, False)
    for words in ("这张表单之前已提交过", "先前提交的内容已保存", f'href="{form_at}"', "重新打开表单"):
        assert words in words_of(refused), words
    away = words_of(unit.post(page("resource_new"), changed, headers={"referer": "https://example.org/x"}))
    assert ("example.org" in away, "重新打开表单" in away) == (False, True)


def test_a_unit_lends_and_a_desk_books(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    unit, desk, next_door = signed_in(cast.liaison), signed_in(cast.desk), signed_in(cast.desk_next_door)
    owner, key = f"{cast.nanyuan.pk}-{cast.school.pk}", new_id()
    assert unit.post(page("resource_new"), FORM | {"id": key, "owner": "1-1"}).status_code == 422
    bare = {name: value for name, value in FORM.items() if not name.endswith("_1")}
    answer = unit.post(page("resource_new"), bare | {"id": key, "owner": owner})
    assert (answer.status_code, "请填写空闲时间" in words_of(answer)) == (422, True)
    half = unit.post(page("resource_new"), FORM | {"id": key, "owner": owner, "until_1": ""})
    assert (half.status_code, "填全" in words_of(half)) == (422, True)
    for _again in range(2):
        assert unit.post(page("resource_new"), FORM | {"id": key, "owner": owner}).status_code == 302
    shown = words_of(desk.get(page("resource", key)))
    assert "空闲 09:00–11:00" in shown
    assert f"?day={MONDAY.isoformat()}&amp;start_time=09:00" in shown
    begun = words_of(desk.get(page("booking_new", key), {"day": MONDAY.isoformat(), "start_time": "09:00"}))
    assert f'value="{MONDAY.isoformat()}"' in begun
    assert desk.get(page("booking_new", key), {"day": "x", "start_time": "25:00"}).status_code == 200
    for wrong, said in [({"start_time": "08:00"}, "只在这些时间空闲"), ({"end_time": "08:00"}, "晚于开始")]:
        answer = desk.post(page("booking_new", key), asking(cast.nanyuan, **wrong))
        assert (answer.status_code, said in words_of(answer)) == (422, True)
    assert desk.post(page("booking_new", key), asking(cast.nanyuan)).status_code == 302
    taken = next_door.post(page("booking_new", key), asking(cast.gongyuan))
    assert (taken.status_code, "已有人预约" in words_of(taken)) == (422, True)
    booking = Booking.objects.get()
    assert "有 1 个社区申请" in words_of(unit.get(reverse("portal:home")))
    assert "楼门座谈" in words_of(unit.get(page("bookings"), {"wait": "answer"}))
    assert "楼门座谈" not in words_of(desk.get(page("bookings"), {"wait": "answer"}))
    assert unit.post(page("confirmation", booking.pk)).status_code == 302
    assert desk.get(page("return", booking.pk)).status_code == 302
    with time_machine.travel(now + LATER, tick=False):
        assert "待归还" in words_of(desk.get(reverse("portal:home")))
        form = {"people": "20", "minutes": "60", "condition": "完好", "thanks": "谢谢"}
        assert desk.post(page("return", booking.pk), form | {"minutes": "0"}).status_code == 422
        assert desk.post(page("return", booking.pk), form).status_code == 302
        shown = words_of(unit.get(page("booking", booking.pk)))
        assert "谢谢" in shown
        assert "20人" in shown or "20 人" in shown
        assert desk.post(page("thanks", booking.pk), {"thanks": ""}).status_code == 422


def test_refused_and_called_off(cast: Cast, asked: Booking, signed_in: SignIn, now: datetime) -> None:
    unit, desk = signed_in(cast.liaison), signed_in(cast.desk)
    answer = desk.post(page("confirmation", asked.pk))
    assert (answer.status_code, "由单位自己答复" in words_of(answer)) == (422, True)
    assert unit.post(page("refusal", asked.pk), {"reason": " "}).status_code == 422
    assert unit.post(page("refusal", asked.pk), {"reason": "考试"}).status_code == 302
    assert "考试" in words_of(desk.get(page("booking", asked.pk)))
    assert unit.get(page("refusal", asked.pk)).status_code == 302
    other = commands.ask(
        resource=asked.resource, community=cast.nanyuan, wanted=wanted(), by=cast.actor("desk"), now=now
    )
    assert desk.post(page("cancellation", other.pk), {"reason": ""}).status_code == 422
    assert desk.post(page("cancellation", other.pk), {"reason": "改期"}).status_code == 302
    assert desk.get(page("cancellation", other.pk)).status_code == 302
    assert "已取消" in words_of(unit.get(page("bookings"), {"state": "cancelled"}))


def test_edited_and_taken_off(cast: Cast, asked: Booking, resource: SharedResource, signed_in: SignIn) -> None:
    unit = signed_in(cast.liaison)
    assert 'value="09:00"' in words_of(unit.get(page("resource_edit", resource.pk)))
    answer = unit.post(page("resource_edit", resource.pk), FORM | {"days_1": ["7"]})
    assert answer.status_code == 302
    assert list(resource.slots.values_list("weekday", "begins", "ends")) == [(7, 540, 660)]
    overlap = FORM | {"days_2": ["1"], "from_2": "10:00", "until_2": "12:00"}
    answer = unit.post(page("resource_edit", resource.pk), overlap)
    assert (answer.status_code, "重叠" in words_of(answer)) == (422, True)
    assert "居民议事" in words_of(unit.get(page("resource_end", resource.pk)))
    assert unit.post(page("resource_end", resource.pk), {"reason": " "}).status_code == 422
    assert unit.post(page("resource_end", resource.pk), {"reason": "装修"}).status_code == 302
    assert unit.get(page("resource_end", resource.pk)).status_code == 302
    assert unit.get(page("resource_edit", resource.pk)).status_code == 302
    assert "装修" in words_of(signed_in(cast.desk).get(page("resource", resource.pk)))
    assert signed_in(cast.desk).get(page("booking", asked.pk)).status_code == 200


def test_who_sees_what(cast: Cast, asked: Booking, resource: SharedResource, signed_in: SignIn) -> None:
    on_booking = ("booking", "refusal", "cancellation", "return")
    on_resource = ("resource", "resource_edit", "resource_end", "booking_new")
    for who in ("overseer_next_door", "liaison_next_door", "member", "auditor"):
        browser = signed_in(cast.users[who])
        for name, key in [*((n, asked.pk) for n in on_booking), *((n, resource.pk) for n in on_resource)]:
            assert browser.get(page(name, key)).status_code == 404, (who, name)
        for name in ("confirmation", "thanks"):
            assert browser.post(page(name, asked.pk)).status_code == 404, (who, name)
    overseer = signed_in(cast.overseer)
    assert overseer.get(page("resource", resource.pk)).status_code == 200
    seen = words_of(overseer.get(page("booking", asked.pk)))
    assert "13800000103" not in seen
    for name, key in [("resource_edit", resource.pk), ("resource_end", resource.pk), ("booking_new", resource.pk)]:
        assert overseer.get(page(name, key)).status_code == 403, name
    for name in ("refusal", "cancellation"):
        assert overseer.post(page(name, asked.pk), {"reason": "x"}).status_code == 403, name
    assert overseer.post(page("return", asked.pk), {"people": 1, "minutes": 1}).status_code == 403
    assert overseer.post(page("confirmation", asked.pk)).status_code == 403
    # 公园 may have the hall too: it sees that the hour is taken, and not by whom.
    there = signed_in(cast.desk_next_door)
    shown = words_of(there.get(page("resource", resource.pk)))
    assert "已预约" in shown
    assert "居民议事" not in shown
    assert there.get(page("booking", asked.pk)).status_code == 404


def test_lists_need_a_fixed_number_of_statements(
    cast: Cast,
    signed_in: SignIn,
    resource: SharedResource,
    point: ServicePoint,
    desk: Actor,
    now: datetime,
    queries: Any,
) -> None:
    lists = [page(name) for name in ("directory", "kept", "labels", "resources", "bookings")]
    lists += [page("resource", resource.pk), reverse("portal:home")]
    browser, counts = signed_in(cast.desk), []

    def more(number: int) -> None:
        begins = f"{9 + number:02d}:00"
        commands.ask(
            resource=resource,
            community=cast.nanyuan,
            wanted=wanted(begins=begins, ends=f"{9 + number:02d}:30"),
            by=desk,
            now=now,
        )
        commands.add_resource(
            community=cast.nanyuan, work_unit=None, content=hall(name=f"室{number}", slots=SLOTS[:3]), by=desk, now=now
        )
        commands.set_label(node=cast.nanyuan, kind=list(PointKind)[number], label=f"叫法{number}", by=desk, now=now)
        commands.add_point(node=cast.nanyuan, content=content(name=f"店{number}", host=cast.school), by=desk, now=now)

    for size in (1, 3):
        for number in range(0 if size == 1 else 1, size):
            more(number)
        seen = []
        for address in lists:
            browser.get(address)
            with queries() as captured:
                assert browser.get(address).status_code == 200, address
            seen.append(len(captured))
        counts.append(dict(zip(lists, seen, strict=True)))
    assert counts[0] == counts[1]
    assert all(number <= 60 for number in counts[0].values()), counts[0]
