"""Private servers of their own for the tests of the command line: never the one the other tests run on."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from guangcai.cli import cluster, postgres
from guangcai.cli.cluster import Cluster

LIBPQ = ("host", "port", "user", "password", "dbname")


@pytest.fixture(autouse=True)
def _sockets_of_the_machine(socket_enabled: None) -> None:
    """These tests start servers; they stay on sockets in their own folder."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an unprivileged account can reach, also when pytest runs as root."""
    made = Path(tempfile.mkdtemp(prefix="guangcai-test-"))
    made.chmod(0o755 if os.geteuid() == 0 else 0o700)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A private server that does not exist yet, the one that guangcai.cli.postgres speaks of in this test."""
    own = Cluster(folder / "postgres")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(postgres, "configured_url", lambda: None)
    monkeypatch.setattr(postgres, "cluster", lambda: Cluster(own.folder))
    monkeypatch.setattr(cluster, "START_SECONDS", 20)
    yield own
    if own.folder.is_dir():
        with own.locked():
            own.stop()


@pytest.fixture
def scratch(transactional_db: None) -> Iterator[Callable[..., str]]:
    """`scratch(migrated=True)`: the address of a new database on the tests' server; dropped afterwards."""
    from django.db import connection

    parameters = {k: v for k, v in connection.get_connection_params().items() if k in LIBPQ}
    template = connection.settings_dict["NAME"]
    assert template.startswith("test_"), "never a copy of somebody's data"
    # A database is copied only while nobody is connected to it.
    connection.close()
    connection.close_pool()
    made: list[str] = []

    def statement(text: str) -> None:
        with psycopg.connect(**{**parameters, "dbname": "postgres"}, autocommit=True) as server:
            server.execute(text)

    def make(*, migrated: bool) -> str:
        name = f"{template}_scratch_{len(made)}"
        statement(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        statement(f'CREATE DATABASE "{name}" TEMPLATE "{template if migrated else "template0"}"')
        made.append(name)
        address = conninfo_to_dict(make_conninfo(**{**parameters, "dbname": name}))
        query = urlencode({k: v for k, v in address.items() if k not in ("user", "dbname", "password")})
        password = f":{address['password']}" if "password" in address else ""
        return f"postgresql://{address.get('user', '')}{password}@/{name}?{query}"

    yield make
    for name in made:
        statement(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def guangcai() -> Callable[..., subprocess.CompletedProcess]:
    """`guangcai("verify", database=address)`: the real command in a process of its own."""

    def run(*arguments: str, database: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "guangcai.cli", *arguments],
            cwd=postgres.ROOT,
            env={
                **os.environ,
                "LANG": "C.UTF-8",
                "LC_ALL": "",
                "LANGUAGE": "",
                "DATABASE_URL": database,
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run
