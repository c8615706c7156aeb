"""Places in Chromium: every screen for axe at both widths; a hall is lent, booked, refused to a second, thanked for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.orgs.models import ResidentUnit
from guangcai.places import commands
from guangcai.places.enums import PointKind
from guangcai.places.models import Booking, SharedResource
from guangcai.places.rules import Slot
from tests.browser.conftest import PHONE
from tests.cast import SINCE, Cast, make_cast
from tests.places.conftest import content, hall, wanted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVERY_DAY = tuple(Slot(day, 540, 720) for day in range(1, 8))
DAY = timedelta(days=1)


class Scene:
    """A school that lives in 南园 and 公园; real time, because the browser has its own."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        for community in (self.cast.nanyuan, self.cast.gongyuan):
            ResidentUnit.objects.create(
                work_unit=self.cast.school, community=community, path=community.path, since=SINCE
            )

    def lent(self) -> SharedResource:
        by = self.cast.actor("liaison")
        said = hall(slots=EVERY_DAY)
        return commands.add_resource(
            community=self.cast.nanyuan, work_unit=self.cast.school, content=said, by=by, now=self.now
        )

    def past(self, resource: SharedResource) -> Booking:
        """Used three days ago; nobody has written it back."""
        day, before = localdate(self.now) - 3 * DAY, self.now - 5 * DAY
        row = commands.ask(
            resource=resource, community=self.cast.nanyuan, wanted=wanted(day), by=self.cast.actor("desk"), now=before
        )
        return commands.confirm(booking=row, by=self.cast.actor("liaison"), now=before)

    def pages(self) -> dict[str, list[str]]:
        cast, now, desk = self.cast, self.now, self.cast.actor("desk")
        resource = self.lent()
        past, day = self.past(resource), localdate(now) + DAY
        asked = commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(day), by=desk, now=now)
        said = content(PointKind.STATION, "南园服务站", phone="0417-2812345", services="代缴水电", address="南园路1号")
        point = commands.add_point(node=cast.nanyuan, content=said, by=desk, now=now)
        commands.set_label(node=cast.district, kind=PointKind.STATION, label="为民服务站", by=Actor.system(), now=now)

        def on(row: Any, *names: str) -> list[str]:
            return [reverse(f"places:{name}", args=[row.pk]) for name in names]

        lists = [reverse(f"places:{name}") for name in ("kept", "point_new", "point_import", "labels", "resources")]
        own = [*lists, *on(point, "point_edit", "point_end"), *on(resource, "resource", "booking_new")]
        return {
            "": [reverse("places:directory"), *on(point, "point")],
            "desk": [*own, *on(past, "booking", "return"), reverse("places:bookings"), reverse("feeds:links"), "/"],
            "liaison": [
                *on(resource, "resource_edit", "resource_end"),
                reverse("places:resource_new"),
                *on(asked, "booking", "refusal", "cancellation"),
                "/",
            ],
        }


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


def test_a_hall_is_lent_booked_and_thanked_for(scene: Scene, new_page: Callable[..., Any], sign_in: Any) -> None:
    cast = scene.cast
    unit, desk, next_door = (new_page(**PHONE) for _number in range(3))
    for page, user in ((unit, cast.liaison), (desk, cast.desk), (next_door, cast.desk_next_door)):
        sign_in(page, user)
    address = _lends(unit, cast)
    _asks(desk, address, end="11:00").get_by_text("已申请").wait_for()
    _asks(next_door, address, end="11:30", begins="10:00").get_by_text("已有人预约").first.wait_for()
    unit.goto("/")
    unit.get_by_role("link", name="去答复").click()
    unit.locator("tbody a").first.click()
    unit.get_by_role("button", name="同意").click()
    unit.get_by_text("已同意").first.wait_for()
    row = Booking.objects.get()
    # The hour comes and goes.
    Booking.objects.filter(pk=row.pk).update(
        starts_at=row.starts_at - 3 * DAY, ends_at=row.ends_at - 3 * DAY, confirmed_at=row.asked_at - 4 * DAY
    )
    _gives_back(desk)
    unit.goto(reverse("places:booking", args=[row.pk]))
    unit.get_by_text("谢谢学校").wait_for()


def _lends(unit: Any, cast: Cast) -> str:
    """The liaison puts a hall on the list, free every morning; the address of its page."""
    unit.goto(reverse("places:resource_new"))
    unit.get_by_label("出借方").select_option(label=f"{cast.school.name} · {cast.nanyuan.name}")
    unit.get_by_label("名称").fill("礼堂")
    for number in range(7):
        unit.locator("#id_days_1 input").nth(number).check()
    unit.locator("#id_from_1").fill("09:00")
    unit.locator("#id_until_1").fill("12:00")
    unit.get_by_role("button", name="登记", exact=True).click()
    unit.get_by_text("社区现在可以申请").wait_for()
    return str(unit.url)


def _asks(page: Any, address: str, *, end: str, begins: str = "") -> Any:
    """A desk taps the second free morning and asks for part of it."""
    page.goto(address)
    page.locator(".places-days li").nth(1).locator(".places-free").last.click()
    page.locator("#id_end_time").fill(end)
    if begins:
        page.locator("#id_start_time").fill(begins)
    page.get_by_label("用途").fill("居民议事")
    page.get_by_role("button", name="提交申请").click()
    return page


def _gives_back(desk: Any) -> None:
    desk.goto("/")
    desk.get_by_text("待归还登记的资源").first.click()
    desk.locator("tbody a").first.click()
    desk.get_by_role("link", name="登记归还").click()
    desk.get_by_label("使用人数").fill("30")
    desk.get_by_label("对出借方的感谢").fill("谢谢学校")
    desk.get_by_role("button", name="记下").click()
    desk.get_by_text("已登记归还").wait_for()
