"""Work of pledges that runs in the background."""

from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.core.actor import Actor
from guangcai.pledges import commands

_OVER = "pledges.end_over"


@app.periodic(cron="11 1 * * *")
@app.task(name=_OVER, queue="jobs", queueing_lock=_OVER, lock=_OVER)
def end_over(timestamp: int = 0) -> None:
    """Every night: pledges whose day has passed are over, and wait for the community's review."""
    commands.end_over(by=Actor.system(), now=timezone.now())
