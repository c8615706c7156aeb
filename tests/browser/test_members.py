"""J1 in a browser: reporting in at the door, accepted at the desk, the receipt at the unit; every page is sound."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from guangcai.core.actor import Actor
from guangcai.members import commands
from guangcai.members.commands import Placement
from guangcai.members.models import DuplicatePair, Member, Residence
from guangcai.members.views.door import door_token
from tests.cast import Cast, make_cast

SignIn = Callable[[Page, Any], None]
Check = Callable[[Page], None]


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    return make_cast(now)


def door(cast: Cast) -> str:
    return f"/members/door/{door_token(cast.nanyuan)}/"


def test_a_member_reports_in_and_the_unit_hears_of_it(
    cast: Cast, phone: Page, desk: Page, new_page: Callable[..., Page], sign_in: SignIn
) -> None:
    phone.goto(door(cast))
    phone.get_by_label("姓名").fill("周明远")
    phone.get_by_label("手机号", exact=True).fill("139 0000 0201")
    phone.get_by_label("工作单位").fill("站前区实验小学")
    phone.get_by_text("治安巡逻", exact=True).click()
    phone.get_by_role("group", name="治安巡逻：什么时候方便？").get_by_text("周末上午").click()
    phone.get_by_text("我已阅读隐私告知并同意").click()
    phone.get_by_role("button", name="报到").click()
    expect(phone.get_by_role("heading", name="已收到")).to_be_visible()

    sign_in(desk, cast.desk)
    desk.goto("/members/launch-day/")
    desk.get_by_role("main").get_by_role("searchbox").fill("zmy")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="接收 周明远")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("周明远已报到")).to_be_visible()

    unit = new_page(width=1440, height=900)
    sign_in(unit, cast.users["liaison"])
    unit.goto("/members/unit/")
    expect(unit.get_by_role("link", name="周明远")).to_be_visible()
    unit.get_by_role("button", name="已知悉").click()
    expect(unit.get_by_role("heading", name="新回执")).to_have_count(0)
    assert Residence.objects.get(member__name="周明远").community == cast.nanyuan


def pages(cast: Cast, now: datetime) -> list[tuple[str, str]]:
    """Who opens what: every page of the roster with something on it."""
    by, placed = Actor.system(), Placement(community=cast.nanyuan, building=cast.building, work_unit=cast.school)
    commands.add_member(name="林小岚", phone="13900000101", placed=placed, by=by, now=now)
    commands.expect_members(community=cast.nanyuan, members=[cast.police_member], by=by, now=now)
    teacher, pair = f"/members/{cast.teacher_member.pk}/", DuplicatePair.objects.get()
    residence = Residence.objects.get(member__name="林小岚")
    desk = ["", "new/", "export/", "hidden/", "elsewhere/", "duplicates/", f"duplicates/{pair.pk}/", "register/"]
    desk += ["report-ins/", "report-ins/new/", "launch-day/", "launch-day/invitations/", "door/poster/"]
    desk += [f"receipts/{residence.pk}/", f"report-ins/{cast.police_member.report_ins.get().pk}/"]
    shown = [("desk", f"/members/{address}") for address in desk]
    shown += [("desk", teacher + part) for part in ("", "edit/", "end/", "employment/", "relation/", "home/")]
    shown += [("member", "/members/me/"), ("member", "/members/me/mend/"), ("liaison", "/members/unit/")]
    return [*shown, ("", door(cast)), ("", f"{door(cast)}phone/")]


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_page_is_sound(
    cast: Cast, size: str, request: pytest.FixtureRequest, sign_in: SignIn, axe: Check, now: datetime
) -> None:
    page: Page = request.getfixturevalue(size)
    no_sideways_scroll: Check = request.getfixturevalue("no_sideways_scroll")
    signed_in_as = None
    for who, address in sorted(pages(cast, now)):
        if who and who != signed_in_as:
            sign_in(page, cast.users[who])
            signed_in_as = who
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        axe(page)
        no_sideways_scroll(page)


def test_a_row_opens_beside_the_list_and_the_phone_after_a_reason(cast: Cast, desk: Page, sign_in: SignIn) -> None:
    sign_in(desk, cast.desk)
    desk.goto("/members/")
    desk.get_by_role("link", name="林晓岚").click()
    panel = desk.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="林晓岚")).to_be_visible()
    panel.get_by_text("查看完整号码").click()
    panel.get_by_label("为什么需要完整号码？").fill("核对报到")
    panel.get_by_role("button", name="显示").click()
    expect(panel.get_by_text("13900000101")).to_be_visible()


def test_two_records_become_one_after_a_look(cast: Cast, desk: Page, sign_in: SignIn, now: datetime) -> None:
    placed = Placement(community=cast.nanyuan)
    commands.add_member(name="林小岚", phone="13900000101", placed=placed, by=Actor.system(), now=now)
    sign_in(desk, cast.desk)
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto("/members/duplicates/")
    desk.get_by_role("main").get_by_role("rowheader").get_by_role("link").first.click()
    desk.get_by_role("button", name="是同一人，保留这条").first.click()
    expect(desk.get_by_text("两条记录已合并")).to_be_visible()
    assert Member.objects.filter(merged_into__isnull=False).count() == 1
