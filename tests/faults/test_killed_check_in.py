"""kill -9 in the middle of a check-in: what was answered is there once with its audit line, nothing is half done.

Source: promises F1, F3, F7.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import connection

from guangcai.activities.models import Attendance
from guangcai.core import audit

PEOPLE = 12
HALF_DONE = """
SELECT count(*) FROM (SELECT id::text AS key FROM activities_attendance) AS row
FULL JOIN (SELECT subject_id AS key, count(*) AS lines FROM core_auditevent
           WHERE tag = 'activities:attendance:check_in' GROUP BY 1) AS line USING (key)
WHERE line.lines IS DISTINCT FROM 1 OR row.key IS NULL
"""
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s
"""
Job = dict[str, str]
Answers = dict[int, dict[str, Any]]


class Server:
    """tests.faults.worker, seen from outside."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        assert self._out.readline() == "ready\n"

    def round(self, jobs: list[Job], strike: Callable[[int, int], None] | None = None) -> Answers:
        """Send the jobs; `strike(answers so far, process id)` may do harm. Gives the answers that came out."""
        self._in.write(json.dumps(jobs) + "\n")
        self._in.flush()
        victim, answers = int(self._out.readline()), {}
        if strike is not None:
            strike(0, victim)
        while (line := self._out.readline()) != "over\n":
            said = json.loads(line)
            answers[said.pop("number")] = said
            if strike is not None:
                strike(len(answers), victim)
        return answers


@contextmanager
def server(environment: dict[str, str]) -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.faults.worker"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


def key_of(job: Job) -> str:
    return parse_qs(job["body"])["id"][0]


def kill(process: int) -> None:
    """One that has answered everybody may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def cut_connections(_process: int) -> None:
    """What a restart of the database does to the server's connections."""
    with connection.cursor() as cursor:
        cursor.execute(CUT, ["faults"])


def half_done() -> int:
    """Rows without exactly one audit line, and lines without a row."""
    with connection.cursor() as cursor:
        cursor.execute(HALF_DONE)
        return int(cursor.fetchone()[0])


def good(answers: Answers) -> dict[int, dict[str, Any]]:
    return {number: json.loads(said["body"]) for number, said in answers.items() if said["status"] == 200}


def strike_once(harm: Callable[[int], None], rng: random.Random) -> Callable[[int, int], None]:
    """Harm after a random number of answers and a random moment."""
    moment = rng.randrange(PEOPLE)

    def strike(answered: int, process: int) -> None:
        if answered == moment:
            time.sleep(rng.uniform(0, 0.01))
            harm(process)

    return strike


def one_round(asked: Server, stage: Any, harm: Callable[[int], None], rng: random.Random) -> int:
    """Harm the server while a crowd checks in, look, send everything again; how many had no answer at first."""
    shift = stage.shift()
    jobs = stage.check_ins(shift, PEOPLE)
    answered = good(asked.round(jobs, strike_once(harm, rng)))
    there = {str(key) for key in Attendance.objects.filter(shift=shift).values_list("pk", flat=True)}
    assert {key_of(jobs[number]) for number in answered} <= there, "an answer was lost"
    assert half_done() == 0
    again = good(asked.round(jobs))
    assert set(again) == set(range(PEOPLE))
    assert all(said["state"] == "done" for said in again.values())
    assert {number: said["late"] for number, said in answered.items()} == {n: again[n]["late"] for n in answered}
    assert not any(again[number]["new"] for number in answered), "done twice"
    rows = Attendance.objects.filter(shift=shift)
    assert {str(key) for key in rows.values_list("pk", flat=True)} == {key_of(job) for job in jobs}
    return PEOPLE - len(answered)


def rounds(count: int, environment: dict[str, str], stage: Any, seed: int) -> None:
    rng, unanswered = random.Random(seed), 0
    with server(environment) as asked:
        for number in range(count):
            unanswered += one_round(asked, stage, cut_connections if number % 3 == 2 else kill, rng)
    assert half_done() == 0
    assert audit.broken_links() == []
    assert Attendance.objects.count() == count * PEOPLE
    assert unanswered > count, "the harm came too late to prove anything"


@pytest.mark.django_db(transaction=True)
def test_thirty_rounds_lose_nothing_and_leave_nothing_half_done(environment: Any, make_crowd: Any) -> None:
    rounds(30, environment, make_crowd(PEOPLE), seed=1)


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_three_hundred_rounds(environment: Any, make_crowd: Any) -> None:
    rounds(300, environment, make_crowd(PEOPLE), seed=2)
