"""Activities in Chromium: every screen for axe at both widths, and a check-in through a dead network."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from guangcai.activities import codes, commands
from guangcai.activities.enums import Presence
from guangcai.activities.models import Attendance, Shift
from guangcai.core.actor import Actor
from tests.activities.conftest import text
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Scene:
    """A shift that is on now, one to come, one that waits to be closed; real time, because the browser has its own."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        commands.load_templates(node=self.cast.district, by=Actor.system(), now=self.now)
        self.activity = commands.add_activity(community=self.cast.nanyuan, text=text(), by=self.desk, now=self.now)
        self.draft = commands.add_activity(community=self.cast.nanyuan, text=text(), by=self.desk, now=self.now)
        self.to_come = self.shift(timedelta(days=2))
        commands.publish_activity(activity=self.activity, by=self.desk, now=self.now)
        self.running, self.over = self.shift(timedelta(minutes=-20)), self.shift(timedelta(days=-3))
        member = self.cast.teacher_member
        commands.sign_up(shift=self.to_come, member=member, by=self.desk, now=self.now)
        marks = {member.pk: Presence.PRESENT}
        commands.mark_attendance(shift=self.over, marks=marks, by=self.desk, now=self.now)

    def shift(self, starts_in: timedelta) -> Shift:
        start = self.now + starts_in
        return commands.add_shift(
            activity=self.activity, starts_at=start, ends_at=start + timedelta(hours=2), places=3,
            by=self.desk, now=self.now,
        )  # fmt: skip

    def here(self) -> str:
        shown = codes.shown_at(shift_id=self.running.pk, key=bytes(self.running.code_key), now=timezone.now())
        return reverse("activities:here", args=[self.running.pk, shown.text])

    def pages(self) -> dict[str, list[str]]:
        def on(shift: Shift, *names: str) -> list[str]:
            return [reverse(f"activities:{name}", args=[shift.pk]) for name in names]

        plan = ["activity", "edit", "cancellation", "shift_new", "series_new"]
        desk = [reverse(f"activities:{name}") for name in ("list", "calendar", "templates", "new")]
        desk += [reverse(f"activities:{name}", args=[self.activity.pk]) for name in plan]
        desk.append(reverse("activities:publication", args=[self.draft.pk]))
        desk += on(self.running, "board", "people", "paper_list", "code", "printed_code")
        desk += [*on(self.over, "closing"), *on(self.to_come, "shift_edit", "shift_cancellation")]
        member = [reverse("activities:open"), reverse("activities:mine"), self.here()]
        return {"desk": desk, "member": [*member, *on(self.running, "shift"), *on(self.to_come, "shift")]}


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


def test_a_check_in_survives_a_dead_network(scene: Scene, phone: Any, sign_in: Any) -> None:
    sign_in(phone, scene.cast.member)
    phone.goto(scene.here())
    # The page's own policy forbids evaluated strings, so the wait is an ordinary promise.
    phone.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    for _ in range(50):
        if phone.evaluate("() => navigator.serviceWorker.controller !== null"):
            break
        phone.wait_for_timeout(200)
    phone.context.set_offline(True)
    phone.click("[data-check-in-form] button")
    phone.wait_for_selector("[data-state=saved]:not([hidden])")
    assert not Attendance.objects.filter(shift=scene.running).exists()
    phone.reload()
    phone.wait_for_selector("[data-state=saved]:not([hidden])")
    phone.context.set_offline(False)
    phone.wait_for_selector("[data-state=done]:not([hidden]), [data-state=late]:not([hidden])", timeout=60_000)
    row = Attendance.objects.get(shift=scene.running)
    assert (row.member, row.shift, row.method) == (scene.cast.teacher_member, scene.running, "code")
    assert phone.evaluate("localStorage.getItem('guangcai.check-ins')") == "[]"


def test_a_series_asks_for_the_days_of_its_own_rhythm(scene: Scene, new_page: Any, sign_in: Any) -> None:
    page = new_page(width=390, height=844, java_script_enabled=False)
    sign_in(page, scene.cast.users["desk"])
    page.goto(reverse("activities:series_new", args=[scene.activity.pk]))
    for how, shown in {"weekly": (True, False), "monthly": (False, True), "either": (False, False)}.items():
        page.check(f'input[value="{how}"]')
        seen = page.is_visible('input[name="weekdays"]'), page.is_visible('input[name="month_days"]')
        assert seen == shown, how
