"""`guangcai serve` and `guangcai demo`, from the start to a clean end."""

import os
import signal
import socket
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from guangcai.cli import postgres
from guangcai.cli.commands import demo

Scratch = Callable[..., str]


@pytest.fixture
def port(socket_enabled: None) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """What the server prints: a file, so that a test can read it while the server runs."""
    return tmp_path / "printed.txt"


@pytest.fixture
def serve(port: int, tmp_path: Path, printed: Path) -> Iterator[Callable[[str], subprocess.Popen]]:
    """`serve(database)`: the real server, ended at the latest with the test."""
    started: list[subprocess.Popen] = []

    def start(database: str) -> subprocess.Popen:
        with printed.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "guangcai.cli", "serve", "--port", str(port)],
                cwd=postgres.ROOT,
                env={
                    **os.environ,
                    "DATABASE_URL": database,
                    "LC_ALL": "C",
                    "PYTHONUNBUFFERED": "1",
                    "GUANGCAI_VAR": str(tmp_path),
                    "GUANGCAI_DEBUG": "1",
                },
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def test_the_server_answers_and_ends_when_it_is_asked_to(
    serve: Callable[[str], subprocess.Popen], scratch: Scratch, port: int, printed: Path
) -> None:
    process = serve(scratch(migrated=True))
    deadline = time.monotonic() + 120
    while f"Guangcai runs on http://127.0.0.1:{port}\n" not in printed.read_text():
        assert process.poll() is None, printed.read_text()
        assert time.monotonic() < deadline, printed.read_text()
        time.sleep(0.2)
    assert status(f"http://127.0.0.1:{port}/healthz") == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert status(f"http://127.0.0.1:{port}/healthz") == 0


def test_a_database_without_the_schema_is_not_served(
    serve: Callable[[str], subprocess.Popen], scratch: Scratch, printed: Path
) -> None:
    process = serve(scratch(migrated=False))
    assert process.wait(120) == 1
    assert "Run `guangcai migrate`" in printed.read_text()


@dataclass(frozen=True)
class Person:
    role: str
    name: str
    place: str
    phone: str


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A demo of one person; the list holds the instants at which it was loaded."""
    loaded: list[object] = []

    def load_demo(*, now: object, advance: Callable[..., None]) -> None:
        advance(1, of=1)
        loaded.append(now)

    load, signins = types.ModuleType("load"), types.ModuleType("signins")
    load.load_demo = load_demo
    signins.PASSWORD = "open sesame"
    signins.SIGN_INS = (Person("Auditor", "Zhang", "District", "13800000009"),)
    monkeypatch.setattr(demo, "LOADER", "small_demo_load")
    monkeypatch.setattr(demo, "SIGN_INS", "small_demo_signins")
    monkeypatch.setitem(sys.modules, "small_demo_load", load)
    monkeypatch.setitem(sys.modules, "small_demo_signins", signins)
    monkeypatch.setenv("LC_ALL", "C")
    return loaded


def test_the_demo_is_loaded_and_its_sign_ins_are_printed(
    small_demo: list[object], capsys: pytest.CaptureFixture
) -> None:
    demo.load()
    demo.print_sign_ins("http://127.0.0.1:8000")
    printed = capsys.readouterr().out
    assert len(small_demo) == 1
    for word in ("open sesame", "Auditor", "Zhang", "13800000009", "http://127.0.0.1:8000", "Ctrl-C stops everything."):
        assert word in printed
