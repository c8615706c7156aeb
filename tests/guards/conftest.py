"""The demo world is loaded once for all guards, inside a transaction that is rolled back at their end."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from guangcai.core import documents
from tests.guards.addresses import addresses, fill
from tests.guards.forms import Form, first_of_each, forms_on
from tests.guards.sweep import Answer, ask, quick
from tests.guards.world import ANONYMOUS, KIOSK, World, make_world

# A Saturday afternoon in Shanghai: two quarters closed, one open.
GUARDED_AT = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
# Who is asked first for the forms of the house: whoever works with most of them.
FORM_SEERS = ("secretary", "desk", "administrator", "member", "liaison", "overseer", ANONYMOUS, KIOSK)
Answers = Mapping[tuple[str, str], Answer]


@pytest.fixture(scope="package")
def loaded_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One clock for loading and asking: a table reviewed in November holds in March. A PDF is what is printed on it."""
    assert connection.settings_dict["NAME"].startswith("test_"), "mark the module with django_db"
    with (
        pytest.MonkeyPatch.context() as patch,
        time_machine.travel(GUARDED_AT),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        patch.setattr(documents, "pdf", _printed)
        yield make_world(GUARDED_AT)
        transaction.set_rollback(True)


def _printed(template: str, values: Mapping[str, Any], *, made_at: datetime) -> bytes:
    return json.dumps(values, default=str, ensure_ascii=False).encode()


@pytest.fixture
def world(loaded_world: World, db: None) -> Iterator[World]:
    with quick():
        yield loaded_world


@pytest.fixture(scope="package")
def paths(loaded_world: World, django_db_blocker: Any) -> dict[str, str]:
    """Every address by its name, filled with an object of the world's community; left out where the demo has none."""
    with django_db_blocker.unblock():
        filled = ((name, fill(loaded_world, name, pattern)) for name, pattern in addresses())
        return {name: path for name, path in filled if path is not None}


@pytest.fixture(scope="package")
def read(loaded_world: World, paths: dict[str, str], django_db_blocker: Any) -> Answers:
    """The answer to a GET of every address as everybody: (address, actor) -> answer."""
    with django_db_blocker.unblock(), quick():
        browsers = {actor: loaded_world.browser(actor) for actor in loaded_world.actors}
        return {(n, actor): ask(b, "GET", path) for n, path in paths.items() for actor, b in browsers.items()}


@pytest.fixture(scope="package")
def forms(read: Answers, paths: dict[str, str]) -> Mapping[str, Form]:
    """One filled-in form for every address that a form on any page is sent to."""
    return first_of_each(
        found
        for actor in FORM_SEERS
        for name, path in paths.items()
        if (answer := read[name, actor]).is_page and answer.body.strip()
        for found in forms_on(answer.body, path, actor)
    )
