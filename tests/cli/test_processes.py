"""The children of `serve` and `demo` end together, whatever ends first."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from guangcai.cli import postgres
from guangcai.cli.cluster import _is_alive
from guangcai.cli.processes import Children, require_free_port, watch

pytestmark = pytest.mark.usefixtures("socket_enabled")

# A parent with two children and a grandchild, as `serve` is; it prints their numbers, and answers nothing.
PARENT = """
    import sys
    from guangcai.cli.processes import Children, watch
    children = Children(dict())
    child = "import subprocess, time; subprocess.Popen(['sleep', '60']); print('up', flush=True); time.sleep(60)"
    children.start("one", [sys.executable, "-c", child], "/")
    children.start("two", ["/bin/sleep", "60"], "/")
    print(*[c.pid for c in children.running.values()], flush=True)
    sys.exit(watch(children, url="http://127.0.0.1:9/", on_ready=lambda: None))
"""


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


@pytest.fixture
def parent() -> Iterator[subprocess.Popen]:
    """The parent, once both its children run."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=postgres.ROOT,
        env={**os.environ, "LC_ALL": "C"},
    )
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def children_of(parent: subprocess.Popen) -> list[int]:
    lines = sorted((parent.stdout.readline().strip(), parent.stdout.readline().strip()))
    assert lines[1] == "up"
    return [int(pid) for pid in lines[0].split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_and_is_a_good_end(parent: subprocess.Popen, number: int) -> None:
    pids = children_of(parent)
    parent.send_signal(number)
    assert parent.wait(10) == 0
    assert not [pid for pid in pids if _is_alive(pid)]


def test_a_child_that_ends_by_itself_takes_the_others_along(parent: subprocess.Popen) -> None:
    one, two = children_of(parent)
    os.kill(two, signal.SIGKILL)
    assert parent.wait(10) == 1
    assert not _is_alive(one)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_children_do_not_outlive_a_killed_parent(parent: subprocess.Popen) -> None:
    pids = children_of(parent)
    parent.kill()
    parent.wait()
    assert eventually(lambda: not [pid for pid in pids if _is_alive(pid)])


def test_readiness_is_told_once(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    children, ready = Children(dict(os.environ)), []
    children.start("server", [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)], str(tmp_path))

    def on_ready() -> None:
        ready.append(port)
        children.running["server"].terminate()

    assert watch(children, url=f"http://127.0.0.1:{port}/missing", on_ready=on_ready) == 1
    assert ready == [port]


def test_a_port_in_use_is_named_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"{port}.*--port"):
            require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)
