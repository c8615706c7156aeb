"""Walks in a real browser: Debian's Chromium, the live server, no console error, no CSP violation, no axe finding."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

# Playwright's synchronous API runs an event loop in this thread; the ORM is called outside of it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("GUANGCAI_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PARTS = ("script", "stylesheet", "image", "font", "media")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`new_page(width=..., height=..., **context options)`: watched until the test ends."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # A refused page (403, 404, 422) is an answer, not a fault; missing parts are seen by on_response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            troubles.append(f"console: {message.text}")

    def on_response(response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type in PARTS):
            troubles.append(f"{response.status}: {response.url}")

    def make(*, width: int, height: int, **options: Any) -> Page:
        options.setdefault("locale", "zh-CN")
        options.setdefault("timezone_id", "Asia/Shanghai")
        context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on("response", on_response)
        return page

    yield make
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def desk(new_page: Callable[..., Page]) -> Page:
    """A worker's desktop, 1440 x 900."""
    return new_page(**DESK)


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A member's phone, 390 x 844, touch."""
    return new_page(**PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, Any], None]:
    """`sign_in(page, cast.desk)`: that person's session in the page's browser."""

    def put_cookie(page: Page, user: Any) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return put_cookie


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: no finding of WCAG 2.2 A and AA on the whole page."""
    scanner = Axe()

    def scan(page: Page) -> None:
        size = page.viewport_size or DESK
        # As tall as the page, so that bars fixed to the bottom cover nothing that a scroll would show.
        page.set_viewport_size({"width": size["width"], "height": max(size["height"], _height(page))})
        found = scanner.run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
        page.set_viewport_size(size)
        assert [(v["id"], node["html"][:200], node["failureSummary"]) for v in found for node in v["nodes"]] == []

    return scan


def _height(page: Page) -> int:
    # A click returns when the next page has begun, which may be before it has anything in it.
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollHeight"))


@pytest.fixture
def no_sideways_scroll() -> Callable[[Page], None]:
    """Nothing is wider than the screen."""

    def check(page: Page) -> None:
        wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= screen, f"{page.url} is {wide} px wide on a screen of {screen} px"

    return check
