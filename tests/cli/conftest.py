"""Private servers of their own for the tests of the command line: never the one the other tests run on."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from guangcai.cli import cluster, postgres
from guangcai.cli.cluster import Cluster


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
