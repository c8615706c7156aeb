"""The own account: devices, password, keys for programs, what is shown of the phone."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory

from guangcai.accounts import commands, middleware
from guangcai.accounts.models import ApiToken, User
from guangcai.core.actor import Actor
from guangcai.core.models import AuditEvent
from tests.accounts.conftest import PASSWORD, PHONE, Phones

SignIn = Callable[..., Any]
NEW = "another-harbour-8"


def test_page_masks_the_phone_and_is_not_kept(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in()
    page = client.get("/account/")
    assert page.status_code == 200
    assert "138****0777" in page.content.decode()
    assert PHONE not in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_every_page_asks_strangers_to_sign_in(client: Client, db: None) -> None:
    for path in ("", "sessions/", "keys/", "second-factor/", "password/", "kiosk/new/", "second-factor/needed/"):
        response = client.get(f"/account/{path}")
        assert response.status_code == 302, path
        assert response.headers["Location"].startswith("/account/login/"), path


# --- devices ---


def test_devices_are_listed_and_ended_one_by_one(user: User, sign_in: SignIn) -> None:
    here, there = Client(), Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"})
    for browser in (here, there):
        sign_in(browser=browser)
    page = here.get("/account/sessions/").content.decode()
    assert "微信 · Android" in page
    row = re.search(r"/account/sessions/(\d+)/end/", page)
    assert row is not None
    here.post(row[0])
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_all_other_devices_are_ended_at_once(user: User, sign_in: SignIn) -> None:
    browsers = [Client() for _ in range(3)]
    for browser in browsers:
        sign_in(browser=browser)
    browsers[0].post("/account/sessions/others/end/")
    assert [b.get("/account/").status_code for b in browsers] == [200, 302, 302]
    line = AuditEvent.objects.get(tag="accounts:session:end")
    assert line.details == {"others": 2}


def test_nobody_ends_the_session_of_another(user: User, sign_in: SignIn, now: datetime) -> None:
    from allauth.usersessions.models import UserSession

    mine, theirs = Client(), Client()
    sign_in(browser=mine)
    commands.add_user(name="李强", phone="13800000779", password=PASSWORD, by=Actor.system(), now=now)
    sign_in("13800000779", browser=theirs)
    row = UserSession.objects.exclude(user=user).get()
    mine.post(f"/account/sessions/{row.pk}/end/")
    assert theirs.get("/account/").status_code == 200


def test_signing_out_ends_the_session_and_is_written_down(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in()
    key = client.session.session_key
    assert client.get("/account/logout/").status_code == 200, "a link alone signs nobody out"
    client.post("/account/logout/")
    client.cookies["sessionid"] = key
    assert client.get("/account/").status_code == 302
    assert AuditEvent.objects.filter(tag="accounts:session:end", actor_id=user.pk).count() == 1


def test_only_the_newest_devices_stay(user: User, sign_in: SignIn, monkeypatch: Any) -> None:
    from guangcai.accounts.commands import sessions

    monkeypatch.setattr(sessions, "MOST_DEVICES", 2)
    browsers = [Client() for _ in range(4)]
    for browser in browsers:
        sign_in(browser=browser)
    assert [b.get("/account/").status_code for b in browsers] == [302, 200, 200, 200]


# --- password ---


def test_new_password_signs_out_everywhere_else(user: User, sign_in: SignIn) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        sign_in(browser=browser)
    before = here.session.session_key
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    response = here.post("/account/password/", form, follow=True)
    assert "密码已更改" in response.content.decode()
    assert here.session.session_key != before
    assert there.get("/account/").status_code == 302
    assert sign_in(password=PASSWORD, browser=Client()).status_code == 422
    assert sign_in(password=NEW, browser=Client()).status_code == 302
    assert AuditEvent.objects.filter(tag="accounts:password:set").count() == 1


def test_password_form_says_what_is_wrong(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in()
    for form, words in [
        ({"oldpassword": "wrong", "password1": NEW, "password2": NEW}, "当前密码不对"),
        ({"oldpassword": PASSWORD, "password1": NEW, "password2": "x"}, "两次输入的密码不一样"),
        ({"oldpassword": PASSWORD, "password1": "1234567890", "password2": "1234567890"}, "密码"),
    ]:
        response = client.post("/account/password/", form)
        assert response.status_code == 422
        assert words in response.content.decode()


def test_forgotten_password_is_replaced_after_a_code(user: User, phones: Phones, sign_in: SignIn) -> None:
    browser = Client()
    browser.post("/account/login/code/", {"phone": PHONE})
    browser.post("/account/login/code/confirm/", {"code": phones.last()})
    assert 'name="oldpassword"' not in browser.get("/account/password/").content.decode()
    browser.post("/account/password/", {"password1": NEW, "password2": NEW})
    assert sign_in(password=NEW, browser=Client()).status_code == 302


def test_a_code_proves_for_a_quarter_of_an_hour(user: User, phones: Phones, now: datetime) -> None:
    with time_machine.travel(now, tick=False) as clock:
        browser = Client()
        browser.post("/account/login/code/", {"phone": PHONE})
        browser.post("/account/login/code/confirm/", {"code": phones.last()})
        clock.shift(timedelta(minutes=16))
        assert browser.post("/account/password/", {"password1": NEW, "password2": NEW}).status_code == 422


def test_first_password_of_somebody_who_came_with_a_code(db: None, phones: Phones, now: datetime) -> None:
    commands.add_user(name="王芳", phone=PHONE, by=Actor.system(), now=now)
    browser = Client()
    browser.post("/account/login/code/", {"phone": PHONE})
    browser.post("/account/login/code/confirm/", {"code": phones.last()})
    assert browser.get("/account/password/").headers["Location"] == "/account/password/new/"
    response = browser.post("/account/password/new/", {"password1": NEW, "password2": NEW}, follow=True)
    assert "密码已设好" in response.content.decode()


# --- keys for programs ---


def make_key(client: Client, label: str = "统计大屏") -> str:
    found = re.search(r"gc_\w{43}", client.post("/account/keys/", {"label": label}).content.decode())
    assert found is not None
    return found[0]


def bearer(secret: str, path: str = "/api/v1/me", method: str = "get") -> HttpResponse:
    """What the API would see: the middleware around a view that names the user."""

    def view(request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        return JsonResponse({"user": str(user.pk) if user else "", "token": bool(request.api_token)})  # type: ignore[attr-defined]

    request = RequestFactory().generic(method.upper(), path, headers={"authorization": f"Bearer {secret}"})
    return middleware.api_token(view)(request)


def test_key_is_shown_once_and_kept_as_a_hash(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in()
    secret = make_key(client)
    assert secret not in client.get("/account/keys/").content.decode()
    row = ApiToken.objects.get()
    assert secret not in row.token_hash
    assert len(row.token_hash) == 64


def test_key_acts_as_its_user_on_the_api_alone(client: Client, user: User, sign_in: SignIn, now: datetime) -> None:
    sign_in()
    secret = make_key(client)
    assert str(user.pk) in bearer(secret).content.decode()
    assert b'"token": false' in bearer(secret, "/account/").content
    assert bearer("gc_" + "x" * 43).status_code == 401
    assert bearer("nonsense").status_code == 401


def test_reading_with_a_key_writes_nothing(
    client: Client, user: User, sign_in: SignIn, now: datetime, queries: Any
) -> None:
    sign_in()
    secret = make_key(client)
    with queries() as seen, time_machine.travel(now, tick=False):
        for method in ("get", "head", "options"):
            assert bearer(secret, method=method).status_code == 200
    assert not [one["sql"] for one in seen if not one["sql"].startswith("SELECT")]
    assert ApiToken.objects.get().last_used_on is None
    with queries() as seen, time_machine.travel(now, tick=False):
        bearer(secret, method="post"), bearer(secret, method="post")
    assert ApiToken.objects.get().last_used_on == now.date()
    assert len([one for one in seen if one["sql"].startswith("UPDATE")]) == 1


def test_revoked_key_ends_at_once(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in()
    secret = make_key(client)
    row = ApiToken.objects.get()
    client.post(f"/account/keys/{row.pk}/revocation/")
    assert bearer(secret).status_code == 401
    tags = list(AuditEvent.objects.filter(tag__startswith="accounts:token").values_list("tag", flat=True))
    assert tags == ["accounts:token:add", "accounts:token:revoke"]


def test_nobody_revokes_the_key_of_another(user: User, sign_in: SignIn, now: datetime) -> None:
    other = commands.add_user(name="李强", phone="13800000779", password=PASSWORD, by=Actor.system(), now=now)
    row, _secret = commands.add_token(user=other, label="大屏", by=Actor(user_id=other.pk), now=now)
    browser = Client()
    sign_in(browser=browser)
    assert browser.post(f"/account/keys/{row.pk}/revocation/").status_code == 404


def test_key_needs_a_label_and_there_are_ten_at_most(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in()
    assert client.post("/account/keys/", {"label": " "}).status_code == 422
    for n in range(10):
        make_key(client, f"程序 {n}")
    refused = client.post("/account/keys/", {"label": "第十一个"})
    assert refused.status_code == 422
    assert "已有 10 个密钥" in refused.content.decode()


def test_the_night_forgets_what_no_longer_counts(user: User, sign_in: SignIn, now: datetime) -> None:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from guangcai.accounts.models import RateWindow
    from guangcai.accounts.tasks import forget_old

    sign_in()
    forget_old()
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    with time_machine.travel(datetime.now(tz=now.tzinfo) + timedelta(days=15), tick=False):
        forget_old()
    assert (Session.objects.count(), UserSession.objects.count(), RateWindow.objects.count()) == (0, 0, 0)
