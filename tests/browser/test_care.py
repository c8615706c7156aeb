"""Households in Chromium: every screen for axe at both widths, and a visit on the phone in six taps at most."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from guangcai.care import commands
from guangcai.care.enums import ConsentBy, PairingKind, RiskTier
from guangcai.care.models import Household, Visit
from guangcai.core.actor import Actor
from guangcai.members.commands import load_lists
from tests.care.conftest import MARK, child, draft, seen
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_TAPS = 6


class Scene:
    """南园 with two households of one member, one of them a child's; real time, because the browser has its own."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        load_lists(by=Actor.system(), now=self.now)
        commands.load_care_lists(by=Actor.system(), now=self.now)
        self.home = self.looked_after(draft("3号楼-01"), RiskTier.HIGH)
        self.child = self.looked_after(child("3号楼-02"), RiskTier.KEY)

    def looked_after(self, words: commands.HouseholdDraft, tier: RiskTier) -> Household:
        then, own = self.now - timedelta(days=9), self.cast.actor("member")
        row = commands.add_household(community=self.cast.nanyuan, draft=words, tier=tier, by=self.desk, now=then)
        by = ConsentBy.GUARDIAN if row.needs_guardian else ConsentBy.SELF
        commands.give_consent(household=row, said_by=by, how="上门", given_on=localdate(then), by=self.desk, now=then)
        kind, member = PairingKind.CONTACT, self.cast.teacher_member
        pairing = commands.offer_pairing(household=row, member=member, kind=kind, by=self.desk, now=then)
        commands.take_up(pairing=pairing, by=own, now=then)
        return row

    def pages(self) -> dict[str, list[str]]:
        own, today = self.cast.actor("member"), localdate(self.now)
        visit = commands.record_visit(household=self.child, draft=seen(visited_on=today, with_guardian=True), by=own,
                                      now=self.now)  # fmt: skip
        for actor in (self.desk, own):
            commands.open_household(household=self.home, reason="", by=actor, now=self.now)

        def on(row: Any, *names: str) -> list[str]:
            return [reverse(f"care:{name}", args=[row.pk]) for name in names]

        pairing = self.home.pairings.get()
        desk = [reverse(f"care:{name}") for name in ("list", "new", "figures")]
        desk += on(self.home, "household", "edit", "tier", "consent", "end", "visits", "plans")
        desk += [f"{on(self.home, 'people')[0]}?q=林", *on(pairing, "pairing_end"), *on(visit, "correction")]
        member = ["/", reverse("care:mine"), reverse("care:card"), *on(self.home, "household", "visits")]
        member += [*on(self.child, "household", "visits"), *on(pairing, "pairing_end")]
        return {"desk": desk, "member": member, "overseer": [reverse("care:figures")]}


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


def test_a_visit_in_six_taps(scene: Scene, phone: Any, sign_in: Any) -> None:
    """From home: the household, what was needed twice, how long, done."""
    sign_in(phone, scene.cast.member)
    phone.goto("/")
    taps = [
        f"a[href='{reverse('care:visits', args=[scene.home.pk])}']",
        "label:has-text('水电维修')",
        "label:has-text('陪伴聊天')",
        "label:has-text('30分钟')",
        "main form .gc-btn-primary",
    ]
    assert len(taps) <= MOST_TAPS
    for tap in taps:
        phone.click(tap)
    phone.wait_for_url(f"**{reverse('care:mine')}")
    visit = Visit.objects.get(household=scene.home)
    assert (visit.visited_on, visit.needs.count()) == (localdate(), 2)
    assert MARK not in phone.inner_text("main")
