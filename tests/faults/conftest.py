"""A crowd with sessions, committed, so that a server process of its own can be asked."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from benchmarks import check_in as crowd


def address() -> str:
    """The test's database as another process reaches it."""
    about = connection.settings_dict
    host = about["OPTIONS"].get("host") or about["HOST"]
    port = about["OPTIONS"].get("port") or about["PORT"]
    return f"postgresql://{about['USER']}:{about['PASSWORD']}@/{about['NAME']}?host={host}&port={port}"


@pytest.fixture
def environment() -> dict[str, str]:
    """Variables of a server process on the test's database."""
    more = {
        "DATABASE_URL": address(),
        "PYTHONWARNINGS": "ignore",
        "PGAPPNAME": "faults",
        "GUANGCAI_LOG_LEVEL": "CRITICAL",
    }
    return {**os.environ, **more, "DJANGO_SETTINGS_MODULE": "config.settings"}


@pytest.fixture
def make_crowd(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], crowd.Stage]:
    """`make_crowd(24)`: one community with so many members who are signed in; `.shift()`, `.check_ins(shift, 24)`."""

    def make(size: int) -> Any:
        monkeypatch.setattr(crowd, "MEMBERS", size)
        stage = crowd.Stage()
        with transaction.atomic():
            stage.people()
        return stage

    return make
