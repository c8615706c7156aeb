"""J6 and J8 in a browser: a quarter closed, sent and acknowledged; a year drafted, shown, objected to and sent."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from guangcai.appraisal.models import Appraisal, FeedbackSheet
from guangcai.core import jobs
from guangcai.core.models import Job
from tests.appraisal.scenes import closed, served
from tests.cast import Cast, make_cast
from tests.conftest import NOW

SignIn = Callable[[Page, Any], None]
Check = Callable[[Page], None]
NewPage = Callable[..., Page]
YEAR = "/appraisal/years/?year=2026"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cast = make_cast(NOW)
    served(cast, deeds=1)
    return cast


def test_a_quarter_is_closed_sent_and_acknowledged(
    cast: Cast, desk: Page, new_page: NewPage, sign_in: SignIn, axe: Check, no_sideways_scroll: Check
) -> None:
    sign_in(desk, cast.users["secretary"])
    desk.goto(reverse("appraisal:quarters"))
    axe(desk)
    desk.locator("#quarter-2026Q3").get_by_role("button", name="季度结账").click()
    expect(desk.get_by_text("站前区实验小学")).to_be_visible()
    axe(desk)
    desk.get_by_role("main").get_by_role("button", name="季度结账").click()
    axe(desk)
    jobs.run(Job.objects.get().pk)
    desk.reload()
    axe(desk)
    desk.get_by_role("link", name="查看并审定反馈单").click()
    desk.get_by_role("link", name="站前区实验小学").click()
    axe(desk)
    desk.get_by_role("link", name="2.00").click()
    expect(desk.get_by_role("dialog").get_by_text("周末清洁")).to_be_visible()
    desk.keyboard.press("Escape")
    for _step in range(2):
        desk.get_by_role("button", name="审定并发出").click()
        axe(desk)
    expect(desk.get_by_text("-2026Q3-001").first).to_be_visible()

    unit = new_page(width=390, height=844)
    sign_in(unit, cast.users["liaison"])
    unit.goto(reverse("appraisal:sheets"))
    axe(unit)
    unit.get_by_role("link", name="站前区实验小学").click()
    axe(unit)
    no_sideways_scroll(unit)
    unit.get_by_text("已签收", exact=True).click()
    unit.get_by_role("button", name="发出答复").click()
    expect(unit.get_by_text("答复已送社区")).to_be_visible()
    sheet = FeedbackSheet.objects.get()
    assert (sheet.answer, sheet.read_by) == ("acknowledged", cast.users["liaison"].pk)


def pick(desk: Page, verb: str) -> None:
    """Tick the teacher in the year's list and give the opinion, or press the button."""
    desk.goto(YEAR)
    desk.get_by_role("checkbox", name="林晓岚").check()
    if verb in ("批准", "送单位"):
        desk.get_by_role("button", name=verb, exact=True).click()
        desk.get_by_role("main").get_by_role("button", name=verb, exact=True).click()
    else:
        desk.get_by_label("意见", exact=True).select_option(label=verb)
        desk.get_by_role("button", name="给出意见").click()


def object_on(phone: Page, axe: Check, no_sideways_scroll: Check) -> None:
    """The member reads his appraisal and objects."""
    phone.goto(reverse("appraisal:mine"))
    axe(phone)
    phone.get_by_role("main").get_by_role("link", name="2026").click()
    axe(phone)
    no_sideways_scroll(phone)
    phone.locator("textarea[name=text]").fill("少算一次")
    phone.get_by_role("button", name="提出异议").click()
    expect(phone.get_by_text("少算一次")).to_be_visible()


def test_a_year_is_drafted_shown_objected_to_answered_and_sent(
    cast: Cast, desk: Page, phone: Page, sign_in: SignIn, axe: Check, no_sideways_scroll: Check
) -> None:
    sign_in(desk, cast.users["secretary"])

    desk.goto(YEAR)
    desk.get_by_role("button", name="生成本年评议").click()
    expect(desk.get_by_role("link", name="林晓岚")).to_be_visible()
    axe(desk)
    pick(desk, "参加")
    pick(desk, "批准")
    row = Appraisal.objects.get()
    desk.goto(row.get_absolute_url())
    axe(desk)

    sign_in(phone, cast.users["member"])
    object_on(phone, axe, no_sideways_scroll)

    desk.goto(YEAR)
    desk.get_by_role("checkbox", name="林晓岚").check()
    desk.get_by_role("button", name="送单位", exact=True).click()
    expect(desk.get_by_text("本人已提出异议，还没有答复。")).to_be_visible()
    axe(desk)
    desk.get_by_role("link", name="林晓岚").click()
    desk.locator("textarea[name=text]").fill("已核对，无误")
    desk.get_by_role("button", name="发出答复").click()
    expect(desk.get_by_text("已核对，无误")).to_be_visible()
    pick(desk, "送单位")
    row.refresh_from_db()
    assert row.sent_at is not None
    assert row.objection.answer == "已核对，无误"


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_drafts_and_statistics_are_sound(
    cast: Cast, request: pytest.FixtureRequest, sign_in: SignIn, axe: Check, no_sideways_scroll: Check, device: str
) -> None:
    page: Page = request.getfixturevalue(device)
    sheet = closed(cast)[0]
    sign_in(page, cast.users["secretary"])
    for address in (
        sheet.get_absolute_url(),
        reverse("appraisal:sheets"),
        "/reports/members/?by=community&by=unit",
        "/reports/duty/",
        "/reports/feedback/?by=unit",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        axe(page)
        no_sideways_scroll(page)
