"""The screen of other systems: added with a secret that is shown once, watched, tried again, ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guangcai.cases import commands
from guangcai.cases.models import Listener
from guangcai.cases.queries.listening import told_systems
from guangcai.core import notify, outward
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden
from guangcai.core.models import AuditEvent, Outbox
from tests.cases.conftest import Raise
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
HOST = "hotline.example"
URL = f"https://{HOST}/calls?token=abc"
LIST, NEW = reverse("cases:listeners"), reverse("cases:listener_new")


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    settings.GUANGCAI_HOOK_HOSTS = frozenset({HOST})


@pytest.fixture
def browser(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast.users["administrator"])


def add(cast: Cast, now: datetime, name: str = "热线") -> Listener:
    by = cast.actor("administrator")
    return commands.add_listener(node=cast.nanyuan, name=name, url=URL, by=by, now=now)[0]


def refuse(url: str, body: bytes, headers: Any) -> None:
    raise outward.NotTaken("status 500")


def give_up(now: datetime) -> None:
    """Try until the program stops trying."""
    for _attempt in range(notify.MOST_ATTEMPTS):
        Outbox.objects.update(send_after=now)
        notify.deliver(now=now)


def test_added_with_a_secret_that_is_shown_once(cast: Cast, browser: Client) -> None:
    page = browser.post(NEW, {"name": "热线", "url": URL, "node": cast.nanyuan.pk})
    row = Listener.objects.get()
    assert row.secret in page.text
    assert "no-store" in page["Cache-Control"]
    listed = browser.get(LIST).text
    assert row.secret not in listed
    assert f"{HOST}/calls?…" in listed
    assert "token=abc" not in listed
    again = browser.post(NEW, {"name": "热线", "url": URL, "node": cast.nanyuan.pk})
    assert (again.status_code, Listener.objects.count()) == (422, 1)
    assert AuditEvent.objects.filter(tag="cases:listener:change").count() == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://127.0.0.1/x", "127.0.0.1"),
        ("https://elsewhere.example/x", "elsewhere.example"),
        (f"http://{HOST}/x", "https://server.example/path"),
        (f"https://{HOST}:8443/x", "https://server.example/path"),
        (f"https://user:word@{HOST}/x", "https://server.example/path"),
        ("\u200b", ""),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_beside_its_field(
    cast: Cast, browser: Client, url: str, said: str
) -> None:
    page = browser.post(NEW, {"name": "热线", "url": url, "node": cast.nanyuan.pk})
    assert page.status_code == 422
    (words,) = page.context["form"].errors["url"]
    assert said in words
    assert 'value="热线"' in page.text
    assert not Listener.objects.exists()


def test_without_a_server_in_the_settings_the_page_says_so(browser: Client, settings: Any) -> None:
    settings.GUANGCAI_HOOK_HOSTS = frozenset()
    page = browser.get(LIST).text
    assert "GUANGCAI_HOOK_HOSTS" in page
    assert NEW not in page


def test_what_was_given_up_is_seen_and_sent_again(
    cast: Cast, browser: Client, raised: Raise, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add(cast, now)
    monkeypatch.setattr(outward, "post", refuse)
    case = raised()
    give_up(now)
    page = browser.get(LIST)
    (told,) = page.context["rows"]
    assert (told.waiting, told.given_up, told.last_at) == (0, 1, None)
    assert case.number in page.text
    taken: list[str] = []
    monkeypatch.setattr(outward, "post", lambda url, body, headers: taken.append(url))
    calls = reverse("cases:listener_calls", args=[row.pk])
    for _twice in range(2):
        assert browser.post(calls).status_code == 302
    assert AuditEvent.objects.filter(tag="cases:listener:change").count() == 2
    (told,) = browser.get(LIST).context["rows"]
    assert (told.waiting, told.given_up) == (1, 0)
    outbox = Outbox.objects.get(channel="hook")
    assert notify.deliver(now=outbox.send_after) == 1
    assert taken == [URL]
    (told,) = browser.get(LIST).context["rows"]
    assert (told.waiting, told.last_at) == (0, outbox.send_after)


def test_ended_it_is_listed_no_more_and_nothing_is_tried_again(
    cast: Cast, browser: Client, raised: Raise, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add(cast, now)
    monkeypatch.setattr(outward, "post", refuse)
    raised()
    give_up(now)
    for _twice in range(2):
        assert browser.post(reverse("cases:listener_end", args=[row.pk])).status_code == 302
    assert browser.get(LIST).context["rows"] == []
    assert commands.send_again(listener=row, by=cast.actor("administrator"), now=now) == 0
    assert Outbox.objects.filter(given_up_at=None).count() == 0


def test_only_whoever_sets_rules(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    row = add(cast, now)
    paths = [reverse(f"cases:{name}", args=[row.pk]) for name in ("listener_end", "listener_calls")]
    for key in ("desk", "overseer", "liaison"):
        stranger = signed_in(cast.users[key])
        assert {stranger.get(LIST).status_code, stranger.get(NEW).status_code} == {403}
        assert {stranger.post(path).status_code for path in paths} == {403}
    with pytest.raises(Forbidden):
        commands.send_again(listener=row, by=cast.actor("desk"), now=now)
    assert Listener.objects.visible_to(cast.actor("desk")).count() == 0
    assert Listener.objects.visible_to(Actor.system()).count() == 1
    row.refresh_from_db()
    assert row.ended_at is None


def test_three_are_listed_with_as_many_statements_as_one(
    cast: Cast, browser: Client, raised: Raise, now: datetime, queries: Any
) -> None:
    add(cast, now)
    raised()
    browser.get(LIST)
    with queries() as one:
        browser.get(LIST)
    for name in ("市平台", "区平台"):
        add(cast, now, name)
    raised("又一件")
    with queries() as three:
        browser.get(LIST)
    assert len(one) == len(three)


def test_many_given_up_calls_are_counted_and_the_newest_named(
    cast: Cast, raised: Raise, now: datetime, django_assert_num_queries: Any
) -> None:
    """Three statements, for one system with one call and for two with seven each."""
    add(cast, now)
    actor = cast.actor("administrator")
    for systems, calls in ((1, 1), (2, 7)):
        if systems == 2:
            add(cast, now, name="市平台")
        cases = [raised(at=now + timedelta(minutes=systems * 10 + each)) for each in range(calls)]
        Outbox.objects.update(given_up_at=now + timedelta(days=1), last_error="NotTaken")
        with django_assert_num_queries(3):
            seen = told_systems(actor)
        assert len(seen) == systems
    assert sorted((one.waiting, one.given_up) for one in seen) == [(0, 7), (0, 8)]
    for one in seen:
        assert [call.number for call in one.failed] == [case.number for case in reversed(cases)][:5]
