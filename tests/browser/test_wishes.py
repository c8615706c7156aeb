"""Wishes in Chromium: every screen for axe at both widths; one wish from the public page to thanks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.members.commands import load_lists
from guangcai.wishes import commands
from guangcai.wishes.enums import GiftForm, GiverKind
from guangcai.wishes.models import AidKind, AidMeasure, Wish, WishClaim, WishKind
from tests.browser.conftest import PHONE
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Scene:
    """南园 with a wish somebody has, one that waits, a campaign and a programme; real time."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        load_lists(by=Actor.system(), now=self.now)
        commands.load_wish_lists(by=Actor.system(), now=self.now)

    def published(self, title: str) -> Wish:
        by = {"by": self.desk, "now": self.now}
        draft = commands.WishDraft(said=title, name="王桂芳", phone="13612340001")
        wish = commands.collect_wish(community=self.cast.nanyuan, draft=draft, **by)
        kind = WishKind.objects.get(code="goods")
        wish = commands.verify_wish(wish=wish, kind=kind, title=title, words=title, people=2, **by)
        return commands.publish_wish(wish=wish, **by)

    def pages(self) -> dict[str, list[str]]:
        by = {"by": self.desk, "now": self.now}
        waiting, taken = self.published("一床棉被"), self.published("一台收音机")
        mine = self.cast.teacher_member
        claim = commands.claim_wish(wish=taken, member=mine, by=self.cast.actor("member"), now=self.now)
        commands.confirm_claim(claim=claim, **by)
        campaign = commands.open_campaign(community=self.cast.nanyuan, title="一元钱", goal="图书角", **by)
        draft = commands.GiftDraft(GiftForm.MONEY, GiverKind.ANONYMOUS, localdate(self.now), fen=2000)
        gift = commands.receive_gift(campaign=campaign, draft=draft, **by)
        kind, measure = AidKind.objects.get(code="student"), AidMeasure.objects.get(code="students")
        since = localdate(self.now)
        told = {"kind": kind, "title": "助学", "run_by": "社区", "since": since}
        programme = commands.add_programme(community=self.cast.nanyuan, **told, **by)
        counted = {"measure": measure, "on": since, "count": 7, "source": "签收表"}
        outcome = commands.note_outcome(programme=programme, **counted, **by)

        def at(name: str, *args: object) -> str:
            return reverse(f"wishes:{name}", args=args)

        desk = [at(name) for name in ("list", "new", "campaigns", "campaign_new", "programmes", "programme_new")]
        desk += [at("wish", taken.pk), at("end", waiting.pk), at("claim_end", claim.pk), at("fulfilment", claim.pk)]
        desk += [at(name, campaign.pk) for name in ("campaign", "campaign_close", "gift_new", "spending_new")]
        desk += [at("gift_reversal", gift.pk), at("outcome_correction", outcome.pk)]
        desk += [at(name, programme.pk) for name in ("programme", "programme_end", "outcome_new")]
        member = ["/", at("open"), at("wish", waiting.pk), at("wish", taken.pk), at("work", claim.pk)]
        code = self.cast.nanyuan.code
        public = [at("walls"), at("wall", code), at("ask", code), at("followed", taken.asker.code)]
        return {"": public, "desk": desk, "member": member}


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_screen(width: str, scene: Scene, request: Any, sign_in: Any, axe: Any, no_sideways_scroll: Any) -> None:
    page = request.getfixturevalue(width)
    for who, addresses in scene.pages().items():
        if who:
            sign_in(page, scene.cast.users[who])
        for address in addresses:
            assert page.goto(address).status == 200, address
            axe(page)
            no_sideways_scroll(page)


def test_from_the_public_page_to_thanks(
    scene: Scene, phone: Any, desk: Any, new_page: Callable[..., Any], sign_in: Any
) -> None:
    """A resident with scripts off makes a wish, a member does it, she says not yet, then thanks."""
    resident, primary = new_page(**PHONE, java_script_enabled=False), "main form .gc-btn-primary"
    followed = asked(resident, scene.cast.nanyuan.code)
    wish = Wish.objects.get()
    assert wish.asker.code in followed
    sign_in(desk, scene.cast.desk)
    desk.goto(reverse("wishes:verification", args=[wish.pk]))
    desk.fill("input[name=title]", "一台收音机")
    desk.fill("textarea[name=words]", "王桂芳想要一台收音机")
    desk.click(primary)
    assert "姓名" in desk.inner_text("main")
    desk.fill("textarea[name=words]", "一位老人想要一台收音机")
    desk.click(primary)
    desk.click("form[action$='/publication/'] button")
    desk.wait_for_selector(".gc-notice")
    sign_in(phone, scene.cast.member)
    phone.goto(reverse("wishes:open"))
    phone.click("main .gc-rows a")
    phone.click(primary)
    phone.wait_for_selector(".gc-notice")
    desk.goto(wish.get_absolute_url())
    desk.click("form[action$='/confirmation/'] button")
    desk.wait_for_selector(".gc-notice")
    phone.goto(wish.get_absolute_url())
    assert "王桂芳" not in phone.content()
    phone.click("form[action$='/opening/'] button")
    phone.wait_for_selector("#asker dl")
    assert "王桂芳" in phone.inner_text("#asker")
    done_and_answered(phone, resident, followed)
    desk.goto(wish.get_absolute_url())
    desk.click("form[action$='/thanks/publication/'] button")
    desk.wait_for_selector(".gc-notice")
    resident.goto(reverse("wishes:wall", args=[scene.cast.nanyuan.code]))
    assert "天天都听，谢谢" in resident.inner_text("main")
    assert "王桂芳" not in resident.content()
    assert Wish.objects.get().state == "confirmed"


def asked(resident: Any, community: str) -> str:
    """She makes her wish; the page on which she follows it."""
    resident.goto(reverse("wishes:ask", args=[community]))
    resident.fill("textarea[name=said]", "想要一台收音机，听戏")
    resident.fill("input[name=name]", "王桂芳")
    resident.fill("input[name=phone]", "13612340001")
    resident.click("main form .gc-btn-primary")
    return str(resident.url)


def done_and_answered(phone: Any, resident: Any, followed: str) -> None:
    """The member does it twice: the first time she says not yet; then she thanks."""
    claim, primary = WishClaim.objects.get(), "main form .gc-btn-primary"
    for answer in ("no", "yes"):
        phone.goto(reverse("wishes:fulfilment", args=[claim.pk]))
        phone.fill("textarea[name=what]", "送去一台收音机")
        phone.click(primary)
        phone.wait_for_selector(".gc-notice")
        resident.goto(followed)
        resident.check(f"input[value={answer}]")
        resident.click(primary)
    resident.fill("textarea[name=words]", "天天都听，谢谢")
    resident.check("input[name=agrees]")
    resident.click(primary)
