"""Whoever guesses learns nothing: what exists and what does not get the same answer for the same statements.

Times are compared by benchmarks.cases; here the work is: as many statements, of the same shapes, in the same order.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guangcai.accounts.models import RateWindow
from guangcai.api import commands as feeds
from guangcai.api.models import FeedKind
from guangcai.cases import commands as cases
from guangcai.cases import doors
from guangcai.cases.enums import CaseChannel
from guangcai.cases.keys import new_code
from guangcai.cases.models import Case, Category, Item
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.wishes import commands as wishes
from guangcai.wishes.models import WishAsker
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db
KNOWN, OF_MEMBER, UNKNOWN = "13922223333", "13900000101", "13955556666"
WISH = wishes.WishDraft(said="想要一台收音机", name="王大妈", phone=KNOWN)
LITERAL = re.compile(r"\bs\d+_x\d+|'(?:[^']|'')*'(?:::[a-z]+)?|\b\d+\b|\\x[0-9a-f]+")
# What is new in every page: tokens, nonces, the id of a form.
FRESH = re.compile(r"[A-Za-z0-9]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|nonce=\"[^\"]*")


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def item(db: None) -> Item:
    category = Category.objects.create(code="repair", name="水电维修")
    return Item.objects.create(category=category, code="lamp", name="楼道灯", since=SINCE)


@pytest.fixture
def case(cast: Cast, item: Item, now: datetime) -> Case:
    asker = cases.AskerDraft(name="王大妈", phone=KNOWN)
    said: dict[str, Any] = {"item": item, "community": cast.nanyuan, "what": "灯不亮", "channel": CaseChannel.WEB}
    return cases.raise_case(draft=cases.CaseDraft(**said, asker=asker), by=Actor(), now=now)


Send = Callable[[Client, str], Any]


def asked(send: Send, typed: str) -> tuple[int, str, str, list[str]]:
    """Status, where it leads, the page and the shapes of the statements, without what was typed and what is new."""
    with CaptureQueriesContext(connection) as captured:
        answer = send(Client(), typed)
    shapes = [LITERAL.sub("?", one["sql"]) for one in captured.captured_queries]
    page = FRESH.sub("", answer.content.decode()).replace(typed, "")
    return answer.status_code, answer.headers.get("Location", "").replace(typed, ""), page, shapes


def same(send: Send, known: str, unknown: str) -> int:
    """The status, after both were answered alike. Once before, so that what a process looks up once is looked up."""
    asked(send, unknown)
    one, other = asked(send, known), asked(send, unknown)
    assert [pair for pair in zip_longest(one[3], other[3]) if pair[0] != pair[1]] == []
    assert one == other
    assert one[3]
    return one[0]


def follow(browser: Client, code: str) -> Any:
    return browser.post(reverse("cases:public_follow"), {"code": code})


def test_a_code_that_is_followed_no_more_is_a_code_of_nothing(case: Case, now: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(anonymised_at=now)
    assert same(follow, case.asker.code, new_code()) == 422


def test_beyond_the_limit_a_right_code_is_as_wrong_as_any(case: Case) -> None:
    follow(Client(), "A")
    RateWindow.objects.update(count=doors.CODES_OF_ADDRESS.most * 2)
    assert same(follow, case.asker.code, new_code()) == 429


@pytest.mark.parametrize("known", [KNOWN, OF_MEMBER])
def test_asking_with_a_known_phone_is_asking(cast: Cast, item: Item, case: Case, known: str) -> None:
    """A phone of somebody who asked before, of a member with an account, of nobody: one answer, the same work."""
    door = reverse("cases:public_ask", args=[cast.nanyuan.code, item.pk])

    def ask(browser: Client, phone: str) -> Any:
        said = {"id": str(new_id()), "what": "三楼的灯不亮", "phone": phone, "wants_word": "on"}
        return browser.post(door, said)

    assert same(ask, known, UNKNOWN) == 302


def test_a_wish_with_a_known_phone_is_a_wish(cast: Cast, now: datetime) -> None:
    wishes.ask_wish(community=cast.nanyuan, draft=WISH, by=Actor(), now=now, id=new_id())
    door = reverse("wishes:ask", args=[cast.nanyuan.code])

    def ask(browser: Client, phone: str) -> Any:
        said = {"id": str(new_id()), "said": "想要一台收音机", "name": "王大妈", "phone": phone}
        answer = browser.post(door, said)
        assert answer.status_code == 302
        del answer.headers["Location"]  # Its own code.
        return answer

    assert same(ask, KNOWN, UNKNOWN) == 302


def test_a_typed_wish_code_is_looked_up_on_its_page_alone(cast: Cast, now: datetime) -> None:
    """The box leads on whatever was typed, and looks nothing up; a code that was taken away is one of nothing."""
    code = wishes.ask_wish(community=cast.nanyuan, draft=WISH, by=Actor(), now=now, id=new_id()).asker.code

    def page(browser: Client, typed: str) -> Any:
        return browser.get(reverse("wishes:followed", args=[typed]))

    box = reverse("wishes:follow")
    found, missed = (
        asked(lambda browser, typed: browser.post(box, {"code": typed}), one) for one in (code, code[::-1])
    )
    assert found == missed
    # Found or not: one look-up by blind index. What a found wish shows comes after it.
    assert asked(page, code)[3][0] == asked(page, code[::-1])[3][0]
    WishAsker.objects.all().delete()
    assert same(page, code, code[::-1]) == 404


def test_a_revoked_calendar_never_was(cast: Cast, now: datetime) -> None:
    by = cast.actor("desk")
    row, secret = feeds.add_link(user=cast.desk, kind=FeedKind.OWN, node=None, id=new_id(), by=by, now=now)
    feeds.revoke_link(link=row, by=by, now=now + timedelta(minutes=1))
    assert same(lambda browser, typed: browser.get(reverse("feeds:feed", args=[typed])), secret, secret[::-1]) == 404
