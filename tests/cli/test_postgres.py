"""The private PostgreSQL: made on first use, held by who needs it, back after any accident."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from guangcai.cli import binaries, cluster, postgres
from guangcai.cli.account import account_for
from guangcai.cli.cluster import Cluster, PostgresError

ROOT = Path(__file__).resolve().parents[2]


def runs(server: Cluster) -> bool:
    return server.postmaster() is not None


def kill(server: Cluster) -> int:
    pid = server.postmaster()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.postmaster() is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    return pid


def test_the_address_is_understood_by_libpq_and_starts_nothing(server: Cluster) -> None:
    address = psycopg.conninfo.conninfo_to_dict(postgres.url("trial"))
    assert address == {
        "user": "guangcai",
        "dbname": "trial",
        "host": str(server.socket_folder),
        "port": str(cluster.PORT),
    }
    assert not server.folder.exists()


def test_a_holder_starts_it_and_the_last_holder_stops_it(server: Cluster) -> None:
    with postgres.hold() as address:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE EXTENSION btree_gist")
            connection.execute("CREATE EXTENSION pg_trgm")
            encoding = connection.execute("SHOW server_encoding").fetchone()
        with postgres.hold():
            pass
        assert runs(server), "one holder left, the other still works"
    assert encoding == ("UTF8",)
    assert not runs(server)


def test_what_is_written_is_there_after_a_stop(server: Cluster) -> None:
    for _round in range(2):
        with postgres.hold("trial") as address, psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (at timestamptz DEFAULT now())")
            connection.execute("INSERT INTO kept DEFAULT VALUES")
            rows = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert rows == (2,)


def test_kept_it_runs_until_it_is_stopped(server: Cluster) -> None:
    assert postgres.keep() is True
    assert postgres.keep() is False
    with postgres.hold():
        pass
    assert runs(server)
    assert postgres.stop() is True
    assert postgres.stop() is False


def test_nobody_else_reaches_it(server: Cluster) -> None:
    with postgres.hold() as address, psycopg.connect(address) as connection:
        listening = connection.execute("SHOW listen_addresses").fetchone()
        rules = connection.execute("SELECT type, auth_method FROM pg_hba_file_rules").fetchall()
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (server.data, server.socket_folder, server.holders)}
    assert listening == ("",)
    assert rules == [("local", "peer")]
    assert modes == {"data": 0o700, "run": 0o700, "holders": 0o600}


def test_acknowledged_records_survive_a_killed_server(server: Cluster) -> None:
    with postgres.hold() as address:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE served (minutes int)")
            connection.execute("INSERT INTO served VALUES (90)")
        kill(server)
        with postgres.hold() as again, psycopg.connect(again) as connection:
            rows = connection.execute("SELECT minutes FROM served").fetchall()
    assert rows == [(90,)]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to tell processes apart")
def test_a_note_with_the_number_of_another_program_is_no_server(server: Cluster) -> None:
    with postgres.hold():
        kill(server)
        note = server.data / "postmaster.pid"
        lines = note.read_text().split("\n")
        # A process of the same account, as after a restart of the machine that gave the number away.
        other = subprocess.Popen(["sleep", "60"], user=server.account.uid if server.account.borrowed else None, cwd="/")
        try:
            note.write_text("\n".join([str(other.pid), *lines[1:]]))
            with postgres.hold() as address, psycopg.connect(address) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            assert other.poll() is None, "the other program was left alone"
        finally:
            other.kill()
            other.wait()


def test_a_first_start_that_was_killed_leaves_nothing_half_made(server: Cluster) -> None:
    server.prepare()
    half_made = server.folder / "data.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("15\n")
    with postgres.hold() as address, psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not half_made.exists()


def test_two_starts_at_once_make_one_server(server: Cluster) -> None:
    started, pids, barrier = [], [], threading.Barrier(4)

    def start() -> None:
        barrier.wait()
        own = Cluster(server.folder)
        own.prepare()
        with own.locked():
            started.append(own.start("trial"))
            pids.append(own.postmaster())

    threads = [threading.Thread(target=start) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(started) == [False, False, False, True]
    assert len(set(pids)) == 1


def test_a_holder_that_was_killed_does_not_keep_it_running(server: Cluster) -> None:
    code = (
        "import sys, time; from guangcai.cli import postgres; from guangcai.cli.cluster import Cluster;"
        "from pathlib import Path; postgres.configured_url = lambda: None;"
        f"postgres.cluster = lambda: Cluster(Path({str(server.folder)!r}));"
        "holding = postgres.hold(); holding.__enter__(); print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    with postgres.hold():
        other.kill()
        other.wait()
        other.stdout.close()
    assert not runs(server)


def test_ensure_holds_until_the_process_ends(server: Cluster) -> None:
    code = (
        "from guangcai.cli import postgres; from guangcai.cli.cluster import Cluster; from pathlib import Path;"
        "import psycopg; postgres.configured_url = lambda: None;"
        f"postgres.cluster = lambda: Cluster(Path({str(server.folder)!r}));"
        "address = postgres.ensure(); print(psycopg.connect(address).execute('SELECT 1').fetchone()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "1\n"
    assert not runs(server)


def test_a_server_of_ones_own_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/guangcai")
    monkeypatch.setenv("GUANGCAI_VAR", str(tmp_path / "var"))
    with postgres.hold() as address:
        assert address == "postgresql://somebody@db.example/guangcai"
    assert postgres.ensure() == postgres.url() == "postgresql://somebody@db.example/guangcai"
    assert not (tmp_path / "var").exists()


def test_without_any_postgresql_the_message_says_what_to_do(server: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "installed", lambda run: [])
    monkeypatch.setattr(binaries, "wheel_folder", lambda: None)
    with pytest.raises(PostgresError, match="DATABASE_URL"), postgres.hold():
        pass


def test_data_of_another_major_version_is_not_opened(server: Cluster) -> None:
    with postgres.hold():
        pass
    (server.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 14"), postgres.hold():
        pass


def test_settings_that_lose_records_are_refused(server: Cluster) -> None:
    with postgres.hold():
        pass
    with (server.data / "postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\n")
    with pytest.raises(PostgresError, match="fsync"), postgres.hold():
        pass
    assert not runs(server)


def test_a_server_that_does_not_start_shows_its_own_words(server: Cluster) -> None:
    with postgres.hold():
        pass
    with (server.data / "postgresql.auto.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(PostgresError, match="no_such_setting"), postgres.hold():
        pass


def test_a_deep_folder_gets_a_short_socket(folder: Path) -> None:
    deep = Cluster(folder / ("deep" * 20) / ("deeper" * 10))
    assert len(str(deep.socket_folder)) <= cluster.LONGEST_SOCKET_FOLDER
    assert deep.socket_folder == Cluster(deep.folder).socket_folder
    assert deep.socket_folder != Cluster(folder / ("deep" * 20) / "other" / ("deeper" * 10)).socket_folder


def test_a_folder_that_cannot_be_made_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").write_text("")
    with pytest.raises(PostgresError, match="file"):
        Cluster(folder / "file" / "postgres").prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root borrows an account")
def test_root_borrows_an_account_and_keeps_the_owner_of_existing_data(folder: Path) -> None:
    borrowed = account_for(folder / "data")
    assert borrowed.borrowed
    assert borrowed.uid != 0
    (folder / "data").mkdir()
    os.chown(folder / "data", 65534, 65534)
    assert account_for(folder / "data").uid == 65534


def test_binaries_without_the_extensions_are_no_use(folder: Path) -> None:
    for name in binaries.NEEDED:
        program = folder / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text('#!/bin/sh\necho "postgres (PostgreSQL) 99.1"\n')
        program.chmod(0o755)
    assert binaries.examine(folder / "bin", subprocess.run) is None
    extension = folder / "share" / "extension"
    extension.mkdir(parents=True)
    for name in binaries.EXTENSIONS:
        (extension / f"{name}.control").write_text("")
    assert binaries.examine(folder / "bin", subprocess.run) == binaries.Binaries(folder / "bin", 99)
