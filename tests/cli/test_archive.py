"""The backup and restore drill, with the real command against databases of its own."""

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from guangcai.cli import archive, postgres
from guangcai.core.errors import RuleBroken

Command = Callable[..., subprocess.CompletedProcess]
Scratch = Callable[..., str]

MARK = "INSERT INTO django_content_type (app_label, model) VALUES ('drill', %s)"


def marks(address: str) -> list[str]:
    with psycopg.connect(address) as connection:
        query = "SELECT model FROM django_content_type WHERE app_label = 'drill' ORDER BY model"
        return [row[0] for row in connection.execute(query)]


def mark(address: str, name: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(MARK, [name])


@pytest.fixture
def backup(scratch: Scratch, guangcai: Command, tmp_path: Path) -> tuple[str, Path]:
    """A database that holds one mark, and its backup."""
    address, file = scratch(migrated=True), tmp_path / "monday.backup"
    mark(address, "monday")
    done = guangcai("backup", str(file), database=address)
    assert done.returncode == 0, done.stderr
    return address, file


def test_a_backup_goes_into_an_empty_database_and_is_verified(
    backup: tuple[str, Path], scratch: Scratch, guangcai: Command
) -> None:
    _source, file = backup
    empty = scratch(migrated=False)
    done = guangcai("restore", str(file), database=empty)
    assert done.returncode == 0, done.stderr
    assert "0 migrations applied" in done.stdout
    assert ", 0 broken" in done.stdout
    assert marks(empty) == ["monday"]


def test_a_backup_is_closed_to_others_and_leaves_nothing_beside_it(backup: tuple[str, Path]) -> None:
    _source, file = backup
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_database_in_use_is_replaced_only_on_demand_and_wholly(backup: tuple[str, Path], guangcai: Command) -> None:
    source, file = backup
    mark(source, "tuesday")
    refused = guangcai("restore", str(file), database=source)
    assert (refused.returncode, refused.stderr.strip()) == (
        2,
        "The database is not empty. Say --yes to replace what is in it.",
    )
    assert marks(source) == ["monday", "tuesday"]
    done = guangcai("restore", "--yes", str(file), database=source)
    assert done.returncode == 0, done.stderr
    assert marks(source) == ["monday"]


def test_a_restore_waits_for_nobody_who_still_works(backup: tuple[str, Path], guangcai: Command) -> None:
    source, file = backup
    with psycopg.connect(source):
        refused = guangcai("restore", "--yes", str(file), database=source)
    assert refused.returncode == 2
    assert "Stop the server" in refused.stderr
    assert marks(source) == ["monday"]


@pytest.mark.parametrize("rest", [0, 100, -2000])
def test_a_damaged_backup_changes_nothing(backup: tuple[str, Path], guangcai: Command, rest: int) -> None:
    source, file = backup
    file.write_bytes(file.read_bytes()[:rest])
    mark(source, "tuesday")
    refused = guangcai("restore", "--yes", str(file), database=source)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert marks(source) == ["monday", "tuesday"]


def test_some_other_database_is_no_backup(scratch: Scratch, guangcai: Command, tmp_path: Path) -> None:
    empty, file = scratch(migrated=False), tmp_path / "other.backup"
    subprocess.run(["pg_dump", "--format=custom", "--file", str(file), empty], check=True)
    refused = guangcai("restore", str(file), database=empty)
    assert (refused.returncode, refused.stderr.strip()) == (2, f"{file} is not a backup of Guangcai.")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_backup_that_is_ended_leaves_the_older_one(backup: tuple[str, Path], number: int) -> None:
    source, file = backup
    older = file.read_bytes()
    with psycopg.connect(source) as blocker:
        blocker.execute("LOCK django_content_type IN ACCESS EXCLUSIVE MODE")
        process = subprocess.Popen(
            [sys.executable, "-m", "guangcai.cli", "backup", str(file)],
            cwd=postgres.ROOT,
            env={**os.environ, "DATABASE_URL": source},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            # A shell that runs the tests in the background has children ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        deadline = time.monotonic() + 30
        while len(list(file.parent.iterdir())) == 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, number)
        assert process.wait(30) != 0
    assert file.read_bytes() == older
    if number != signal.SIGKILL:
        assert list(file.parent.iterdir()) == [file]


def test_a_failed_backup_leaves_nothing(scratch: Scratch, guangcai: Command, tmp_path: Path) -> None:
    address = scratch(migrated=True)
    missing = tmp_path / "no" / "such"
    refused = guangcai("backup", str(missing / "file"), database=address)
    words = f"The backup cannot be written to the folder {missing}: there is no such file or folder."
    assert (refused.returncode, refused.stderr.strip()) == (2, words)
    said = guangcai("backup", str(missing / "file"), database=address, LANG="zh_CN.UTF-8").stderr
    assert said.strip() == f"备份不能写入文件夹 {missing}：没有这个文件或文件夹。"
    assert list(tmp_path.iterdir()) == []


def test_a_backup_takes_the_place_of_no_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RuleBroken, match="device"):
        archive.write_backup(tmp_path / "pipe")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_folder_that_is_closed_is_named_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_arguments: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(archive.os, "open", closed)
    with pytest.raises(RuleBroken, match=f"{tmp_path}: (you have no right to it|没有权限)"):
        archive.write_backup(tmp_path / "a.backup")


def test_a_backup_can_be_piped_to_a_program_that_seals_it(
    backup: tuple[str, Path], scratch: Scratch, guangcai: Command, tmp_path: Path
) -> None:
    source, _file = backup
    piped = tmp_path / "piped.backup"
    with piped.open("wb") as out:
        command = [sys.executable, "-m", "guangcai.cli", "backup", "-"]
        subprocess.run(command, cwd=postgres.ROOT, env={**os.environ, "DATABASE_URL": source}, stdout=out, check=True)
    empty = scratch(migrated=False)
    assert guangcai("restore", str(piped), database=empty).returncode == 0
    assert marks(empty) == ["monday"]


def test_a_backup_of_a_newer_version_is_refused_with_its_name(
    backup: tuple[str, Path], scratch: Scratch, guangcai: Command, tmp_path: Path
) -> None:
    source, _file = backup
    with psycopg.connect(source) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '9999_later', now())")
    newer = tmp_path / "newer.backup"
    assert guangcai("backup", str(newer), database=source).returncode == 0
    refused = guangcai("restore", str(newer), database=scratch(migrated=False))
    assert refused.returncode != 0
    assert "core.9999_later" in refused.stderr
    started = guangcai("serve", "--port", "1", database=source)
    assert started.returncode != 0
    assert "core.9999_later" in started.stderr
