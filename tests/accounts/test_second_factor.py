"""The second factor: who must have one, how it is set up, what it asks at sign-in."""

import html
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from guangcai.accounts import commands
from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.models import AuditEvent, Installation
from guangcai.orgs.roles import NEEDS_SECOND_FACTOR, Role
from tests.accounts.conftest import PASSWORD, PHONE
from tests.cast import Cast, grant

SignIn = Callable[..., Any]


def code_for(secret: str, at: datetime) -> str:
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


def secret_of(client: Client) -> str:
    page = html.unescape(client.get("/account/second-factor/app/").content.decode())
    found = re.search(r"[?&]secret=([A-Z2-7]+)", page)
    assert found is not None
    return found[1]


@pytest.fixture
def overseer(cast: Cast, now: datetime) -> User:
    """An overseer who has just got the role and has no second factor yet."""
    user = commands.add_user(name="新督导", phone=PHONE, password=PASSWORD, by=Actor.system(), now=now)
    grant(user, Role.STREET_OVERSEER, node=cast.street)
    Authenticator.objects.filter(user=user).delete()
    return user


def test_an_overseer_can_do_nothing_before_the_second_factor(client: Client, overseer: User, sign_in: SignIn) -> None:
    sign_in()
    for path in ("/account/", "/account/keys/", "/account/kiosk/new/"):
        assert client.get(path).headers["Location"] == "/account/second-factor/needed/", path
    assert client.post("/account/keys/", {"label": "x"}).headers["Location"] == "/account/second-factor/needed/"
    assert client.get("/account/", headers={"hx-request": "true"}).headers["HX-Redirect"]
    page = client.get("/account/second-factor/needed/")
    assert page.status_code == 200
    assert "还差一步" in page.content.decode()
    assert client.get("/account/second-factor/").status_code == 200
    assert client.get("/privacy/").status_code == 200


