"""A resident sends a photo with scripts off; the desk sees it on the request, at both widths."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from guangcai.cases.models import Case, CasePhoto, Category, Item
from guangcai.demo.requests import _picture
from tests.browser.conftest import DESK, PHONE
from tests.cast import SINCE, Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Scan = Callable[[Page], None]


@pytest.fixture
def cast() -> Cast:
    found = make_cast(timezone.now())
    category = Category.objects.create(code="repair", name="水电维修")
    Item.objects.create(category=category, code="lamp", name="楼道灯", body="社区服务站", since=SINCE)
    return found


def test_a_photo_goes_in_and_is_seen(
    new_page: Callable[..., Page],
    cast: Cast,
    sign_in: Callable[[Page, Any], None],
    tmp_path: Path,
    axe: Scan,
    no_sideways_scroll: Scan,
) -> None:
    shot = tmp_path / "灯.jpg"
    shot.write_bytes(_picture().jpeg)
    page = new_page(**PHONE, java_script_enabled=False)
    page.goto(reverse("cases:public_ask", args=[cast.nanyuan.code, Item.objects.get().pk]))
    page.get_by_label("什么情况").fill("三楼的灯不亮")
    page.get_by_label("您的电话").fill("13922224444")
    page.get_by_label("照片").set_input_files([shot, shot])
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/received/")
    assert CasePhoto.objects.count() == 2
    for size in (PHONE, DESK):
        seen = new_page(**size)
        sign_in(seen, cast.desk)
        seen.goto(Case.objects.get().get_absolute_url())
        picture = seen.get_by_alt_text("诉求照片1")
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 1200
        no_sideways_scroll(seen)
        axe(seen)
        seen.goto(reverse("cases:dispatch", args=[Case.objects.get().pk]))
        seen.locator("details.card summary").click()
        no_sideways_scroll(seen)
        seen.goto(reverse("cases:new"))
        no_sideways_scroll(seen)
