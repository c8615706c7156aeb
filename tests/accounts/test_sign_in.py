"""Signing in by password and by code: what works, what is refused, and what nobody can find out."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from guangcai.accounts import commands, rules
from guangcai.accounts.models import RateWindow, User
from guangcai.core.models import AuditEvent
from tests.accounts.conftest import PASSWORD, PHONE, UNKNOWN, Phones

SignIn = Callable[..., Any]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def tags() -> list[tuple[str, str]]:
    return [(line.tag, str(line.details)) for line in AuditEvent.objects.order_by("id")]


def body(response: Any) -> str:
    """The page without what differs from request to request by itself."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", response.content.decode())
    return re.sub(r'value="(\+?[0-9 ]{8,})"', 'value="phone"', text)


# --- password ---


@pytest.mark.parametrize(
    "typed", [PHONE, "138 0000 0777", "+86 138-0000-0777", "１３８００００0777", "0086 13800000777"]
)
def test_signs_in_with_any_notation(client: Client, user: User, sign_in: SignIn, typed: str) -> None:
    assert sign_in(typed).status_code == 302
    assert is_signed_in(client)


def test_sign_in_is_written_down_with_ids_only(user: User, sign_in: SignIn) -> None:
    sign_in()
    line = AuditEvent.objects.get(tag="accounts:session:start")
    assert (line.actor_id, line.subject_id, line.details) == (user.pk, str(user.pk), {"method": "password"})
    assert not any(PHONE in str(row.details) for row in AuditEvent.objects.all())


def test_wrong_password_is_refused_in_words(client: Client, user: User, sign_in: SignIn) -> None:
    response = sign_in(password="wrong-password")
    assert response.status_code == 422
    assert "手机号或密码不对" in response.content.decode()
    assert not is_signed_in(client)
    assert [tag for tag, _ in tags()].count("accounts:session:refuse") == 1


def test_known_and_unknown_phone_get_the_same_answer(user: User, sign_in: SignIn) -> None:
    known, unknown = sign_in(password="wrong-password"), sign_in(UNKNOWN, "wrong-password")
    assert known.status_code == unknown.status_code == 422
    assert body(known) == body(unknown)
    lines = AuditEvent.objects.filter(tag="accounts:session:refuse").order_by("id")
    assert [line.details for line in lines] == [{"reason": "password"}, {"reason": "password"}]


def test_known_and_unknown_phone_cost_the_same_statements(user: User, sign_in: SignIn, queries: Any) -> None:
    sign_in(password="warm-up-the-caches")
    with queries() as known:
        sign_in(password="wrong-password")
    with queries() as unknown:
        sign_in(UNKNOWN, "wrong-password")
    assert len(known) == len(unknown)


def test_next_leads_on_but_never_outside(user: User) -> None:
    inside = Client().post("/account/login/?next=/privacy/", {"login": PHONE, "password": PASSWORD})
    outside = Client().post("/account/login/?next=https://evil.example/", {"login": PHONE, "password": PASSWORD})
    assert inside.headers["Location"] == "/privacy/"
    assert "evil" not in outside.headers["Location"]


def test_session_id_changes_at_sign_in(client: Client, user: User, sign_in: SignIn) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in()
    assert client.session.session_key != before
    assert is_signed_in(client)


def test_session_lasts_for_the_window_or_14_days(user: User) -> None:
    short, long = Client(), Client()
    short.post("/account/login/", {"login": PHONE, "password": PASSWORD})
    long.post("/account/login/", {"login": PHONE, "password": PASSWORD, "remember": "on"})
    assert short.cookies["sessionid"]["max-age"] == ""
    assert long.cookies["sessionid"]["max-age"] == 14 * 24 * 3600