def test_setting_up_an_app_opens_the_house(
    client: Client, overseer: User, sign_in: SignIn, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        sign_in()
        secret = secret_of(client)
        assert client.post("/account/second-factor/app/", {"code": "000000"}).status_code == 422
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post("/account/second-factor/app/", {"code": code_for(secret, now)})
        assert response.headers["Location"] == "/account/second-factor/recovery-codes/"
        codes = re.findall(r"<code>(\d{8})</code>", client.get(response.headers["Location"]).content.decode())
        assert len(codes) == 10
        assert client.get("/account/").status_code == 200
        assert AuditEvent.objects.filter(tag="accounts:second_factor:add").count() == 2
        clock.shift(timedelta(minutes=2))
        _comes_in_with_code_and_recovery_code(sign_in, secret, codes[0], now + timedelta(minutes=2))


def _comes_in_with_code_and_recovery_code(sign_in: SignIn, secret: str, spare: str, at: datetime) -> None:
    for code in (code_for(secret, at), spare):
        browser = Client()
        assert sign_in(browser=browser).headers["Location"] == "/account/login/second-factor/"
        assert "_auth_user_id" not in browser.session
        assert browser.get("/account/login/second-factor/").status_code == 200
        assert browser.post("/account/login/second-factor/", {"code": code}).status_code == 302
        assert browser.get("/account/").status_code == 200
    for used in (code_for(secret, at), spare):
        browser = Client()
        sign_in(browser=browser)
        assert browser.post("/account/login/second-factor/", {"code": used}).status_code == 422, "good only once"
    reasons = AuditEvent.objects.filter(tag="accounts:session:refuse").values_list("details__reason", flat=True)
    assert list(reasons) == ["second_factor"] * 2
    methods = AuditEvent.objects.filter(tag="accounts:session:start").values_list("details__method", flat=True)
    assert "password+totp" in methods
    assert "password+recovery_codes" in methods


def add_app(user: User) -> str:
    """A second factor set up earlier."""
    from guangcai.accounts.adapter import SecondFactorAdapter

    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    sealed = SecondFactorAdapter().encrypt(secret)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": sealed})
    return secret


def test_secrets_of_the_app_lie_sealed(overseer: User) -> None:
    secret = add_app(overseer)
    assert secret not in json.dumps(Authenticator.objects.get(user=overseer).data)


def test_ten_wrong_codes_are_enough(overseer: User, sign_in: SignIn) -> None:
    add_app(overseer)
    browser = Client()
    sign_in(browser=browser)
    answers = [browser.post("/account/login/second-factor/", {"code": f"00000{n % 10}"}).status_code for n in range(12)]
    assert answers == [422] * 10 + [429] * 2


def test_a_new_factor_ends_sessions_that_came_in_without_it(
    overseer: User, sign_in: SignIn, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    here, there = Client(), Client()
    with time_machine.travel(now, tick=False):
        for browser in (here, there):
            sign_in(browser=browser)
        with django_capture_on_commit_callbacks(execute=True):
            here.post("/account/second-factor/app/", {"code": code_for(secret_of(here), now)})
        assert here.get("/account/").status_code == 200
        assert there.get("/account/").headers["Location"].startswith("/account/login/")


def test_removing_the_only_factor_leads_back_to_setting_one_up(
    client: Client, overseer: User, sign_in: SignIn, now: datetime
) -> None:
    secret = add_app(overseer)
    with time_machine.travel(now, tick=False):
        sign_in()
        client.post("/account/login/second-factor/", {"code": code_for(secret, now)})
        assert client.get("/account/second-factor/app/removal/").status_code == 200
        client.post("/account/second-factor/app/removal/")
    assert not Authenticator.objects.filter(user=overseer).exists()
    assert client.get("/account/").headers["Location"] == "/account/second-factor/needed/"
    assert AuditEvent.objects.filter(tag="accounts:second_factor:end").count() == 1


def test_changing_factors_asks_again_after_ten_minutes(
    client: Client, user: User, sign_in: SignIn, now: datetime
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        sign_in()
        assert client.get("/account/second-factor/app/").status_code == 200
        clock.shift(timedelta(minutes=11))
        response = client.get("/account/second-factor/app/")
        assert response.headers["Location"].startswith("/account/again/")
        again = client.get(response.headers["Location"])
        assert again.status_code == 200
        assert client.post(response.headers["Location"], {"password": "wrong"}).status_code == 422
        assert client.post(response.headers["Location"], {"password": PASSWORD}).status_code == 302
        assert client.get("/account/second-factor/app/").status_code == 200


def test_demo_waives_it_and_says_so(client: Client, overseer: User, sign_in: SignIn, now: datetime) -> None:
    Installation.objects.update_or_create(only=True, defaults={"is_demo": True, "created_at": now})
    sign_in()
    page = client.get("/account/")
    assert page.status_code == 200
    assert "演示版不要求两步验证" in page.content.decode()


def test_who_needs_one_and_who_does_not(cast: Cast, sign_in: SignIn, now: datetime) -> None:
    for number, role in enumerate(sorted(set(Role) - {Role.UNIT_LIAISON})):
        phone = f"139000030{number:02d}"
        someone = commands.add_user(name=role, phone=phone, password=PASSWORD, by=Actor.system(), now=now)
        grant(someone, role, node=cast.nanyuan)
        Authenticator.objects.filter(user=someone).delete()
        browser = Client()
        sign_in(phone, browser=browser)
        status = browser.get("/account/").status_code
        assert status == (302 if role in NEEDS_SECOND_FACTOR else 200), role


def test_asking_costs_one_statement_and_only_for_those_roles(overseer: User, sign_in: SignIn, queries: Any) -> None:
    add_app(overseer)
    browser = Client()
    browser.force_login(overseer)
    with queries() as seen:
        browser.get("/account/keys/")
    asked = [q["sql"] for q in seen if "core_installation" in q["sql"]]
    assert len(asked) == 1


# --- passkeys ---


def test_passkey_page_carries_the_options(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in()
    page = client.get("/account/second-factor/passkeys/new/", headers={"host": "localhost"}).content.decode()
    carried = re.search(r'data-options="([^"]+)"', page)
    assert carried is not None
    options = json.loads(html.unescape(carried[1]))["publicKey"]
    assert options["rp"] == {"id": "localhost", "name": "光彩家园"}
    assert options["user"]["displayName"] == "王芳"
    assert PHONE not in page
    assert len(options["challenge"]) >= 43
    assert "<script>" not in page


def test_passkey_sign_in_hands_out_a_challenge(client: Client, db: None) -> None:
    answer = client.get("/account/login/passkey/", headers={"accept": "application/json", "host": "localhost"})
    assert answer.json()["request_options"]["publicKey"]["userVerification"] == "required"
    refused = client.post("/account/login/passkey/", {"credential": '{"id": "x"}'}, headers={"host": "localhost"})
    assert refused.headers["Location"] == "/account/login/"


def test_nonsense_is_no_passkey(client: Client, user: User, sign_in: SignIn) -> None:
    sign_in()
    for credential in ("", "nonsense", "{}", '{"id": "x", "response": {}}'):
        response = client.post("/account/second-factor/passkeys/new/", {"name": "本机", "credential": credential})
        assert response.status_code == 422, credential
    assert not Authenticator.objects.exists()


def test_secrets_move_to_a_new_key(overseer: User, settings: Any) -> None:
    from guangcai.accounts.adapter import SecondFactorAdapter

    secret = add_app(overseer)
    every = Authenticator.objects.count()
    assert commands.reseal_factors() == 0
    settings.GUANGCAI_KEYS += ",2:" + "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleSE="
    assert (commands.reseal_factors(), commands.reseal_factors()) == (every, 0)
    assert SecondFactorAdapter().decrypt(Authenticator.objects.get(user=overseer).data["secret"]) == secret
