"""The private PostgreSQL: made on first use, started when somebody needs it, stopped when the last one leaves.

`DATABASE_URL` names a server of one's own; then nothing here is touched. Otherwise `ensure()` answers with the
address of a server that only this account can reach: a socket in a folder of its own, no network port, no password.
Imports no Django, so that settings, tests and the command line can ask before anything else is loaded.
"""

import atexit
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from guangcai.cli.cluster import OWNER, PORT, Cluster, PostgresError, open_closed

__all__ = ["DATABASE", "PostgresError", "cluster", "configured_url", "ensure", "hold", "keep", "stop", "url"]

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "guangcai"
ROOTS_FOLDER = Path("/var/lib/guangcai")


def var() -> Path:
    """The folder of everything made at run time; the same rule as config/environment.py."""
    return Path(os.environ.get("GUANGCAI_VAR") or ROOT / "var").resolve()


def configured_url() -> str | None:
    """The server named by DATABASE_URL, in the environment or in .env; None when the private one is to be used."""
    if value := os.environ.get("DATABASE_URL"):
        return value
    if (ROOT / ".env").is_file():
        from environ import Env  # imports Django's exceptions; not needed where there is no .env

        Env.read_env(ROOT / ".env")
    return os.environ.get("DATABASE_URL") or None


def cluster() -> Cluster:
    """The private server of this installation: in var/, or outside anybody's home when root runs it.

    Root keeps to var/postgres when an ordinary user made it before.
    """
    own = var() / "postgres"
    if os.geteuid() == 0 and not (own / "data").is_dir():
        return Cluster(ROOTS_FOLDER / hashlib.sha256(str(var()).encode()).hexdigest()[:12])
    return Cluster(own)


def url(database: str = DATABASE) -> str:
    """The address of `database`, without starting anything. Understood by libpq and by Django's settings."""
    return configured_url() or _address(cluster(), database)


def ensure(database: str = DATABASE) -> str:
    """Make the database reachable for as long as this process lives, and answer with its address.

    Raises PostgresError when there is no PostgreSQL to start, or it does not start.
    """
    if configured := configured_url():
        return configured
    holding = hold(database)
    address = holding.__enter__()
    atexit.register(holding.__exit__, None, None, None)
    return address


@contextmanager
def hold(database: str = DATABASE) -> Iterator[str]:
    """Keep the private server running inside the block; the last holder to leave stops it.

    Holders are counted by shared file locks, which the system drops by itself when a process is killed.
    """
    if configured := configured_url():
        yield configured
        return
    server = cluster()
    server.prepare()
    with open_closed(server.holders) as holders:
        with server.locked():
            fcntl.flock(holders, fcntl.LOCK_SH)
            server.start(database)
        try:
            yield _address(server, database)
        finally:
            _leave(server, holders)


def keep() -> bool:
    """Start the server and let it run until `stop`. True when it was not running before."""
    server = cluster()
    server.prepare()
    with server.locked():
        server.kept.touch()
        return server.start(DATABASE)


def stop() -> bool:
    """Stop the server, whoever uses it. True when it was running."""
    server = cluster()
    if not server.folder.is_dir():
        return False
    with server.locked():
        server.kept.unlink(missing_ok=True)
        return server.stop()


def _leave(server: Cluster, holders: TextIO) -> None:
    with server.locked():
        fcntl.flock(holders, fcntl.LOCK_UN)
        try:
            fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody else still works with it
        if not server.kept.exists():
            server.stop()


def _address(server: Cluster, database: str) -> str:
    return f"postgresql://{OWNER}@/{quote(database)}?host={quote(str(server.socket_folder))}&port={PORT}"
