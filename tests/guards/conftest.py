"""The demo world is loaded once for a module of guards, inside a transaction that is rolled back at its end."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from tests.guards.world import World, make_world

# A Saturday afternoon in Shanghai: two quarters closed, one open.
GUARDED_AT = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def loaded_world(django_db_setup: None, django_db_blocker: object) -> Iterator[World]:
    assert connection.settings_dict["NAME"].startswith("test_"), "mark the module with django_db"
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield make_world(GUARDED_AT)
        transaction.set_rollback(True)


@pytest.fixture
def world(loaded_world: World, db: None) -> World:
    return loaded_world
