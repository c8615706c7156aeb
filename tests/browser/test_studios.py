"""Studios in Chromium: every screen for axe at both widths; a studio day with a queue of thirty."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from guangcai.activities.commands import Repeat, add_shift
from guangcai.activities.models import Shift
from guangcai.cases.commands import load_case_catalogue
from guangcai.cases.models import Case, Item
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.members.commands import load_lists
from guangcai.members.models import Occupation
from guangcai.studios import commands, keys
from guangcai.studios.enums import TicketState, Way
from guangcai.studios.models import RotaPlace, Studio, StudioKind, Ticket
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = 30


class Scene:
    """南园 with a studio that is open now, and one on its roster; real time."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        system = Actor.system()
        load_lists(by=system, now=self.now)
        load_case_catalogue(by=system, now=self.now)
        commands.load_studio_kinds(by=system, now=self.now)
        self.studio = self._studio()
        self.shift = self._session()

    def _studio(self) -> Studio:
        today = localdate(self.now)
        repeat = Repeat("FREQ=WEEKLY;BYDAY=TH", today, today + timedelta(days=60), time(9), 120, places=2)
        draft = commands.StudioDraft(
            StudioKind.objects.get(code="law"), "南园法律工作室", "南园社工", place="一楼大厅", services="法律咨询",
            slot_minutes=30,
        )  # fmt: skip
        studio = commands.open_studio(
            community=self.cast.nanyuan, draft=draft, repeat=repeat, by=self.desk, now=self.now
        )
        law = Occupation.objects.get_or_create(code="law", defaults={"name": "法律"})[0]
        told = {"studio": studio, "member": self.cast.teacher_member, "background": law, "asked": "当面"}
        commands.offer_to_sit(**told, by=self.desk, now=self.now)
        commands.fill_seats(studio=studio, by=self.desk, now=self.now)
        return studio

    def _session(self) -> Shift:
        starts_at = self.now - timedelta(minutes=20)
        ends_at = self.now + timedelta(hours=3)
        return add_shift(
            activity=self.studio.activity, starts_at=starts_at, ends_at=ends_at, places=2, by=self.desk, now=self.now
        )

    def number(self) -> Ticket:
        return commands.give_number(shift=self.shift, wanted=commands.Wanted(Way.PHONE), by=Actor(), now=self.now)


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def at(name: str, *args: object) -> str:
    return reverse(f"studios:{name}", args=args)


def pages(scene: Scene) -> dict[str, list[str]]:
    first, _second, third = scene.number(), scene.number(), scene.number()
    commands.call_next(shift=scene.shift, counter=1, by=scene.desk, now=scene.now)
    studio, code = scene.studio.pk, keys.code_of(third.pk)
    desk = [at("list"), at("new"), at("session", scene.shift.pk), at("note", first.pk), at("slip", third.pk)]
    desk += [at(name, studio) for name in ("studio", "edit", "end", "rota_new")]
    desk += [at("rota_end", RotaPlace.objects.get().pk), "/"]
    public = [at("public"), at("public_community", scene.cast.nanyuan.code), at("public_studio", studio)]
    public += [at("public_appointments", studio), at("public_follow"), at("public_number", code), at("hall", studio)]
    return {"": public, "desk": desk, "member": [at("studio", studio), "/"]}


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_screen(width: str, scene: Scene, request: Any, sign_in: Any, axe: Any, no_sideways_scroll: Any) -> None:
    page = request.getfixturevalue(width)
    for who, addresses in pages(scene).items():
        if who:
            sign_in(page, scene.cast.users[who])
        for address in addresses:
            assert page.goto(address).status == 200, address
            axe(page)
            no_sideways_scroll(page)


def test_a_studio_day_with_a_queue_of_thirty(scene: Scene, desk: Any, phone: Any, new_page: Any, sign_in: Any) -> None:
    """Thirty take a number; the desk calls and writes a note; the hall and a phone follow, one with scripts off."""
    stranger, address = Client(), at("public_numbers", scene.studio.pk)
    for _at in range(QUEUE):
        assert stranger.post(address, {"id": str(new_id())}).status_code == 302
    assert list(Ticket.objects.order_by("number").values_list("number", flat=True)) == list(range(1, QUEUE + 1))
    hall = new_page(width=1440, height=900)
    hall.goto(at("hall", scene.studio.pk))
    plain = new_page(width=1440, height=900, java_script_enabled=False)
    third = Ticket.objects.get(number=3)
    phone.goto(at("public_number", keys.code_of(third.pk)))
    assert "前面还有2人" in phone.inner_text("#turn")
    sign_in(desk, scene.cast.desk)
    desk.goto(at("session", scene.shift.pk))
    for number in (1, 2):
        called(desk, number)
        hall.wait_for_selector(f".hall-table td:text-is('{number}')")
        noted(desk, f"第{number}位问租房")
    called(desk, 3)
    phone.wait_for_selector(".studio-turn-now")
    assert "轮到您了" in phone.inner_text("#turn")
    plain.goto(at("hall", scene.studio.pk))
    assert plain.inner_text(".hall-table tbody td") == "3"
    done = Case.objects.filter(from_kind="reception")
    assert set(done.values_list("state", "close_code")) == {("closed", "answered")}
    assert done.count() == Ticket.objects.filter(state=TicketState.RECEIVED).count() == 2
    through(desk)
    states = dict(Ticket.objects.values_list("number", "state"))
    assert set(states.values()) == {TicketState.RECEIVED}


def test_the_slip_is_printed_with_one_tap(scene: Scene, desk: Any, new_page: Any, sign_in: Any) -> None:
    address, plain = at("slip", scene.number().pk), new_page(width=1440, height=900, java_script_enabled=False)
    for page in (desk, plain):
        sign_in(page, scene.cast.desk)
    desk.add_init_script("window.print = () => { window.printed = true; }")
    desk.goto(address)
    desk.click("text=打印号票")
    assert desk.evaluate("window.printed")
    plain.goto(address)
    assert not plain.is_visible("text=打印号票")
    assert plain.is_visible("noscript p")


def called(desk: Any, number: int) -> None:
    desk.click(".studio-call-form button")
    desk.wait_for_selector(f"#number-{number}")


def noted(desk: Any, what: str) -> None:
    desk.click(".studio-serving a[href$='/note/']")
    desk.select_option("select[name=item]", str(Item.objects.get(code="law").pk))
    desk.fill("textarea[name=what]", what)
    desk.fill("textarea[name=said]", "先留好合同和转账记录")
    desk.click("main form .gc-btn-primary")
    desk.wait_for_selector("#line")
    assert "查询码" in desk.inner_text("#messages")


def through(desk: Any) -> None:
    """The rest of the line, one tap each."""
    for number in range(3, QUEUE + 1):
        desk.click(f"#number-{number} form[action$='/successor/'] button")
        desk.wait_for_selector(f"#number-{number + 1}" if number < QUEUE else ".studio-call-form")
