"""Work of the roster that runs in the background."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from guangcai.core.actor import Actor
from guangcai.core.jobs import Progress, Result, job
from guangcai.members.commands import roster_batch
from guangcai.members.enums import BatchState
from guangcai.members.models import RosterBatch
from guangcai.members.roster_import.taking_in import Advance


def _reporting(progress: Progress, batch_id: str) -> Advance:
    total = RosterBatch.objects.values_list("row_count", flat=True).filter(pk=batch_id).first() or 0
    done = 0

    def advance(steps: int) -> None:
        nonlocal done
        done += steps
        progress.report(done, max(total, done))

    return advance


@job(roster_batch.READ_JOB, _("Reading the roster file"))
def read_roster(progress: Progress, *, batch_id: str) -> Result:
    batch = roster_batch.read_roster(
        batch_id=UUID(batch_id), now=timezone.now(), advance=_reporting(progress, batch_id)
    )
    return Result(figures={"rows": batch.row_count})


@job(roster_batch.CHECK_JOB, _("Checking the rows"))
def check_roster(progress: Progress, *, batch_id: str) -> Result:
    batch = roster_batch.check_roster(
        batch_id=UUID(batch_id), now=timezone.now(), advance=_reporting(progress, batch_id)
    )
    return Result(figures={"rows": batch.row_count})


@job(roster_batch.APPLY_JOB, _("Roster import"))
def apply_roster(progress: Progress, *, batch_id: str, skip_problems: bool) -> Result:
    batch = roster_batch.apply_roster(
        batch_id=UUID(batch_id),
        skip_problems=skip_problems,
        now=timezone.now(),
        advance=_reporting(progress, batch_id),
    )
    figures = {"new": batch.new_count, "matched": batch.matched_count}
    skipped = batch.skipped_count if batch.state == BatchState.APPLIED else 0
    return Result(figures=figures, problems=skipped)


@app.periodic(cron="53 3 * * *")
@app.task(name="members.forget_old", queue="jobs", queueing_lock="members.forget_old")
def forget_old(timestamp: int = 0) -> None:
    """Remove lists that were sent and never settled."""
    roster_batch.remove_abandoned(by=Actor.system(), now=timezone.now())
