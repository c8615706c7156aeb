"""Accounts for the tests of signing in, and a phone that keeps what it received."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from guangcai.accounts import commands, sms
from guangcai.accounts.models import User
from guangcai.core.actor import Actor

PASSWORD = "nanyuan-harbour-7"
PHONE = "13800000777"
UNKNOWN = "13800000778"


class Phones:
    """The back end of the tests: codes by phone, newest last. `asked` counts every hand-over, heard or not."""

    def __init__(self) -> None:
        self.codes: dict[str, list[str]] = {}
        self.asked = 0

    def send_code(self, phone: str, *, code: str, text: str) -> None:
        assert code in text
        self.asked += 1
        if phone:
            self.codes.setdefault(phone, []).append(code)

    def last(self, phone: str = "+86" + PHONE) -> str:
        return self.codes[phone][-1]


@pytest.fixture(autouse=True)
def _alone(db: None, settings: Any) -> None:
    """Nothing counted before, and a start page that is this room's own."""
    cache.clear()
    settings.LOGIN_REDIRECT_URL = "/account/"


@pytest.fixture
def phones(monkeypatch: pytest.MonkeyPatch) -> Phones:
    kept = Phones()
    monkeypatch.setattr(sms, "send_code", kept.send_code)
    return kept


@pytest.fixture
def user(db: None, now: datetime) -> User:
    return commands.add_user(name="王芳", phone=PHONE, password=PASSWORD, by=Actor.system(), now=now)


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Any]:
    """`sign_in()` posts the password form; what comes back is the answer."""

    def post(phone: str = PHONE, password: str = PASSWORD, *, browser: Client = client, **more: str) -> Any:
        return browser.post("/account/login/", {"login": phone, "password": password, **more})

    return post
