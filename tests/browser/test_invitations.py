"""Finding people in Chromium: every screen for axe at both widths, and a batch of high-risk households paired."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from guangcai.care import commands as care
from guangcai.care.enums import ConsentBy, RiskTier
from guangcai.care.models import Household, Pairing
from guangcai.core.actor import Actor
from guangcai.invitations import commands
from guangcai.invitations.enums import Decision, Subject
from guangcai.members.commands import load_lists
from guangcai.posts import commands as posts
from tests.browser.conftest import DESK
from tests.care.conftest import draft as household_draft
from tests.cast import Cast, make_cast, make_member
from tests.posts.conftest import draft as post_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Scene:
    """南园 with three households nobody looks after and four members; real time, because the browser has its own."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        load_lists(by=Actor.system(), now=self.now)
        care.load_care_lists(by=Actor.system(), now=self.now)
        posts.load_post_kinds(by=Actor.system(), now=self.now)
        for number in range(3):
            phone = f"1371234000{number}"
            make_member(
                self.cast, f"n{number}", f"邻居{number}", phone, community=self.cast.nanyuan, unit=self.cast.school
            )
        tiers = {"3号楼-01": RiskTier.HIGH, "3号楼-02": RiskTier.HIGH, "3号楼-03": RiskTier.GENERAL}
        self.homes = [self.wanting(label, tier) for label, tier in tiers.items()]

    def wanting(self, label: str, tier: RiskTier) -> Household:
        then = self.now - timedelta(days=1)
        words = household_draft(label)
        row = care.add_household(community=self.cast.nanyuan, draft=words, tier=tier, by=self.desk, now=then)
        by, on = ConsentBy.SELF, localdate(then)
        care.give_consent(household=row, said_by=by, how="上门", given_on=on, by=self.desk, now=then)
        return row

    def pages(self) -> dict[str, list[str]]:
        post = posts.add_post(community=self.cast.nanyuan, draft=post_draft(), by=self.desk, now=self.now)
        asks = [commands.Ask(self.cast.teacher_member, post=post, why="同社区")]
        commands.invite(asks=asks, by=self.desk, now=self.now)
        round_ = commands.propose_round(
            community=self.cast.nanyuan, subject=Subject.HOUSEHOLDS, by=self.desk, now=self.now
        )
        pairs = list(round_.proposals.pairs())
        commands.decide(round_=round_, proposals=[pairs[0].pk], decision=Decision.ACCEPTED, by=self.desk, now=self.now)
        on_round = [reverse(f"invitations:{name}", args=[round_.pk]) for name in ("round", "sending", "round_end")]
        desk = [reverse("invitations:rounds"), *on_round, reverse("invitations:others", args=[pairs[1].pk])]
        desk += [reverse("invitations:post", args=[post.pk]), reverse("invitations:household", args=[self.homes[2].pk])]
        return {"desk": desk, "member": [reverse("invitations:mine"), "/"]}


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


def test_every_high_risk_household_is_paired_in_one_batch(
    scene: Scene, desk: Any, new_page: Callable[..., Any], sign_in: Any
) -> None:
    """Proposed, one changed, all accepted, sent with scripts off: offered, and held by nobody yet."""
    sign_in(desk, scene.cast.secretary)
    desk.goto(reverse("invitations:rounds"))
    desk.click("main form .gc-btn-primary")
    desk.wait_for_selector("tbody tr")
    assert desk.locator("tbody tr").count() == 3
    desk.goto(desk.url + "?tier=high")
    desk.locator("tbody tr").first.locator("a").last.click()
    desk.locator("main li form button").first.click()
    desk.wait_for_selector("tbody tr")
    desk.goto(desk.url + "?tier=high")
    desk.click("form:has(input[name=every]) button")
    desk.wait_for_selector("a[href$='/sending/']")
    plain = new_page(**DESK, java_script_enabled=False)
    sign_in(plain, scene.cast.secretary)
    plain.goto(desk.locator("a[href$='/sending/']").get_attribute("href"))
    plain.click("main form .gc-btn-primary")
    plain.wait_for_selector(".gc-notice")
    paired = Pairing.objects.live()
    assert sorted(paired.values_list("household__label", flat=True)) == ["3号楼-01", "3号楼-02"]
    assert set(paired.values_list("held_since", flat=True)) == {None}