def test_forms_need_their_token(user: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    for path in ("/account/login/", "/account/login/code/", "/account/logout/"):
        assert browser.post(path, {"login": PHONE, "password": PASSWORD}).status_code == 403


def test_strangers_cannot_sign_up(client: Client) -> None:
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/email/").status_code == 404


# --- code ---


def test_signs_in_with_a_code(client: Client, user: User, phones: Phones) -> None:
    response = client.post("/account/login/code/", {"phone": "138 0000 0777"})
    assert response.headers["Location"] == "/account/login/code/confirm/"
    assert re.fullmatch(r"\d{6}", phones.last())
    page = client.get("/account/login/code/confirm/").content.decode()
    assert "138****0777" in page
    assert PHONE not in page
    assert client.post("/account/login/code/confirm/", {"code": phones.last()}).status_code == 302
    assert is_signed_in(client)
    assert ("accounts:session:start", "{'method': 'code'}") in tags()


def test_code_may_be_pasted_with_spaces(client: Client, user: User, phones: Phones) -> None:
    client.post("/account/login/code/", {"phone": PHONE})
    code = phones.last()
    client.post("/account/login/code/confirm/", {"code": f" {code[:3]} {code[3:]} "})
    assert is_signed_in(client)


def test_unknown_phone_gets_the_same_pages_and_the_same_work(user: User, phones: Phones) -> None:
    known, unknown = Client(), Client()
    asked = [b.post("/account/login/code/", {"phone": p}) for b, p in ((known, PHONE), (unknown, UNKNOWN))]
    assert asked[0].headers["Location"] == asked[1].headers["Location"]
    assert phones.asked == 2
    assert list(phones.codes) == ["+86" + PHONE]
    pages = [b.get("/account/login/code/confirm/") for b in (known, unknown)]
    assert body(pages[0]).replace("0777", "0778") == body(pages[1])
    refused = [b.post("/account/login/code/confirm/", {"code": "000000"}) for b in (known, unknown)]
    assert [r.status_code for r in refused] == [422, 422]
    assert body(refused[0]).replace("0777", "0778") == body(refused[1])


def test_confirm_page_costs_the_same_statements(user: User, phones: Phones, queries: Any) -> None:
    counts = []
    for phone in (PHONE, UNKNOWN):
        browser = Client()
        with queries() as asked:
            browser.post("/account/login/code/", {"phone": phone})
        with queries() as refused:
            browser.post("/account/login/code/confirm/", {"code": "000000"})
        counts.append((len(asked), len(refused)))
    assert counts[0] == counts[1]


def test_code_is_good_for_three_tries_and_five_minutes(user: User, phones: Phones, now: datetime) -> None:
    with time_machine.travel(now, tick=False) as clock:
        tired = Client()
        tired.post("/account/login/code/", {"phone": PHONE})
        wrong = "000000" if phones.last() != "000000" else "000001"
        for _ in range(3):
            tired.post("/account/login/code/confirm/", {"code": wrong})
        tired.post("/account/login/code/confirm/", {"code": phones.last()})
        assert not is_signed_in(tired)
        clock.shift(timedelta(minutes=2))
        late = Client()
        late.post("/account/login/code/", {"phone": PHONE})
        clock.shift(timedelta(minutes=6))
        late.post("/account/login/code/confirm/", {"code": phones.last()})
        assert not is_signed_in(late)


def test_neither_code_nor_phone_lies_readable_in_the_session_table(user: User, phones: Phones) -> None:
    from django.contrib.sessions.backends.db import SessionStore as Plain
    from django.contrib.sessions.models import Session

    browser = Client()
    browser.post("/account/login/code/", {"phone": PHONE})
    stored = Session.objects.get().session_data
    assert Plain().decode(stored) == {}
    assert browser.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"] == phones.last()


# --- limits ---


def test_fifty_wrong_passwords_for_one_phone(user: User, sign_in: SignIn, now: datetime) -> None:
    with time_machine.travel(now, tick=False) as clock:
        answers = [sign_in(password=f"wrong-{n}").status_code for n in range(50)]
        assert answers == [422] * 10 + [429] * 40
        assert sign_in().status_code == 429, "the right password waits too"
        reasons = [line.details["reason"] for line in AuditEvent.objects.filter(tag="accounts:session:refuse")]
        assert (reasons.count("password"), reasons.count("limit")) == (10, 1)
        clock.shift(timedelta(minutes=16))
        assert sign_in().status_code == 302


def test_wrong_passwords_do_not_close_the_other_door(user: User, sign_in: SignIn, phones: Phones) -> None:
    for n in range(12):
        sign_in(password=f"wrong-{n}")
    browser = Client()
    browser.post("/account/login/code/", {"phone": PHONE})
    browser.post("/account/login/code/confirm/", {"code": phones.last()})
    assert is_signed_in(browser)


def test_limits_are_the_same_for_unknown_phones(user: User, sign_in: SignIn) -> None:
    assert [sign_in(UNKNOWN, "wrong").status_code for _ in range(12)] == [422] * 10 + [429] * 2


def test_codes_of_one_phone_are_few(user: User, phones: Phones, now: datetime) -> None:
    with time_machine.travel(now, tick=False) as clock:
        answers = []
        for _ in range(9):
            answers.append(Client().post("/account/login/code/", {"phone": PHONE}).status_code)
            answers.append(Client().post("/account/login/code/", {"phone": PHONE}).status_code)
            clock.shift(timedelta(minutes=1))
    assert answers.count(302) == 3, "every refused try counts towards the six an hour"
    assert set(answers) == {302, 429}


def test_a_thousand_people_behind_one_address(client: Client, user: User, sign_in: SignIn) -> None:
    """A launch morning: everybody comes in, and every tenth mistypes once."""
    crowd = [User(name=f"党员{n}", password=user.password, created_at=user.created_at) for n in range(1000)]
    for n, person in enumerate(crowd):
        person.set_phone(f"1390001{n:04d}")
    User.objects.bulk_create(crowd)
    refused, signed_in = 0, 0
    for n in range(1000):
        client.cookies.clear()
        if n % 10 == 0:
            refused += sign_in(f"1390001{n:04d}", "a slip of the finger").status_code == 422
        signed_in += sign_in(f"1390001{n:04d}").status_code == 302
    assert (refused, signed_in) == (100, 1000)
    assert RateWindow.objects.get(count=100), "only failures stay counted for the address"


def test_one_address_cannot_guess_for_ever(user: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    few = replace(rules.PASSWORD_FAILURES_OF_ADDRESS, most=5)
    monkeypatch.setattr(rules, "PASSWORD_FAILURES_OF_ADDRESS", few)
    answers = [sign_in(f"1390002{n:04d}", "wrong").status_code for n in range(8)]
    assert answers == [422] * 5 + [429] * 3


def test_counts_keep_no_phone_and_can_be_swept(user: User, sign_in: SignIn, now: datetime) -> None:
    sign_in(password="wrong")
    assert not any(PHONE in row.key for row in RateWindow.objects.all())
    assert commands.sweep(before=now + timedelta(days=36500)) == RateWindow.objects.count() + 2
