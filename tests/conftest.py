"""What every test has: the real database, no network, templates that fail on undefined variables, the cast."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from guangcai.core.database.base import Operations
from tests.cast import Cast, make_cast

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Friday, 10:00 in Shanghai


@pytest.fixture(scope="session", autouse=True)
def _fast_settings() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # Static files straight from the source tree: nothing has to be collected first.
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture(scope="session", autouse=True)
def _few_tables_are_emptied() -> Iterator[None]:
    """After a test with transactions of its own only the tables that have rows are emptied, triggers asleep.

    Django truncates every table: 1.7 s for two hundred, more with every room.
    """

    def sql_flush(self: Operations, style: object, tables: list[str], **_how: bool) -> list[str]:
        names = [self.quote_name(table) for table in tables]
        with connection.cursor() as cursor:
            asked = (f"SELECT {place} WHERE EXISTS (SELECT FROM {name})" for place, name in enumerate(names))
            filled = [names[place] for (place,) in cursor.execute(" UNION ALL ".join(asked))]
        return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in filled)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Operations, "sql_flush", sql_flush)
        yield


class UndefinedVariable(str):
    """An undefined template variable is a fault: rendering it fails the test."""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"undefined template variable: {name}")


@pytest.fixture(autouse=True)
def _undefined_variables_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", UndefinedVariable("undefined %s"))


@pytest.fixture(autouse=True)
def _installation_language() -> Iterator[None]:
    """A page asked for in English leaves English active in its thread: no test inherits it from the one before."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def now() -> datetime:
    """The instant at which tests act: a working day, in office hours."""
    return NOW


@pytest.fixture
def cast(db: None) -> Cast:
    """The fixed persons of every test, with their neighbours who must see nothing."""
    return make_cast(NOW)


@pytest.fixture
def signed_in(client: Client) -> Callable[[Any], Client]:
    """`signed_in(cast.desk)`: a browser of that person."""

    def sign_in(user: Any) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def queries() -> Callable[[], CaptureQueriesContext]:
    """`with queries() as seen: ...; len(seen)`: the statements a block sends."""
    return lambda: CaptureQueriesContext(connection)
