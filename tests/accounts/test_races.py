"""Two at once, with real threads and real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from guangcai.accounts import commands
from guangcai.accounts.models import ApiToken, RateWindow, User
from guangcai.accounts.rules import Limit
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from tests.accounts.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(work: Callable[[int], Any]) -> list[Any]:
    def in_thread(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(in_thread, range(THREADS)))


def test_no_try_is_lost_when_a_crowd_stands_behind_one_address(now: datetime) -> None:
    limit = Limit("race", 10, timedelta(minutes=5))
    seen = at_once(lambda _n: [commands.take(limit, "one address", now=now) for _ in range(25)])
    assert sorted(count for counts in seen for count in counts) == list(range(1, THREADS * 25 + 1))
    at_once(lambda _n: commands.give_back(limit, "one address"))
    assert RateWindow.objects.get().count == THREADS * 24


def test_two_desks_make_one_account(now: datetime) -> None:
    made = at_once(lambda n: commands.add_user(name=f"王芳{n}", phone=PHONE, by=Actor.system(), now=now).pk)
    assert len(set(made)) == 1
    assert User.objects.count() == 1


def test_the_tenth_key_is_the_last(now: datetime) -> None:
    user = commands.add_user(name="王芳", phone=PHONE, by=Actor.system(), now=now)
    by = Actor(user_id=user.pk)
    for n in range(6):
        commands.add_token(user=user, label=f"程序 {n}", by=by, now=now)

    def one_more(number: int) -> bool:
        try:
            commands.add_token(user=user, label=f"同时 {number}", by=by, now=now)
        except RuleBroken:
            return False
        return True

    assert sum(at_once(one_more)) == 4
    assert ApiToken.objects.count() == 10
