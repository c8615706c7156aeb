"""Kiosk mode: lent, left, forgotten, taken back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from guangcai.accounts import commands, kiosk
from guangcai.accounts.models import KioskSession
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.core.permissions import Permission
from tests.cast import Cast

PIN = "4071"


@pytest.fixture(autouse=True)
def _one_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """One button, whatever other rooms offer."""
    monkeypatch.setattr(kiosk, "_tasks", [])
    task = kiosk.KioskTask("签到", "core:privacy", "clipboard-check")
    kiosk.offer(task)
    kiosk.offer(task)


@pytest.fixture
def device(cast: Cast, signed_in: Any) -> Client:
    """A desk's computer, turned into the kiosk of 南园."""
    browser: Client = signed_in(cast.desk)
    response = browser.post("/account/kiosk/new/", {"place": cast.nanyuan.pk, "pin": PIN})
    assert response.headers["Location"] == "/account/kiosk/"
    return browser


def test_worker_is_signed_out_on_the_kiosk(device: Client, cast: Cast) -> None:
    row = KioskSession.objects.get()
    assert (row.node_id, row.path, row.started_by) == (cast.nanyuan.pk, cast.nanyuan.path, cast.desk.pk)
    assert PIN not in row.pin_hash
    assert "_auth_user_id" not in device.session
    page = device.get("/account/kiosk/").content.decode()
    assert page.count("签到") == 1
    assert "南园" in page


def test_kiosk_opens_its_own_pages_only(device: Client) -> None:
    for path in ("/account/", "/account/login/", "/account/keys/"):
        assert device.get(path).headers["Location"] == "/account/kiosk/", path
    assert device.get("/privacy/").status_code == 200


def test_start_screen_forgets_the_visitor(device: Client) -> None:
    response = device.get("/account/kiosk/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert response.headers["Cache-Control"] == "no-store"
    assert "Refresh" not in response.headers


def test_visitor_is_forgotten_after_a_minute_without_a_touch(device: Client, now: datetime) -> None:
    with time_machine.travel(datetime.now(tz=now.tzinfo), tick=False) as clock:
        first = device.get("/account/kiosk/end/")
        assert first.headers["Refresh"] == "60; url=/account/kiosk/"
        assert first.headers["Cache-Control"] == "no-store"
        clock.shift(timedelta(seconds=59))
        assert device.get("/account/kiosk/end/").status_code == 200
        clock.shift(timedelta(seconds=61))
        over = device.get("/account/kiosk/end/")
        assert over.headers["Location"] == "/account/kiosk/"
        assert "storage" in over.headers["Clear-Site-Data"]
        assert device.get("/account/kiosk/end/").status_code == 200, "the next visitor"


def test_visitor_is_forgotten_after_five_minutes_in_all(device: Client, now: datetime) -> None:
    with time_machine.travel(datetime.now(tz=now.tzinfo), tick=False) as clock:
        seconds = []
        for _ in range(7):
            answer = device.get("/account/kiosk/end/")
            seconds.append(int(answer.headers.get("Refresh", "0").partition(";")[0]))
            clock.shift(timedelta(seconds=50))
    assert seconds == [60, 60, 60, 60, 60, 50, 1]


def test_forged_and_borrowed_cookies_open_nothing(device: Client, cast: Cast) -> None:
    stranger = Client()
    for value in ("nonsense", device.cookies["kiosk"].value[:-2] + "xx"):
        stranger.cookies["kiosk"] = value
        response = stranger.get("/account/kiosk/")
        assert response.headers["Location"] == "/account/login/"
        assert response.cookies["kiosk"].value == ""


def test_pin_ends_it(device: Client) -> None:
    refused = device.post("/account/kiosk/end/", {"pin": "1234"})
    assert refused.status_code == 422
    assert "口令不对" in refused.content.decode()
    response = device.post("/account/kiosk/end/", {"pin": PIN})
    assert response.headers["Location"] == "/account/login/"
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert response.cookies["kiosk"].value == ""
    assert KioskSession.objects.get().ended_at is not None
    tags = list(AuditEvent.objects.filter(tag__contains="kiosk").values_list("tag", flat=True))
    assert tags == ["accounts:kiosk:start", "accounts:kiosk:end"]


def test_pins_are_not_guessed_for_ever(device: Client) -> None:
    for n in range(10):
        device.post("/account/kiosk/end/", {"pin": f"90{n:02d}"})
    refused = device.post("/account/kiosk/end/", {"pin": PIN})
    assert refused.status_code == 422
    assert KioskSession.objects.get().ended_at is None


def test_worker_ends_it_from_afar(device: Client, cast: Cast, signed_in: Any) -> None:
    row = KioskSession.objects.get()
    assert signed_in(cast.desk_next_door).post(f"/account/kiosk/{row.pk}/end/").status_code == 404
    assert signed_in(cast.desk_colleague).post(f"/account/kiosk/{row.pk}/end/").status_code == 302
    assert device.get("/account/kiosk/").headers["Location"] == "/account/login/"


def test_kiosk_ends_with_the_day_and_with_the_account(device: Client, cast: Cast, now: datetime) -> None:
    with time_machine.travel(datetime.now(tz=now.tzinfo) + timedelta(hours=17), tick=False):
        assert device.get("/account/kiosk/").headers["Location"] == "/account/login/"
    commands.close_user(user=cast.desk, by=Actor.system(), now=now)
    assert KioskSession.objects.get().ended_at == now


def test_who_may_start_one(cast: Cast, signed_in: Any, now: datetime) -> None:
    given = {"node_id": cast.nanyuan.pk, "path": cast.nanyuan.path, "place": "南园", "pin": PIN, "now": now}
    with pytest.raises(OutOfScope):
        commands.start_kiosk(**given, by=cast.actor("desk_next_door"))
    with pytest.raises(Forbidden):
        commands.start_kiosk(**given, by=cast.actor("member"))
    for pin in ("123", "12a4", "1111", "1234567"):
        with pytest.raises(RuleBroken):
            commands.start_kiosk(**{**given, "pin": pin}, by=cast.actor("desk"))
    assert signed_in(cast.member).get("/account/kiosk/new/").status_code == 403
    assert signed_in(cast.desk).get("/account/kiosk/new/").status_code == 200
    refused = signed_in(cast.desk).post("/account/kiosk/new/", {"place": cast.nanyuan.pk, "pin": "1111"})
    assert refused.status_code == 422
    outside = signed_in(cast.desk).post("/account/kiosk/new/", {"place": cast.gongyuan.pk, "pin": PIN})
    assert outside.status_code == 422


def test_pages_of_other_rooms_know_place_and_actor(device: Client, cast: Cast) -> None:
    @kiosk.kiosk_page
    def pad(request: HttpRequest) -> HttpResponse:
        shown = kiosk.of(request)
        assert shown is not None
        assert shown.actor.can(Permission.ATTENDANCE_TAKE, cast.nanyuan.path)
        assert not shown.actor.can(Permission.ATTENDANCE_TAKE, cast.gongyuan.path)
        assert not shown.actor.holds(Permission.ROSTER_VIEW)
        return HttpResponse(shown.place)

    request = RequestFactory().get("/activities/pad/")
    request.COOKIES = {name: morsel.value for name, morsel in device.cookies.items()}
    request.kiosk = kiosk.read_cookie(request, datetime.now(tz=cast.now.tzinfo))  # type: ignore[attr-defined]
    response = pad(request)
    assert response.status_code == 200
    assert response.headers["Refresh"].startswith("60;")
