"""1,000 phones, three requests in ten and three replies in ten lost, against the real server: 1,000 rows, none twice.

tests/activities/test_lossy_network.py does the same with 200 phones and the command alone.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from benchmarks.check_in_client import request
from guangcai.activities.models import Attendance
from guangcai.core import audit
from guangcai.core.models import AuditEvent

LOST = 0.3
AT_ONCE = 32
Job = dict[str, str]


@contextmanager
def granian(environment: dict[str, str]) -> Iterator[int]:
    """As `guangcai serve` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--log-level", "error", "config.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def exchange(port: int, job: Job, *, hears: bool) -> dict[str, Any] | None:
    """Send one request; a phone that does not hear hangs up at once. None: no answer."""
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.sendall(request(job, f"127.0.0.1:{port}").replace(b"keep-alive", b"close"))
        if not hears:
            return None
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return dict(json.loads(body)) if head.startswith(b"HTTP/1.1 200") else None


def deliver(port: int, job: Job, luck: Random) -> tuple[int, dict[str, Any]]:
    """As the page's script: the same id and code until there is an answer. How often it was sent, and the answer."""
    for sent in range(1, 100):
        if luck.random() < LOST:
            continue
        said = exchange(port, job, hears=luck.random() >= LOST)
        if said is not None:
            return sent, said
    raise AssertionError("never answered")


def deliver_all(environment: dict[str, str], stage: Any, count: int) -> None:
    shift = stage.shift()
    jobs = stage.check_ins(shift, count)
    with granian(environment) as port, ThreadPoolExecutor(AT_ONCE) as phones:
        done = list(phones.map(lambda pair: deliver(port, pair[1], Random(pair[0])), enumerate(jobs)))
    assert all(said["state"] == "done" for _sent, said in done)
    assert any(not said["new"] for _sent, said in done), "no reply was lost: proves nothing"
    assert sum(sent for sent, _said in done) > count * 1.5
    assert Attendance.objects.filter(shift=shift).count() == count
    lines = AuditEvent.objects.filter(tag="activities:attendance:check_in")
    assert len(set(lines.values_list("subject_id", flat=True))) == lines.count() == count
    assert audit.broken_links() == []


@pytest.mark.django_db(transaction=True)
def test_a_hundred_phones(environment: Any, make_crowd: Any, socket_enabled: None) -> None:
    deliver_all(environment, make_crowd(100), 100)


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_a_thousand_phones(environment: Any, make_crowd: Any, socket_enabled: None) -> None:
    deliver_all(environment, make_crowd(1000), 1000)
