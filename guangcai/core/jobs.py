"""Background work that people can watch: a Job row, run by procrastinate, started in the transaction that asked for it.

    @job("members.import_roster", _("Roster import"))
    def import_roster(progress: Progress, *, file_id: str) -> Result: ...

    jobs.enqueue("members.import_roster", by=actor, path=node.path, now=now, file_id=str(file.pk))

Rooms declare their work in `tasks.py`, which procrastinate finds. Work may run twice (a worker can die after its
last commit): it must be safe to run again. It takes and returns ids and counts, never names or phones.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.enums import JobState
from guangcai.core.errors import DomainError, OutOfScope, Text
from guangcai.core.ids import new_id
from guangcai.core.models import Job
from guangcai.core.once import other_content
from guangcai.core.permissions import Permission

MOST_ATTEMPTS = 3
_SECONDS_BETWEEN_REPORTS = 0.5
OVER = (JobState.DONE, JobState.FAILED)


@dataclass(frozen=True)
class Result:
    """How work ended: a sentence, figures (counts, ids), and the workbook of refused rows, if any."""

    message: str = ""
    figures: Mapping[str, int | str] = field(default_factory=dict)
    refused_file: UUID | None = None
    problems: int = 0


@dataclass(frozen=True)
class JobProgress:
    """A job as the progress bar (components/job.html) shows it."""

    id: UUID
    label: str
    state: str
    done: int
    total: int
    percent: int
    is_over: bool
    result_text: str
    problems: int
    figures: Mapping[str, Any]
    refused_file: UUID | None
    poll_url: str = ""
    result_url: str = ""


Work = Callable[..., Result | None]


@dataclass(frozen=True)
class _Kind:
    label: Text
    work: Work


_kinds: dict[str, _Kind] = {}


def job(kind: str, label: Text) -> Callable[[Work], Work]:
    """Declare work under `kind` ("room.verb_noun"). Raises ValueError for a kind that is taken."""

    def declare(work: Work) -> Work:
        if kind in _kinds and _kinds[kind].work is not work:
            raise ValueError(f"two jobs are called {kind}")
        _kinds[kind] = _Kind(label, work)
        return work

    return declare


@transaction.atomic
def enqueue(
    kind: str, *, by: Actor, now: datetime, path: str = "", job_id: UUID | None = None, **arguments: Any
) -> Job:
    """A waiting job; it starts when the surrounding transaction commits, and never if that rolls back.

    `job_id` from the client makes asking twice harmless. Raises Conflict when it stands for other work.
    With settings.JOBS_INLINE (tests) the work is done before this returns.
    """
    if kind not in _kinds:
        raise LookupError(f"no job is called {kind}")
    known = Job.objects.filter(pk=job_id).first() if job_id else None
    if known is not None:
        if (known.kind, known.arguments, known.started_by) != (kind, arguments, by.user_id):
            raise other_content()
        return known
    row = Job.objects.create(
        id=job_id or new_id(), kind=kind, started_by=by.user_id, path=path, arguments=arguments, queued_at=now
    )
    if settings.JOBS_INLINE:
        run(row.pk)
        row.refresh_from_db()
    else:
        from guangcai.core import tasks  # cycle: tasks run jobs

        tasks.run_job.defer(job_id=str(row.pk))
    return row


def progress(job_id: UUID, actor: Actor) -> JobProgress:
    """How far a job is, for the person who started it or who runs the system. Raises OutOfScope for others."""
    row = Job.objects.filter(pk=job_id).first()
    is_own = row is not None and row.started_by is not None and row.started_by == actor.user_id
    if row is None or not (is_own or actor.holds(Permission.SYSTEM_RUN)):
        raise OutOfScope()
    return JobProgress(
        id=row.pk,
        label=str(_kinds[row.kind].label) if row.kind in _kinds else row.kind,
        state=row.state,
        done=row.done,
        total=row.total,
        percent=100 if row.state == JobState.DONE else row.done * 100 // max(row.total, 1),
        is_over=row.state in OVER,
        result_text=row.message,
        problems=int(row.result.get("problems", 0)),
        figures=row.result,
        refused_file=row.refused_file,
    )


def last(kind: str, *, by: Actor, path: str, **arguments: Any) -> UUID | None:
    """The newest job of this kind, place and arguments that `by` started; None without one."""
    if by.user_id is None:
        return None
    rows = Job.objects.filter(kind=kind, started_by=by.user_id, path=path, arguments=arguments)
    found: UUID | None = rows.order_by("-queued_at", "-pk").values_list("pk", flat=True).first()
    return found


class Progress:
    """What running work reports through. Reports are seen at once, though the work's own transaction is still open."""

    def __init__(self, row: Job) -> None:
        self.job_id, self.path, self.started_by = row.pk, row.path, row.started_by
        # Where a test's transaction is open the row is invisible to any other connection.
        self._connection: BaseDatabaseWrapper | None = connection if connection.in_atomic_block else None
        self._reported_at = 0.0

    def report(self, done: int, total: int) -> None:
        """Say how far the work is, at most twice a second; the first and the last report always get through."""
        at = time.monotonic()
        if done < total and at - self._reported_at < _SECONDS_BETWEEN_REPORTS:
            return
        self._reported_at = at
        if self._connection is None:
            self._connection = connection.copy()
        with self._connection.cursor() as cursor:
            cursor.execute("UPDATE core_job SET done = %s, total = %s WHERE id = %s", [done, total, self.job_id])

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None and self._connection is not connection:
            self._connection.close()


def run(job_id: UUID) -> None:
    """Do the work of one job; a job that is over is left alone.

    A refusal (DomainError) ends it with its sentence. Anything else is raised for another attempt; after the third
    the job counts as failed, and the log has the reason.
    """
    row = Job.objects.get(pk=job_id)
    if row.state in OVER:
        return
    Job.objects.filter(pk=job_id).update(state=JobState.RUNNING, attempts=F("attempts") + 1, done=0)
    with translation.override(settings.LANGUAGE_CODE):
        try:
            with Progress(row) as reports:
                result = _kinds[row.kind].work(reports, **row.arguments)
        except DomainError as refusal:
            _end(job_id, JobState.FAILED, Result(str(refusal)))
        except Exception:
            # The one place where work meets its runner: whatever broke must not leave the job "under way".
            if row.attempts + 1 >= MOST_ATTEMPTS:
                _end(job_id, JobState.FAILED, Result(_("An error stopped the work. Nothing half-done was kept.")))
            else:
                Job.objects.filter(pk=job_id).update(state=JobState.WAITING)
            raise
        else:
            _end(job_id, JobState.DONE, result or Result())


def _end(job_id: UUID, state: JobState, result: Result) -> None:
    Job.objects.filter(pk=job_id).update(
        state=state,
        message=result.message[:200],
        result={**result.figures, "problems": result.problems},
        refused_file=result.refused_file,
        ended_at=timezone.now(),
    )
