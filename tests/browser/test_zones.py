"""Zones in Chromium: every screen for axe at both widths, and one zone from the phone to the signed paper."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.members.commands import load_lists
from guangcai.orgs.enums import Level
from guangcai.zones import commands
from guangcai.zones.enums import ZoneKind
from guangcai.zones.models import Zone, ZoneAgreement
from tests.browser.conftest import PHONE
from tests.cast import Cast, make_cast, make_node
from tests.zones.conftest import DUTIES, signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YEAR = timedelta(days=345)


class Scene:
    """南园 with a building of two stairwells as zones; real time, because the browser has its own."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        load_lists(by=Actor.system(), now=self.now)
        commands.load_zone_duties(by=Actor.system(), now=self.now)
        for number in (1, 2):
            make_node(self.cast.building, Level.STAIRWELL, f"210802001002-03-{number}", f"{number}单元")
        kinds = (ZoneKind.BUILDING, ZoneKind.STAIRWELL)
        commands.add_zones(community=self.cast.nanyuan, kinds=kinds, by=self.desk, now=self.now)

    def zone(self, name: str) -> Zone:
        return Zone.objects.get(name=name)

    def pages(self) -> dict[str, list[str]]:
        """An agreement to be renewed, one to be signed, one to be confirmed, and a place that is no zone yet."""
        cast, own = self.cast, self.cast.actor("member")
        held = signed(self.zone("3号楼1单元"), cast.teacher_member, own, self.desk, self.now - YEAR)
        lot = commands.add_lot(community=cast.nanyuan, name="东侧绿地", by=self.desk, now=self.now)
        drawn = commands.offer_zone(zone=lot, member=cast.teacher_member, by=own, now=self.now)
        commands.confirm_agreement(agreement=drawn, duties=DUTIES, by=self.desk, now=self.now)
        stairwell = self.zone("3号楼2单元")
        offered = commands.offer_zone(zone=stairwell, member=cast.teacher_member, by=own, now=self.now)
        make_node(cast.nanyuan, Level.BUILDING, "210802001002-04", "4号楼")

        def on(row: Any, *names: str) -> list[str]:
            return [reverse(f"zones:{name}", args=[row.pk]) for name in names]

        desk = [reverse(f"zones:{name}") for name in ("list", "map", "coverage", "places", "lot_new", "duties")]
        desk += [*on(held.zone, "zone", "end"), *on(held, "agreement_end"), *on(cast.nanyuan, "leads")]
        desk += [*on(offered, "confirmation"), *on(drawn, "signature"), f"{on(lot, 'people')[0]}?q=林"]
        member = [reverse("zones:mine"), "/", *on(held.zone, "zone"), *on(self.zone("3号楼"), "zone")]
        return {"desk": desk, "member": [*member, *on(drawn, "signature"), *on(held, "work", "agreement_end")]}


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_screen(width: str, scene: Scene, request: Any, sign_in: Any, axe: Any, no_sideways_scroll: Any) -> None:
    page = request.getfixturevalue(width)
    for who, addresses in scene.pages().items():
        sign_in(page, scene.cast.users[who])
        for address in addresses:
            assert page.goto(address).status == 200, address
            axe(page)
            no_sideways_scroll(page)


def test_one_zone_from_the_phone_to_the_paper(
    scene: Scene, desk: Any, new_page: Callable[..., Any], sign_in: Any
) -> None:
    """A member takes a stairwell on his phone, the desk draws the agreement up, he signs it, both print it."""
    phone = new_page(**PHONE, has_touch=True, is_mobile=True)
    sign_in(phone, scene.cast.member)
    sign_in(desk, scene.cast.desk)
    zone = scene.zone("3号楼1单元")
    phone.goto(reverse("zones:mine"))
    phone.click(f"#zone-{zone.pk} a")
    phone.click("main form[action$='/agreements/'] button")
    phone.wait_for_selector(".gc-notice, .gc-messages")
    row = ZoneAgreement.objects.get()
    desk.goto(reverse("zones:list") + "?state=offered")
    desk.click("tbody th a")
    desk.click("main a[href$='/confirmation/']")
    desk.click("main form .gc-btn-primary")
    desk.wait_for_selector(f"#agreement-{row.pk}")
    phone.goto(reverse("zones:mine"))
    phone.click("main a[href$='/signature/']")
    phone.fill("input[name=name]", "别人")
    phone.click("main form .gc-btn-primary")
    phone.wait_for_selector(".gc-field-error")
    phone.fill("input[name=name]", scene.cast.teacher_member.name)
    phone.click("main form .gc-btn-primary")
    phone.wait_for_selector("main a[href$='/entries/']")
    row.refresh_from_db()
    assert (row.state, row.signed_how) == ("held", "screen")
    for page in (phone, desk):
        page.goto(zone.get_absolute_url())
        with page.expect_download() as download:
            page.click("main a[href$='paper.pdf']")
        assert download.value.suggested_filename.startswith("责任区认领协议")
    assert row.number in desk.inner_text("main")
