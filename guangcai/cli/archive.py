"""Backup and restore: one file of one moment, complete or not there at all.

The file is pg_dump's custom format. Sensitive columns in it are sealed with GUANGCAI_KEYS, which is not in it.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import connection

from guangcai.cli import binaries
from guangcai.cli.language import _, why
from guangcai.core.errors import Conflict, RuleBroken

LIBPQ = {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
}
DUMP = ("--format=custom", "--no-owner", "--no-privileges")
EMPTY_SCHEMA = b"""
BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
OWN_TABLES = """
SELECT count(*) FROM pg_class c
WHERE c.relnamespace = to_regnamespace('public') AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
  AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@dataclass(frozen=True)
class Tools:
    """The client programs that fit the server, and how they reach it (never on their command line)."""

    folder: Path
    environment: dict[str, str]

    def command(self, name: str, *arguments: str) -> list[str]:
        return [str(self.folder / name), *arguments]


def tools() -> Tools:
    """Raises RuleBroken when no client programs as new as the server are on this machine."""
    major = _number("SELECT current_setting('server_version_num')::int / 10000")
    pg_dump = binaries.client("pg_dump", major)
    if pg_dump is None:
        raise RuleBroken(_("pg_dump of PostgreSQL %(major)d or newer is not on this machine.") % {"major": major})
    parameters = connection.get_connection_params()
    reach = {variable: str(parameters[name]) for name, variable in LIBPQ.items() if parameters.get(name)}
    return Tools(Path(pg_dump).parent, {**os.environ, **reach, "PGAPPNAME": "guangcai", "PGTZ": "UTC"})


def write_backup(file: Path) -> int:
    """Write the whole database, as of one moment, to `file` (mode 0600) and return its size in bytes.

    An older file of that name is replaced only by a complete one. Raises RuleBroken when the folder does not take it,
    when `file` is a device, or when pg_dump fails.
    """
    with _complete_or_not_at_all(file) as part:
        with part.open("wb") as out:
            stream_backup(out)
            os.fsync(out.fileno())
        contents(part)
    return file.stat().st_size


def stream_backup(out: BinaryIO) -> None:
    """Write the whole database, as of one moment, to an open file or pipe."""
    kit = tools()
    done = subprocess.run(
        kit.command("pg_dump", *DUMP), env=kit.environment, stdout=out, stderr=subprocess.PIPE, check=False
    )
    if done.returncode != 0:
        raise RuleBroken(_("The backup failed: %(reason)s") % {"reason": _first_line(done.stderr)})


def contents(file: Path) -> list[str]:
    """The lines of a backup's table of contents. Raises RuleBroken when `file` is no complete backup of Guangcai."""
    file.open("rb").close()  # a missing or closed file is named by the caller's usual sentence
    kit = tools()
    done = subprocess.run(kit.command("pg_restore", "--list", str(file)), capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if not line.startswith(";")]
    if done.returncode != 0 or not any(" TABLE DATA public django_migrations " in line for line in lines):
        raise RuleBroken(_("%(file)s is not a backup of Guangcai.") % {"file": file})
    return lines


def restore_backup(file: Path, *, replace: bool) -> int:
    """Put the database back as it was in `file`, in one transaction: all of it, or nothing changes.

    replace: whether a database that holds something may be emptied first. Returns the number of tables.
    Raises RuleBroken for a file that is no backup or does not go in; Conflict for a database that is not empty, or
    that somebody else is connected to.
    """
    tables = sum(" TABLE DATA " in line for line in contents(file))
    if not replace and _number(OWN_TABLES):
        raise Conflict(_("The database is not empty. Say --yes to replace what is in it."))
    if others := _number(OTHERS):
        raise Conflict(
            _("%(others)d other connections use the database. Stop the server and its worker first.")
            % {"others": others}
        )
    kit = tools()
    connection.close()
    _pour(file, kit)
    return tables


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _pour(file: Path, kit: Tools) -> None:
    """Feed the backup's SQL to psql between BEGIN and COMMIT; the COMMIT is only said when all of it came through."""
    reader = kit.command("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "-f", "-", str(file))
    writer = kit.command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-")
    with tempfile.TemporaryFile() as reader_errors, tempfile.TemporaryFile() as writer_errors:
        source = subprocess.Popen(reader, env=kit.environment, stdout=subprocess.PIPE, stderr=reader_errors)
        target = subprocess.Popen(
            writer, env=kit.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=writer_errors
        )
        assert source.stdout is not None
        assert target.stdin is not None
        try:
            target.stdin.write(EMPTY_SCHEMA)
            shutil.copyfileobj(source.stdout, target.stdin, 1 << 20)
            source.stdout.close()
            if source.wait() == 0:
                target.stdin.write(b"\nCOMMIT;\n")
        except BrokenPipeError:
            source.kill()
        finally:
            _close(target)
        if source.wait() != 0 or target.wait() != 0:
            reason = _read(writer_errors) or _read(reader_errors)
            raise RuleBroken(_("The restore failed, nothing was changed: %(reason)s") % {"reason": _first_line(reason)})


def _close(target: subprocess.Popen) -> None:
    with suppress(BrokenPipeError):
        target.communicate()


def _read(errors: BinaryIO) -> bytes:
    errors.seek(0)
    return errors.read()


def _first_line(stderr: bytes) -> str:
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    return lines[0] if lines else _("no reason given")


@contextmanager
def _complete_or_not_at_all(file: Path) -> Iterator[Path]:
    """A file beside `file` to write to, closed to everybody else; it takes the name when the block ends well."""
    if file.exists() and not file.is_file():
        raise RuleBroken(_("%(file)s is a device, not a file: name a file, or - for a pipe.") % {"file": file})
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as refusal:
        words = _("The backup cannot be written to the folder %(folder)s: %(reason)s.")
        raise RuleBroken(words % {"folder": file.parent, "reason": why(refusal)}) from refusal
    try:
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
