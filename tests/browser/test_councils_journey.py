"""A suggestion becomes a proposal, a unit promises and is late, everybody sees that; done, judged, published."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page

from guangcai.councils.models import JointPledge, Proposal
from guangcai.portal.models import Suggestion
from tests.browser.conftest import PHONE
from tests.browser.test_councils import Scene
from tests.councils.conftest import call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
SEND = "main form .gc-btn-primary"
EVIDENCE = "三个单元都装好了"


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def suggest(resident: Page) -> None:
    """Anybody, without an account."""
    resident.goto(reverse("portal:suggestion"))
    here = resident.locator("select[name=community] option", has_text="南园").first
    resident.select_option("select[name=community]", here.get_attribute("value"))
    resident.fill("textarea[name=text]", "楼道没有扶手，老人上下楼不稳")
    resident.click(SEND)
    resident.wait_for_url("**/suggestion/*-*/")


def propose_and_table(desk: Page, scene: Scene) -> Proposal:
    """The desk makes it a proposal, takes it up and puts it on the agenda."""
    desk.goto(reverse("portal:suggestion_answer", args=[Suggestion.objects.get().pk]))
    desk.click("main a[href*='?suggestion=']")
    desk.fill("input[name=title]", "加装扶手")
    desk.fill("textarea[name=text]", "楼道没有扶手")
    desk.fill("input[name=proposer_name]", "王桂芳")
    desk.click(SEND)
    desk.wait_for_selector(".gc-timeline")
    desk.click("main a[href$='/screening/']")
    desk.check("input[name=accepts][value=yes]")
    desk.click(SEND)
    desk.click("main a[href$='/tabling/']")
    desk.select_option("select[name=meeting]", label=desk.locator("select[name=meeting] option").last.inner_text())
    desk.click(SEND)
    desk.wait_for_selector("main a[href$='/pledges/']")
    return Proposal.objects.get()


def promise(unit: Page, row: Proposal, due_on: str) -> JointPledge:
    unit.goto(reverse("councils:pledge_new", args=[row.pk]))
    unit.fill("input[name=item]", "出钱装扶手")
    unit.fill("input[name=due_on]", due_on)
    unit.fill("input[name=owner_name]", "孙老师")
    unit.click(SEND)
    unit.wait_for_selector("#promises")
    return JointPledge.objects.get()


def report_done(unit: Page, pledge: JointPledge) -> None:
    unit.goto(reverse("councils:done", args=[pledge.pk]))
    unit.fill("textarea[name=evidence]", EVIDENCE)
    unit.click(SEND)
    unit.wait_for_selector(".gc-facts")


def judge_and_publish(desk: Page, row: Proposal) -> None:
    """The desk notes what the proposer says, and publishes the result."""
    desk.goto(row.get_absolute_url())
    desk.click("main a[href$='/judgements/']")
    desk.check("input[name=verdict][value=kept]")
    desk.fill("input[name=asked]", "今天电话里说的")
    desk.click(SEND)
    desk.wait_for_selector(".gc-timeline")
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.click("main form[action$='/publication/'] button")
    desk.wait_for_load_state("networkidle")


def read_by_all(new_page: Callable[..., Page], scene: Scene) -> str:
    """What anybody reads without signing in."""
    stranger = new_page(**PHONE)
    stranger.goto(reverse("councils:public", args=[scene.cast.nanyuan.code]))
    return stranger.inner_text("main")


def test_a_promise_kept_late_is_seen_by_everybody(
    scene: Scene, desk: Page, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    unit, then = new_page(width=1440, height=900), scene.now - 20 * DAY
    due_on = (then.date() + 6 * DAY).isoformat()
    with time_machine.travel(then, tick=True):
        call(scene.body, scene.desk, then, title="月初会议")
        sign_in(desk, scene.cast.desk)
        sign_in(unit, scene.cast.liaison)
        suggest(new_page(**PHONE))
        row = propose_and_table(desk, scene)
        pledge = promise(unit, row, due_on)
        assert "迟" not in read_by_all(new_page, scene)

    # Two weeks after its day.
    sign_in(desk, scene.cast.desk)
    sign_in(unit, scene.cast.liaison)
    told = read_by_all(new_page, scene)
    assert "出钱装扶手" in told
    assert "迟" in told
    assert "孙老师" not in told
    for page in (desk, unit):
        page.goto(row.get_absolute_url())
        assert "迟" in page.inner_text("#promises")
    report_done(unit, pledge)
    judge_and_publish(desk, row)
    assert Proposal.objects.get().state == "published"
    timeline = desk.inner_text("main .gc-timeline")
    assert "出钱装扶手" in timeline or "实验小学" in timeline
    told = read_by_all(new_page, scene)
    assert "迟" in told
    assert "王桂芳" not in told
