"""Runs the children of `serve` and `demo` and ends them all together, whatever ends first."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

import click

from guangcai.cli.language import _

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 10
TICK = 0.1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Children:
    """Child processes by name. `stop` is safe at any time."""

    environment: dict[str, str]
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self, name: str, command: list[str], cwd: str) -> None:
        """Start one child in a group of its own, so that Ctrl-C reaches only the parent, which ends it in order."""
        self.running[name] = subprocess.Popen(
            command,
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )

    def ended(self) -> str | None:
        """The name of a child that is gone, or None."""
        return next((name for name, child in self.running.items() if child.poll() is not None), None)

    def stop(self) -> None:
        """End all: politely, then after some seconds for good."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            _kill_group(child)
            child.wait()


def watch(children: Children, *, url: str, on_ready: Callable[[], None]) -> int:
    """Wait until somebody asks to stop (0) or a child ends by itself (1); then end all children.

    on_ready: called once, when the server answers at `url`.
    """
    asked = []

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in STOP_SIGNALS}
    try:
        is_ready = False
        while not asked:
            if name := children.ended():
                click.echo(_("The process %(name)s ended by itself; stopping.") % {"name": name}, err=True)
                return 1
            if not is_ready and answers(url):
                is_ready = True
                on_ready()
            time.sleep(TICK)
        return 0
    finally:
        children.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def answers(url: str) -> bool:
    """Whether the server at `url` gives any answer."""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def require_free_port(host: str, port: int) -> None:
    """Raises ClickException when something else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = _("Port %(port)d on %(host)s cannot be used (%(reason)s). Choose another with --port.")
            raise click.ClickException(message % {"port": port, "host": host, "reason": error.strerror}) from None


def _kill_group(child: subprocess.Popen) -> None:
    """End what the child may have left behind (a server's own workers)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _end_with_parent() -> None:
    """On Linux a child gets SIGTERM when this process is killed and cannot stop it any more."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
