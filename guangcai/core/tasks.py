"""What procrastinate runs for core: jobs, the outbox, and its own housekeeping."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from guangcai.core import jobs, notify, once

_DELIVERY = "core.deliver"


@app.task(name="core.run_job", queue="jobs", retry=RetryStrategy(max_attempts=jobs.MOST_ATTEMPTS - 1, wait=5))
def run_job(*, job_id: str) -> None:
    """Do the work of one Job row."""
    jobs.run(UUID(job_id))


@app.periodic(cron="* * * * *")
@app.task(name="core.deliver_outbox", queue="messages", queueing_lock=_DELIVERY, lock=_DELIVERY)
def deliver_outbox(timestamp: int = 0) -> None:
    """Send messages that are due: every minute, and when a commit left one."""
    notify.deliver(now=timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(name="core.retry_stalled", queue="jobs", queueing_lock="core.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int = 0) -> None:
    """Start again what a worker left unfinished when it was killed."""
    for stalled in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(stalled)


@app.periodic(cron="17 3 * * *")
@app.task(name="core.forget_old", queue="jobs", queueing_lock="core.forget_old", pass_context=True)
async def forget_old(context: JobContext, timestamp: int = 0) -> None:
    """Remove the queue's own rows a month after they ended; Job rows stay."""
    await app.job_manager.delete_old_jobs(nb_hours=24 * 30, include_failed=True)


@app.periodic(cron="29 3 * * *")
@app.task(name="core.forget_sent", queue="jobs", queueing_lock="core.forget_sent")
def forget_sent(timestamp: int = 0) -> None:
    """Forget, every night, what programs sent more than 400 days ago."""
    once.forget_sent(now=timezone.now())


def wake_delivery() -> None:
    """Ask for a delivery now. One that already waits is enough; a lost call is made up for within a minute."""
    if settings.JOBS_INLINE:
        return
    try:
        with transaction.atomic():
            deliver_outbox.defer()
    except AlreadyEnqueued:
        pass
