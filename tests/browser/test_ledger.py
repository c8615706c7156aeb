"""Every screen of the ledger in Chromium: nothing for axe to find, no console error, nothing to scroll sideways."""

from datetime import date

import pytest
from django.urls import reverse

from guangcai.core.ids import new_id
from guangcai.ledger.commands import draw_sample, issue_certificate, raise_objection
from guangcai.ledger.enums import EntryOrigin
from tests.cast import make_cast
from tests.conftest import NOW
from tests.ledger.scenes import SATURDAY, confirmed, recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(transactional_db):
    """One record of every kind, an objection, a certificate, a drawn sample."""
    cast = make_cast(NOW)
    entry = confirmed(cast, deeds=1)
    recorded(cast, starts_at=SATURDAY.replace(hour=6), origin=EntryOrigin.BACK_FILL, reason="当天停电，纸质登记")
    objection = raise_objection(id=new_id(), entry=entry, text="少记了半小时", by=cast.actor("member"), now=NOW)
    period = {"since": date(2026, 1, 1), "until": NOW.date()}
    certificate = issue_certificate(
        id=new_id(), member=cast.teacher_member, community=cast.nanyuan, **period, by=cast.actor("desk"), now=NOW
    )
    (check,) = draw_sample(path=cast.street.path, month=SATURDAY.date(), by=cast.actor("overseer"), now=NOW)
    member = cast.teacher_member.pk
    pages = {
        "secretary": [
            reverse("ledger:entries"),
            reverse("ledger:confirmations"),
            reverse("ledger:entry", args=[entry.pk]),
            reverse("ledger:entry_reversal", args=[entry.pk]),
            reverse("ledger:objections"),
            reverse("ledger:objection", args=[objection.pk]),
            reverse("ledger:back_fills") + "?q=lxl",
            reverse("ledger:member_back_fills", args=[member]),
            reverse("ledger:member_certificates", args=[member]),
            reverse("ledger:certificates"),
            reverse("ledger:certificate", args=[certificate.pk]),
        ],
        "overseer": [
            reverse("ledger:plausibility") + "?month=2026-11",
            reverse("ledger:samples") + "?month=2026-11",
            reverse("ledger:sample", args=[check.pk]),
        ],
        "member": [
            reverse("ledger:mine"),
            reverse("ledger:my_entries"),
            reverse("ledger:booklet", args=[member]) + "?year=2026",
        ],
    }
    return cast, pages, certificate


@pytest.mark.parametrize("who", ["secretary", "overseer", "member"])
@pytest.mark.parametrize("device", ["desk", "phone"])
def test_every_screen(scene, live_server, request, sign_in, axe, no_sideways_scroll, who, device):
    cast, pages, _certificate = scene
    page = request.getfixturevalue(device)
    sign_in(page, cast.users[who])
    for address in pages[who]:
        page.goto(f"{live_server.url}{address}")
        axe(page)
        no_sideways_scroll(page)


def test_anybody_checks_a_certificate(scene, live_server, phone, axe, no_sideways_scroll):
    _cast, _pages, certificate = scene
    phone.goto(f"{live_server.url}{reverse('ledger:verification_of', args=[certificate.number])}")
    axe(phone)
    phone.get_by_label("姓氏").fill("林")
    phone.locator("main form button[type=submit]").click()
    phone.get_by_text("林**").wait_for()
    axe(phone)
    no_sideways_scroll(phone)


def test_the_desk_confirms_with_an_exception(scene, live_server, desk, sign_in):
    cast, _pages, _certificate = scene
    sign_in(desk, cast.secretary)
    desk.goto(f"{live_server.url}{reverse('ledger:confirmations')}")
    desk.get_by_text("不予确认", exact=True).click()
    desk.get_by_placeholder("原因").fill("没有到场")
    desk.get_by_role("button", name="确认勾选的记录").click()
    desk.get_by_text("没有待确认的记录").wait_for()
