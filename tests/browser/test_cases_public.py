"""A resident asks on a phone without an account, follows by the code, says "not solved": the same case is open."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from guangcai.cases import commands
from guangcai.cases.models import Case, Category, Item
from tests.browser.conftest import PHONE
from tests.cast import SINCE, Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Scan = Callable[[Page], None]


@pytest.fixture
def cast() -> Cast:
    found = make_cast(timezone.now())
    category = Category.objects.create(code="repair", name="水电维修")
    fields = [{"label": "哪一层", "kind": "text", "required": True}]
    Item.objects.create(category=category, code="lamp", name="楼道灯", fields=fields, body="社区服务站", since=SINCE)
    return found


def ask(page: Page, look: Scan) -> str:
    """From the front page to the code, which the resident writes down."""
    page.goto("/")
    page.get_by_role("link", name="找社区办事").click()
    look(page)
    page.get_by_role("link", name="南园").click()
    page.locator("summary", has_text="水电维修").click()
    look(page)
    page.get_by_role("link", name="楼道灯").click()
    page.get_by_role("button", name="提交").click()
    look(page)
    page.get_by_label("什么情况").fill("三楼的灯不亮")
    page.get_by_label("哪一层").fill("三层")
    page.get_by_label("您的电话").fill("13922224444")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/received/")
    look(page)
    return page.locator(".case-code").inner_text()


def see_to(case: Case, cast: Cast) -> None:
    by = {"by": cast.actor("desk"), "now": timezone.now()}
    commands.dispatch(case=case, worker=commands.Worker(body="维修队"), **by)
    commands.accept(case=case, **by)
    commands.finish(case=case, note="换了灯泡", **by)


@pytest.mark.parametrize("has_scripts", [False, True])
def test_asked_followed_and_not_solved(
    has_scripts: bool, new_page: Callable[..., Page], cast: Cast, axe: Scan, no_sideways_scroll: Scan
) -> None:
    def look(page: Page) -> None:
        if has_scripts:
            no_sideways_scroll(page)
            axe(page)

    code = ask(new_page(**PHONE, java_script_enabled=has_scripts), look)
    case = Case.objects.get()
    see_to(case, cast)

    # Days later, in another browser: nothing but the code.
    page = new_page(**PHONE, java_script_enabled=has_scripts)
    page.goto(reverse("cases:public_follow"))
    page.get_by_label("您的查询码").fill("AAAAA-AAAAA")
    page.get_by_role("button", name="查看").last.click()
    assert "没有这个查询码" in page.locator("main").inner_text()
    look(page)
    page.get_by_label("您的查询码").fill(code.lower())
    page.get_by_role("button", name="查看").last.click()
    page.wait_for_url("**/follow/case/")
    look(page)
    page.get_by_label("没有解决", exact=True).check()
    page.get_by_label(re.compile("还差什么")).fill("晚上又灭了")
    page.get_by_role("button", name="告诉社区").click()
    assert "编号不变" in page.locator("#messages").inner_text()
    look(page)
    case.refresh_from_db()
    assert (case.state, case.is_solved, Case.objects.count()) == ("to_dispatch", False, 1)
