"""core.jobs: background work starts with its transaction, ends once, and tells only those it concerns."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction

from guangcai.core import jobs
from guangcai.core.actor import SYSTEM_ROLE, Actor
from guangcai.core.errors import Conflict, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.jobs import Result
from guangcai.core.models import Job

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STARTER, OTHER = Actor(user_id=uuid4()), Actor(user_id=uuid4())
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(jobs, "_kinds", {})


def _declare(work, kind="tests.work"):
    return jobs.job(kind, "Work")(work)


def _queued(row):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args->>'job_id' = %s", [str(row.pk)])
        return cursor.fetchone()[0]


def test_enqueue_waits_in_the_same_transaction():
    _declare(lambda progress: None)
    with transaction.atomic():
        row = jobs.enqueue("tests.work", by=STARTER, now=NOW, path="/1/")
        assert _queued(row) == 1
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert _queued(row) == 0


def test_enqueue_twice_with_one_id_is_one_job():
    _declare(lambda progress, **arguments: None)
    key = new_id()
    first = jobs.enqueue("tests.work", by=STARTER, now=NOW, job_id=key, file_id="a")
    assert jobs.enqueue("tests.work", by=STARTER, now=NOW, job_id=key, file_id="a") == first
    assert _queued(first) == 1
    with pytest.raises(Conflict):
        jobs.enqueue("tests.work", by=STARTER, now=NOW, job_id=key, file_id="b")


def test_enqueue_of_an_unknown_kind_fails_loudly():
    with pytest.raises(LookupError):
        jobs.enqueue("tests.nothing", by=STARTER, now=NOW)


def test_two_jobs_cannot_share_a_kind():
    _declare(lambda progress: None)
    with pytest.raises(ValueError, match=r"tests\.work"):
        _declare(lambda progress: None)


def test_inline_work_is_done_and_reported(settings):
    settings.JOBS_INLINE = True

    def work(progress, *, rows):
        for done in range(rows + 1):
            progress.report(done, rows)
        return Result("All read.", {"rows": rows}, problems=2)

    _declare(work)
    row = jobs.enqueue("tests.work", by=STARTER, now=NOW, rows=40)
    shown = jobs.progress(row.pk, STARTER)
    assert (shown.state, shown.is_over, shown.percent) == ("done", True, 100)
    assert (shown.done, shown.total, shown.result_text, shown.problems) == (40, 40, "All read.", 2)


def test_a_refusal_ends_the_job_with_its_sentence():
    def work(progress):
        raise RuleBroken("The file is empty.")

    _declare(work)
    row = jobs.enqueue("tests.work", by=STARTER, now=NOW)
    jobs.run(row.pk)
    shown = jobs.progress(row.pk, STARTER)
    assert (shown.state, shown.result_text) == ("failed", "The file is empty.")


def test_a_fault_is_tried_three_times():
    runs = []

    def work(progress):
        runs.append(1)
        raise ZeroDivisionError

    _declare(work)
    row = jobs.enqueue("tests.work", by=STARTER, now=NOW)
    states = []
    for _attempt in range(3):
        with pytest.raises(ZeroDivisionError):
            jobs.run(row.pk)
        row.refresh_from_db()
        states.append(row.state)
    assert states == ["waiting", "waiting", "failed"]
    assert row.ended_at is not None
    jobs.run(row.pk)
    assert len(runs) == 3


def test_a_job_that_is_over_is_left_alone():
    runs = []
    _declare(lambda progress: runs.append(1))
    row = jobs.enqueue("tests.work", by=STARTER, now=NOW)
    jobs.run(row.pk)
    jobs.run(row.pk)
    assert runs == [1]


def test_progress_is_for_the_starter_and_the_system():
    _declare(lambda progress: None)
    row = jobs.enqueue("tests.work", by=STARTER, now=NOW)
    assert jobs.progress(row.pk, STARTER).state == "waiting"
    assert SYSTEM_ROLE in Actor.system().roles
    assert jobs.progress(row.pk, Actor.system()).state == "waiting"
    for nobody in (OTHER, Actor()):
        with pytest.raises(OutOfScope):
            jobs.progress(row.pk, nobody)
    with pytest.raises(OutOfScope):
        jobs.progress(new_id(), STARTER)


def test_a_job_of_the_system_is_not_everybodys():
    _declare(lambda progress: None)
    row = jobs.enqueue("tests.work", by=Actor.system(), now=NOW)
    with pytest.raises(OutOfScope):
        jobs.progress(row.pk, Actor())


@pytest.mark.django_db(transaction=True)
def test_reports_are_seen_while_the_work_is_open():
    seen = []

    def work(progress):
        with transaction.atomic():
            progress.report(0, 10)
            watcher = connection.copy()
            with watcher.cursor() as cursor:
                cursor.execute("SELECT total FROM core_job WHERE id = %s", [progress.job_id])
                seen.append(cursor.fetchone()[0])
            watcher.close()

    _declare(work)
    row = jobs.enqueue("tests.work", by=STARTER, now=NOW)
    jobs.run(row.pk)
    assert seen == [10]
