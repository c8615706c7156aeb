"""Requests in Chromium: every screen for axe at both widths, and the walk from a call to the call-back."""

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from guangcai.cases import commands
from guangcai.cases.enums import CaseChannel
from guangcai.cases.models import Case, Item, Technician
from guangcai.core.actor import Actor
from guangcai.ledger.models import ServiceEntry
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRIP = "现在还在漏水吗"


class Scene:
    """南园 with the shipped catalogue, one plumber and a request that waits."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        commands.load_case_catalogue(by=Actor.system(), now=self.now)
        self.pipe = Item.objects.get(code="pipe")
        draft = commands.TechnicianDraft(name="王师傅", phone="13933334444", categories=[self.pipe.category])
        self.plumber: Technician = commands.add_technician(
            node=self.cast.nanyuan, draft=draft, by=self.desk, now=self.now
        )
        self.case = self.raised("厨房水管漏水")

    def raised(self, what: str) -> Case:
        asker = commands.AskerDraft(name="张阿姨", phone="13922223333", flat="302室")
        draft = commands.CaseDraft(
            item=self.pipe, community=self.cast.nanyuan, what=what, channel=CaseChannel.PHONE, asker=asker,
            answers={DRIP: "在漏"},
        )  # fmt: skip
        return commands.raise_case(draft=draft, by=self.desk, now=self.now)

    def pages(self) -> dict[str, list[str]]:
        own = self.raised("卫生间水管漏水")
        commands.dispatch(case=own, worker=commands.Worker(member=self.cast.teacher_member), by=self.desk, now=self.now)
        names = ("list", "new", "technicians", "technician_new", "catalogue", "item_new", "rates")
        desk = [reverse(f"cases:{name}") for name in names]
        desk += [reverse(f"cases:{name}", args=[self.case.pk]) for name in ("case", "dispatch", "end")]
        desk += [reverse(f"cases:{name}", args=[own.pk]) for name in ("case", "return", "escalation", "appointment")]
        member = ["/", reverse("cases:mine"), reverse("cases:ask"), reverse("cases:case", args=[own.pk])]
        member += [reverse(f"cases:{name}", args=[own.pk]) for name in ("decline", "done")]
        return {"desk": desk, "member": member, "overseer": ["/", reverse("cases:list")]}


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def take_down(desk: Any, scene: Scene) -> Case:
    """The desk's one screen, the likely double seen while typing."""
    desk.goto(reverse("cases:new"))
    desk.select_option("#id_item", label=scene.pipe.name)
    desk.get_by_label("在漏").check()
    desk.fill("#id_what", "厨房水管又漏水")
    desk.wait_for_selector(f"#like >> text={scene.case.number}")
    desk.fill("#id_phone", "13922225555")
    desk.fill("#id_flat", "501室")
    desk.click("main .gc-sticky .gc-btn-primary")
    desk.wait_for_url("**/cases/*-*/")
    return Case.objects.exclude(pk=scene.case.pk).get()


def dispatch_twice(desk: Any, scene: Scene) -> None:
    """A technician accepts by phone and sends it back; then a member is asked."""
    desk.click("a.gc-btn:has-text('派单')")
    desk.click(f"li:has-text('{scene.plumber.name}') button")
    desk.click("button:has-text('电话里已接单')")
    desk.click("a.gc-btn:has-text('退单')")
    desk.check("input[value='no_material']")
    desk.click("main .gc-sticky .gc-btn-primary")
    desk.click("a.gc-btn:has-text('派单')")
    desk.fill("input[type=search][name=q]:visible >> nth=-1", "林晓岚")
    desk.keyboard.press("Enter")
    desk.click("li:has-text('林晓岚') button")
    desk.wait_for_selector("text=已派给林晓岚")


def do_it(phone: Any, case: Case) -> None:
    """The member accepts and does it on his phone; afterwards the flat is hidden from him again."""
    phone.goto(reverse("cases:mine"))
    assert "501室" in phone.inner_text(f"#case-{case.pk}")
    phone.click("button:has-text('我来办')")
    phone.goto(reverse("cases:mine"))
    phone.click(f"#case-{case.pk} a.gc-btn:has-text('办完了')")
    phone.fill("#id_note", "换了接头")
    phone.select_option("#id_minutes", "30")
    phone.click("main .gc-sticky .gc-btn-primary")
    phone.wait_for_selector("text=社区会回访")
    assert "501室" not in phone.content()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_screen(width: str, scene: Scene, request: Any, sign_in: Any, axe: Any, no_sideways_scroll: Any) -> None:
    page = request.getfixturevalue(width)
    for who, addresses in scene.pages().items():
        sign_in(page, scene.cast.users[who])
        for address in addresses:
            assert page.goto(address).status == 200, address
            axe(page)
            no_sideways_scroll(page)


def test_from_the_call_to_the_call_back(scene: Scene, desk: Any, phone: Any, sign_in: Any) -> None:
    """Intake, dispatched, accepted by phone, returned, dispatched to a member, done on his phone, called back."""
    sign_in(desk, scene.cast.desk)
    case = take_down(desk, scene)
    dispatch_twice(desk, scene)
    sign_in(phone, scene.cast.member)
    do_it(phone, case)
    desk.goto(case.get_absolute_url())
    desk.click("main a:has-text('回访')")
    desk.check("input[value='solved']")
    desk.check("input[value='yes']")
    desk.click("main .gc-sticky .gc-btn-primary")
    desk.wait_for_selector("text=诉求人还可以再反映")
    case.refresh_from_db()
    assert (case.state, case.is_solved, case.returns) == ("called_back", True, 1)
    assert ServiceEntry.objects.get().minutes == 30
