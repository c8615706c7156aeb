"""One request from a resident's phone to his last word: dispatched, returned, done by a member, reopened, rated."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from guangcai.cases.models import Case
from guangcai.ledger.models import ServiceEntry
from tests.browser.conftest import PHONE
from tests.browser.test_cases import DRIP, Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEND = "main .gc-sticky .gc-btn-primary"


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def ask_without_account(resident: Page, scene: Scene) -> str:
    """From the front page to the code, which the resident writes down."""
    resident.goto("/")
    resident.get_by_role("link", name="找社区办事").click()
    resident.get_by_role("link", name="南园").click()
    resident.locator("summary", has_text=scene.pipe.category.name).click()
    resident.get_by_role("link", name=scene.pipe.name).click()
    resident.get_by_label("什么情况").fill("阳台水管漏水")
    resident.get_by_label("在漏").check()
    resident.get_by_label("您的电话").fill("13922226666")
    resident.get_by_role("button", name="提交").click()
    resident.wait_for_url("**/received/")
    return resident.locator(".case-code").inner_text()


def send_back(desk: Page, scene: Scene, case: Case) -> None:
    """The desk sees it on its board and asks the technician, who gives it back with a reason."""
    desk.goto(reverse("cases:list"))
    desk.click(f"#case-{case.pk} a")
    desk.click("a.gc-btn:has-text('派单')")
    desk.click(f"li:has-text('{scene.plumber.name}') button")
    desk.click("button:has-text('电话里已接单')")
    desk.click("a.gc-btn:has-text('退单')")
    desk.check("input[value='no_material']")
    desk.click(SEND)


def give_to_member(desk: Page) -> None:
    desk.click("a.gc-btn:has-text('派单')")
    desk.fill("input[type=search][name=q]:visible >> nth=-1", "林晓岚")
    desk.keyboard.press("Enter")
    desk.click("li:has-text('林晓岚') button")
    desk.wait_for_selector("text=已派给林晓岚")


def do_it(phone: Page, case: Case, *, words: str) -> None:
    """The member takes it on and does it, half an hour each time."""
    phone.goto(reverse("cases:mine"))
    phone.click(f"#case-{case.pk} button:has-text('我来办')")
    phone.goto(reverse("cases:mine"))
    phone.click(f"#case-{case.pk} a.gc-btn:has-text('办完了')")
    phone.fill("#id_note", words)
    phone.select_option("#id_minutes", "30")
    phone.click(SEND)
    phone.wait_for_selector("text=社区会回访")


def call_back(desk: Page, case: Case) -> None:
    desk.goto(case.get_absolute_url())
    desk.click("main a:has-text('回访')")
    desk.check("input[value='solved']")
    desk.check("input[value='yes']")
    desk.click(SEND)
    desk.wait_for_selector("text=诉求人还可以再反映")


def say(new_page: Callable[..., Page], code: str, word: str, note: str = "") -> Page:
    """The resident, in a browser that knows nothing but the code."""
    page = new_page(**PHONE)
    page.goto(reverse("cases:public_follow"))
    page.get_by_label("您的查询码").fill(code)
    page.get_by_role("button", name="查看").last.click()
    page.wait_for_url("**/follow/case/")
    page.check(f"input[name=word][value={word}]")
    page.fill("textarea[name=note]", note)
    page.get_by_role("button", name="告诉社区").click()
    page.wait_for_selector("#messages")
    return page


def check_told(desk: Page, case: Case) -> None:
    """One case, one timeline, two entries."""
    case.refresh_from_db()
    assert (case.state, case.is_solved, case.is_satisfied, case.returns) == ("solved", True, True, 1)
    assert Case.objects.count() == 2
    assert list(ServiceEntry.objects.values_list("minutes", flat=True)) == [30, 30]
    kinds = list(case.steps.order_by("number").values_list("kind", flat=True))
    again = ["dispatched", "accepted", "done", "called_back"]
    first = ["raised", "dispatched", "accepted", "returned", *again]
    assert kinds == [*first, "reopened", *again, "confirmed"]
    desk.goto(case.get_absolute_url())
    assert desk.locator("main .gc-timeline > li").count() == len(kinds)


def test_asked_returned_done_not_solved_done_again_and_rated(
    scene: Scene, desk: Page, phone: Page, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    assert DRIP in str(scene.pipe.fields)
    code = ask_without_account(new_page(**PHONE), scene)
    case = Case.objects.exclude(pk=scene.case.pk).get()
    sign_in(desk, scene.cast.desk)
    sign_in(phone, scene.cast.member)

    send_back(desk, scene, case)
    give_to_member(desk)
    do_it(phone, case, words="换了接头")
    call_back(desk, case)

    # The resident says otherwise: the same request, under the same number, is to dispatch again.
    shown = say(new_page, code, "not_solved", "夜里又漏了")
    assert "编号不变" in shown.locator("#messages").inner_text()
    number = case.number
    case.refresh_from_db()
    assert (case.state, case.number, case.is_solved) == ("to_dispatch", number, False)
    desk.goto(case.get_absolute_url())
    give_to_member(desk)
    do_it(phone, case, words="整根换了")
    call_back(desk, case)
    shown = say(new_page, code, "satisfied")
    told = shown.locator("main .gc-timeline").inner_text()
    for words in ("派单", "退单", "换了接头", "夜里又漏了", "整根换了", "已解决", "满意"):
        assert words in told, (words, told)
    check_told(desk, case)
