"""Session, user and rights in one statement; rights end at once; nobody gets another's rights."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.orgs import queries
from guangcai.orgs.models import Grant
from tests.cast import Cast

KEY = settings.SESSION_COOKIE_NAME


@pytest.fixture
def browser(cast: Cast) -> Client:
    """The desk's browser, with the line every real sign-in leaves."""
    browser = Client()
    browser.force_login(cast.desk)
    key = browser.session.session_key
    UserSession.objects.get_or_create(session_key=key, defaults={"user": cast.desk, "ip": "127.0.0.1"})
    return browser


def about_rights(captured: Any) -> list[str]:
    return [
        q["sql"] for q in captured.captured_queries if "django_session" in q["sql"] or "orgs_grant AS held" in q["sql"]
    ]


def test_one_statement_finds_session_user_and_rights(browser: Client, queries: Any) -> None:
    with queries() as seen:
        assert browser.get(reverse("members:roster")).status_code == 200
    assert len(about_rights(seen)) == 1


def test_a_session_without_its_line_asks_once_more(cast: Cast, browser: Client, queries: Any) -> None:
    UserSession.objects.all().delete()
    with queries() as seen:
        assert browser.get(reverse("members:roster")).status_code == 200
    assert len(about_rights(seen)) == 2


def test_a_line_that_names_somebody_else_gives_nobody_his_rights(cast: Cast, browser: Client) -> None:
    UserSession.objects.update(user=cast.secretary)
    assert browser.get(reverse("accounts:sessions")).wsgi_request.user == cast.desk
    found = browser.get(reverse("members:roster")).wsgi_request
    assert found.actor.user_id == cast.desk.pk
    assert found.actor.roles == cast.actor("desk").roles


def test_an_ended_grant_and_a_run_out_session_end_at_once(cast: Cast, browser: Client, now: datetime) -> None:
    roster = reverse("members:roster")
    assert browser.get(roster).status_code == 200
    Grant.objects.filter(user=cast.desk).update(ended_at=now)
    assert browser.get(roster).status_code == 403
    Session.objects.update(expire_date=now - timedelta(days=400))
    assert browser.get(roster).status_code == 302


def test_a_session_nobody_signed_in_with_has_no_owner(cast: Cast, now: datetime) -> None:
    browser = Client()
    session = browser.session
    session["language"] = "en"
    session.save()
    stored = queries.session_of(session.session_key, on=now.date(), now=now - timedelta(days=1))
    assert stored is not None
    assert stored.owner is None
    assert queries.session_of("no such key", on=now.date(), now=now) is None
    assert browser.get(reverse("members:roster")).wsgi_request.actor == Actor()
