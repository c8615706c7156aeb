"""Programs of the cast: one key each, and a caller that speaks JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from guangcai.accounts.commands import add_token
from guangcai.activities.commands import Repeat
from guangcai.activities.enums import HolidayRule
from guangcai.core.actor import Actor
from tests.cast import Cast

ROOT = "/api/v1"


def every_thursday(now: datetime) -> Repeat:
    """From tomorrow for three weeks, 9:00 to 11:00."""
    day = timezone.localdate(now) + timedelta(days=1)
    return Repeat(
        rule="FREQ=WEEKLY;BYDAY=TH", starts_on=day, ends_on=day + timedelta(days=20), start_time=time(9), minutes=120,
        places=9, on_holiday=HolidayRule.KEEP,
    )  # fmt: skip


def _written(value: Any) -> str:
    """Moments as RFC 3339 has them, keys as text."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@dataclass
class Caller:
    """A program with (or without) a key; CSRF is enforced as in the real world."""

    secret: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        headers = {"Accept-Language": self.language, **headers}
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        content = (
            {} if body is None else {"data": json.dumps(body, default=_written), "content_type": "application/json"}
        )
        return self.client.generic(method, ROOT + path, headers=headers, **content)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any) -> Any:
        return self.send("POST", path, body)


@pytest.fixture
def caller(cast: Cast) -> Callable[[str], Caller]:
    """`caller("desk")`: a program with a key of the desk worker; the key's first writing of the day lies behind it."""

    def make(key: str) -> Caller:
        user = cast.users[key]
        token, secret = add_token(user=user, label="test", by=Actor(user_id=user.pk), now=cast.now)
        type(token).objects.filter(pk=token.pk).update(last_used_on=timezone.localdate())
        return Caller(secret)

    return make
