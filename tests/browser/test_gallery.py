"""Every component in every light: what holds here holds on the screens made of them."""

from collections.abc import Callable
from typing import Any

import brotli
import pytest
from playwright.sync_api import Page, Response, expect

from guangcai.core import gallery, navigation

KB = 1024
MOST_KB = 150
LIGHTS = [
    pytest.param(width, scheme, size, id=f"{width}-{scheme}-{size or 'standard'}")
    for width, scheme, size in [
        (1440, "light", None),
        (390, "light", None),
        (320, "light", None),
        (1440, "dark", None),
        (390, "dark", None),
        (390, "light", 18),
        (390, "dark", 30),
        (320, "light", 30),
        (1440, "light", 30),
    ]
]
Pages = Callable[..., Page]


@pytest.fixture(autouse=True)
def _gallery(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = "tests.browser.gallery_urls"
    provider = navigation.Provider(
        items=lambda actor: gallery.menu(),
        place=lambda actor: gallery.SAMPLES["place"],
        search_url=lambda actor: "/gallery/",
    )
    monkeypatch.setattr(navigation, "_provider", provider)


def elder(page: Page, url: str, size: int) -> None:
    page.context.add_cookies(
        [{"name": "elder", "value": "1", "url": url}, {"name": "text_size", "value": str(size), "url": url}]
    )


@pytest.mark.parametrize(("width", "scheme", "size"), LIGHTS)
def test_gallery_in_every_light(
    new_page: Pages,
    live_server: Any,
    axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
    width: int,
    scheme: str,
    size: int | None,
) -> None:
    page = new_page(width=width, height=844, color_scheme=scheme)
    if size:
        elder(page, live_server.url, size)
    page.goto("/gallery/")
    expect(page.locator("#bars canvas")).to_be_visible()
    no_sideways_scroll(page)
    axe(page)


def test_everything_is_there_with_scripts_off(new_page: Pages) -> None:
    page = new_page(width=390, height=844, java_script_enabled=False)
    page.goto("/gallery/")
    expect(page.locator("form[data-bulk] button").first).to_be_visible()
    expect(page.locator(".gc-chart-box").first).to_be_hidden()
    page.get_by_role("button", name="大字版").click()
    expect(page.get_by_role("button", name="标准版")).to_be_visible()
    page.get_by_role("button", name="30").click()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "30px"
    page.locator("footer").get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Standard view")).to_be_visible()


def test_bulk_bar_appears_with_a_selection(desk: Page) -> None:
    desk.goto("/gallery/")
    bar = desk.locator("form[data-bulk]")
    expect(bar).to_be_hidden()
    desk.locator('input[name="ids"]').nth(1).check()
    expect(bar).to_be_visible()
    expect(desk.locator("[data-bulk-count]")).to_have_text("1 / 6")
    desk.locator('input[name="ids"]').nth(3).click(modifiers=["Shift"])
    expect(desk.locator("[data-bulk-count]")).to_have_text("3 / 6")
    desk.locator("[data-pick-all]").check()
    expect(desk.locator("[data-bulk-count]")).to_have_text("6 / 6")
    desk.locator("[data-pick-all]").uncheck()
    expect(bar).to_be_hidden()


def test_side_panel_opens_and_gives_the_focus_back(desk: Page) -> None:
    desk.goto("/gallery/")
    link = desk.locator("[data-panel]").first
    link.click()
    expect(desk.locator("dialog#panel")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog#panel")).to_be_hidden()
    expect(link).to_be_focused()


def test_filter_redraws_the_list_and_the_address_says_so(desk: Page) -> None:
    desk.goto("/gallery/")
    desk.locator('select[name="state"]').select_option(index=1)
    desk.wait_for_url("**/gallery/?*state=*")
    assert "kind=" not in desk.url
    expect(desk.locator("#listing table")).to_be_visible()


def test_background_work_moves_on_by_itself(desk: Page) -> None:
    desk.goto("/gallery/")
    expect(desk.locator(".gc-job").first.get_by_role("link", name="查看结果")).to_be_visible(timeout=12_000)


def test_a_refused_form_leads_to_its_fields(phone: Page) -> None:
    phone.goto("/gallery/")
    expect(phone.locator(".gc-errors")).to_be_focused()
    phone.locator(".gc-errors a").first.click()
    expect(phone.locator("#id_phone")).to_be_focused()


def test_keyboard_reaches_the_content_and_leaves_the_menu(desk: Page) -> None:
    desk.goto("/privacy/")
    desk.keyboard.press("Tab")
    expect(desk.locator(".gc-skip")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#main")).to_be_focused()
    desk.locator(".gc-menu summary").click()
    expect(desk.locator(".gc-menu-box")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator(".gc-menu-box")).to_be_hidden()


def test_a_phone_page_is_light(phone: Page) -> None:
    answers: list[Response] = []
    phone.on("response", lambda answer: answers.append(answer))
    phone.goto("/privacy/", wait_until="networkidle")
    weights = {answer.url: len(brotli.compress(answer.body())) for answer in answers}
    total = sum(weights.values()) / KB
    assert not [url for url in weights if "echarts" in url]
    assert total <= MOST_KB, sorted(weights.items(), key=lambda pair: -pair[1])
    print(f"\nphone page: {total:.1f} KB in {len(weights)} requests")


def test_refusals_say_why(phone: Page, axe: Callable[[Page], None]) -> None:
    phone.goto("/no-such-page/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("这个地址没有可看的内容")
    expect(phone.get_by_role("link", name="回到首页")).to_be_visible()
    axe(phone)
