"""Hostile words as they are typed: into the resident's and the desk's forms, into search boxes, into addresses.

What is refused comes back in the form, what is searched in the box and on its chip, what is not found on the page that
says so: each of these pages is looked at in Chromium. What already stands in the rows: test_xss.py.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from guangcai.accounts.models import RateWindow
from guangcai.cases.models import Case, Category, Item
from guangcai.wishes.models import Wish
from tests.browser.test_xss import HOSTILE, LOOK
from tests.cast import SINCE, Cast, make_cast

# Lists with a search box that a desk may open, and pages that anybody may.
BOXES = (
    "cases:list", "wishes:list", "members:roster", "activities:list", "posts:list", "teams:list", "zones:list",
    "places:kept", "places:resources", "councils:proposals", "studios:list", "orgs:units", "ledger:entries",
    "portal:suggestions",
)  # fmt: skip
OPEN_BOXES = ("places:directory", "wishes:open", "cases:public", "studios:public", "account_login")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    made = make_cast(timezone.now())
    category = Category.objects.create(code="repair", name="水电维修")
    fields = [{"label": "哪一层", "kind": "text", "required": True}]
    Item.objects.create(category=category, code="lamp", name="楼道灯", fields=fields, since=SINCE)
    return made


@pytest.fixture
def harmless(new_page: Callable[..., Page]) -> Any:
    """`harmless(page, path)`: opens it and finds nothing that runs; a dialog is a fault."""
    faults: list[str] = []

    def look(page: Page, path: str = "") -> None:
        if path:
            page.goto(path)
        began, made = page.evaluate(LOOK)
        if began or made:
            faults.append(f"{page.url}: {began} {made}")

    def watched(**size: int) -> Page:
        page = new_page(**size)
        page.on("dialog", lambda dialog: faults.append(dialog.message) or dialog.dismiss())
        return page

    yield watched, look
    assert faults == []


def some_of(words: list[str]) -> Any:
    return pytest.mark.parametrize(
        "some", [pytest.param(words[::11], id="some"), pytest.param(words, marks=pytest.mark.nightly, id="all")]
    )


def shown(words: str) -> str:
    """As a box of one line holds it."""
    return words.strip().replace("\r", "").replace("\n", "")


@some_of(HOSTILE)
def test_what_is_searched_is_echoed_as_words(cast: Cast, harmless: Any, sign_in: Any, some: list[str]) -> None:
    """The box, the chip, the sort and page links, a filter's refusal, and the way back that a sign-in keeps."""
    watched, look = harmless
    desk, anybody = watched(width=1440, height=900), watched(width=390, height=844)
    sign_in(desk, cast.desk)
    for number, words in enumerate(some):
        query = urlencode({"q": words, "sort": words, "page": words, "state": words, "next": words})
        # All of them with some words, a third of them with each of the whole corpus.
        for name in BOXES if len(some) < 20 else BOXES[number % 3 :: 3]:
            look(desk, f"{reverse(name)}?{query}")
            box = desk.locator("main input[name=q]")
            assert box.count() == 0 or box.first.input_value() == shown(words), name
        for name in OPEN_BOXES:
            look(anybody, f"{reverse(name)}?{query}")


@some_of(HOSTILE)
def test_an_address_that_is_not_there_repeats_nothing(cast: Cast, harmless: Any, sign_in: Any, some: list[str]) -> None:
    """404, 405 and 400 pages, for somebody signed in and for anybody."""
    watched, look = harmless
    desk, anybody = watched(width=1440, height=900), watched(width=390, height=844)
    sign_in(desk, cast.desk)
    for words in some:
        safe = quote(words.replace("/", ""), safe="")
        for page in (desk, anybody):
            for path in (
                f"/{safe}/",
                f"/cases/{safe}/",
                f"/cases/help/{safe}/",
                f"/wishes/code/{safe}/",
                f"/static/{safe}",
            ):
                look(page, path)
            look(page, f"{reverse('cases:export')}?{urlencode({'q': words})}")


@some_of(HOSTILE)
def test_what_a_form_refuses_comes_back_as_words(cast: Cast, harmless: Any, sign_in: Any, some: list[str]) -> None:
    """Typed and sent in the browser; the phone is none, so the page comes back with all that was typed, then goes
    through with a phone and is read by the desk."""
    watched, look = harmless
    desk, resident = watched(width=1440, height=900), watched(width=390, height=844)
    sign_in(desk, cast.desk)
    item, code = Item.objects.get(), cast.nanyuan.code
    doors = (
        (resident, reverse("cases:public_ask", args=[code, item.pk])),
        (resident, reverse("wishes:ask", args=[code])),
        (resident, reverse("cases:public_follow")),
        (desk, f"{reverse('cases:new')}?item={item.pk}"),
    )
    for words in some:
        RateWindow.objects.all().delete()
        for page, door in doors:
            page.goto(door)
            form = page.locator("main form[method=post]").first
            for box in form.locator("input[type=text], input[type=tel], input:not([type]), textarea").all():
                if box.is_visible():
                    box.fill(words[:200])
            with page.expect_navigation():
                form.locator("button[type=submit]:visible").last.press("Enter")
            look(page)
        for page, door in doors[:2]:
            page.goto(door)
            form = page.locator("main form[method=post]").first
            for box in form.locator("input[type=text], input:not([type]), textarea").all():
                if box.is_visible():
                    box.fill(words[:60])
            form.locator("input[name=phone]").fill("13922223333")
            with page.expect_navigation():
                form.locator("button[type=submit]:visible").last.press("Enter")
            look(page)
    assert Case.objects.count() >= len(some) - 2
    pages = [reverse("cases:list"), reverse("wishes:list")]
    pages += [row.get_absolute_url() for row in (*Case.objects.all(), *Wish.objects.all())]
    for path in pages:
        look(desk, path)
