"""Mediation in Chromium: every screen for axe at both widths, and a quarrel from the counter to the agreement."""

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.mediation import commands
from guangcai.mediation.enums import PartySide
from guangcai.mediation.models import CauseKind, Mediation, Mediator
from guangcai.members.commands import load_lists
from tests.cast import Cast, make_cast
from tests.mediation.conftest import agreed, heard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEND = "main form .gc-btn-primary"


class Scene:
    """南园 with two mediators, one of them the member 林晓岚."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        load_lists(by=Actor.system(), now=self.now)
        commands.load_causes(by=Actor.system(), now=self.now)
        drafts = commands.MediatorDraft(member=self.cast.teacher_member), commands.MediatorDraft(name="周大爷")
        self.mediators: list[Mediator] = [
            commands.add_mediator(node=self.cast.nanyuan, draft=one, by=self.desk, now=self.now) for one in drafts
        ]

    def opened(self, cause: str) -> Mediation:
        draft = commands.MatterDraft(
            community=self.cast.nanyuan,
            cause=CauseKind.objects.get(code=cause),
            parties=[commands.PartyDraft(PartySide.FIRST, "甲某"), commands.PartyDraft(PartySide.SECOND, "乙某")],
            mediators=self.mediators,
            note="夜里拉琴",
        )
        return commands.open_matter(draft=draft, by=self.desk, now=self.now)

    def pages(self) -> dict[str, list[str]]:
        fresh, half = self.opened("noise"), heard(self.opened("pets"), by=self.desk, now=self.now)
        done = agreed(self.opened("leak"), by=self.desk, now=self.now)
        over = commands.end_without(
            mediation=self.opened("fee"), other_way="court", note="谈不拢", by=self.desk, now=self.now
        )

        def on(row: Mediation, *names: str) -> list[str]:
            return [reverse(f"mediation:{name}", args=[row.pk]) for name in names]

        words = f"{on(half, 'opening')[0]}?what={half.parties.all()[0].pk}"
        desk = [reverse(f"mediation:{name}") for name in ("list", "new", "mediators", "mediator_new")]
        desk += [*on(fresh, "matter", "parties", "assignment", "end"), *on(half, "sessions", "agreement"), words]
        desk += [*on(done, "matter", "visits", "paper"), *on(over, "reopening"), "/"]
        desk.append(reverse("mediation:mediator_end", args=[self.mediators[1].pk]))
        return {"desk": desk, "member": ["/", reverse("mediation:mine"), *on(done, "matter"), *on(half, "sessions")]}


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


def test_from_the_counter_to_the_agreement(scene: Scene, desk: Any, phone: Any, sign_in: Any) -> None:
    """One screen at the desk; on the phone a session in three taps and a sentence, a name opened, an agreement."""
    sign_in(desk, scene.cast.desk)
    sign_in(phone, scene.cast.member)
    desk.goto(reverse("mediation:new"))
    desk.get_by_label("噪声扰邻").check()
    desk.fill("#id_first_name", "甲某")
    desk.fill("#id_second_name", "乙某")
    desk.get_by_label("林晓岚").check()
    desk.click("main .gc-sticky .gc-btn-primary")
    desk.wait_for_url("**/mediation/*-*/")
    row = Mediation.objects.get()

    phone.goto("/")
    phone.click(f"main a[href$='{row.pk}/']")
    assert "甲某" not in phone.content()
    phone.click("main a[href*='?what='] >> nth=0")
    phone.fill("input[name=reason]", "约双方见面")
    phone.click(SEND)
    phone.wait_for_selector("text=甲某")
    assert "乙某" not in phone.inner_text("main")
    phone.click("main a[href$='/sessions/']")
    phone.fill("textarea[name=note]", "双方都愿意各退一步")
    phone.click(SEND)
    phone.click("main a[href$='/agreement/']")
    phone.fill("textarea[name=items]", "十点后不拉琴")
    phone.click(SEND)
    phone.wait_for_selector("text=首次回访日期已定")
    assert "十点后不拉琴" not in phone.inner_text("main")
    row.refresh_from_db()
    assert row.state == "agreed"
