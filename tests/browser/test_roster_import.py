"""J1 at the desk: a list is sent, mended, decided and applied in the browser."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from guangcai.members.models import Member, RosterBatch
from tests.cast import make_cast
from tests.members.rosters import person, workbook

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("GUANGCAI_PICTURES", "")


@pytest.fixture(autouse=True)
def _inline(settings):
    settings.JOBS_INLINE = True


def picture(page, name):
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def looked_at(page, axe, no_sideways_scroll, name):
    picture(page, name)
    axe(page)
    no_sideways_scroll(page)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_list_comes_in(size, request, sign_in, axe, no_sideways_scroll, tmp_path, now):
    cast = make_cast(now)
    page = request.getfixturevalue(size)
    file = tmp_path / "南园名册.xlsx"
    rows = [
        person(1),
        person(2, 手机号码="1380013800", 出生日期="1985年2月30日"),
        person(3, 姓名="林晓岚", 手机号码="13711112222"),
        person(4, 工作单位="区水务局"),
    ]
    file.write_bytes(workbook(rows))
    sign_in(page, cast.desk)
    page.goto(reverse("members:roster_imports"))
    looked_at(page, axe, no_sideways_scroll, f"{size}-send")
    page.set_input_files("input[type=file]", str(file))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/imports/*-*/")
    looked_at(page, axe, no_sideways_scroll, f"{size}-preview")
    batch = RosterBatch.objects.get()
    page.goto(reverse("members:roster_import_columns", args=[batch.pk]))
    looked_at(page, axe, no_sideways_scroll, f"{size}-columns")
    page.goto(reverse("members:roster_import", args=[batch.pk]))
    page.locator("#units button[name=add]").click()
    page.locator("#row-3 input[name=cell-2]").fill("1985-02-28")
    page.locator("#row-3 input[name=cell-3]").fill("13800138009")
    page.locator("#row-3 button").click()
    page.locator("#doubt-4 button[value=yes]").click()
    page.locator("form[action$='/application/'] button").click()
    page.wait_for_load_state()
    looked_at(page, axe, no_sideways_scroll, f"{size}-result")
    batch.refresh_from_db()
    assert (batch.state, batch.new_count, batch.matched_count) == ("applied", 3, 1)
    assert Member.objects.filter(name="林晓岚").count() == 1


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_people_are_expected(size, request, sign_in, axe, no_sideways_scroll, tmp_path, now):
    cast = make_cast(now)
    page = request.getfixturevalue(size)
    file = tmp_path / "预计报到名单.xlsx"
    file.write_bytes(workbook([person(1), person(2), person(3)]))
    sign_in(page, cast.desk)
    page.goto(f"{reverse('members:roster_imports')}?stands=expected")
    assert page.locator("input[name=stands][value=expected]").is_checked()
    page.set_input_files("input[type=file]", str(file))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/imports/*-*/")
    looked_at(page, axe, no_sideways_scroll, f"{size}-expected-preview")
    page.locator("form[action$='/application/'] button").click()
    page.wait_for_load_state()
    looked_at(page, axe, no_sideways_scroll, f"{size}-expected-result")
    page.locator("a[href*='launch-day']").first.click()
    page.wait_for_url("**/launch-day/**")
    looked_at(page, axe, no_sideways_scroll, f"{size}-launch-day")
    assert page.locator("#launch li[id^=slip-]").count() == 3
