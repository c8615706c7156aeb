"""A strip of tabs that is longer than the screen opens at the tab one is on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from tests.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN = """() => {
    const tab = document.querySelector(".gc-tabs [aria-current]").getBoundingClientRect();
    const strip = document.querySelector(".gc-tabs").getBoundingClientRect();
    return tab.left >= strip.left - 1 && tab.right <= strip.right + 1;
}"""


@pytest.mark.parametrize("name", ["members", "studios", "wishes"])
def test_the_current_tab_is_in_sight(
    desk: Page, phone: Page, sign_in: Callable[[Page, Any], None], transactional_db: None, name: str
) -> None:
    cast = make_cast(timezone.now())
    for page in (desk, phone):
        sign_in(page, cast.desk)
        page.goto(reverse("reports:statistic", args=[name]))
        assert page.evaluate(SHOWN), page.viewport_size
