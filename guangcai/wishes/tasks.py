"""What procrastinate runs for wishes."""

from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.wishes import commands

_ASKERS = "wishes.forget_askers"


@app.periodic(cron="53 2 * * *")
@app.task(name=_ASKERS, queue="jobs", queueing_lock=_ASKERS, lock=_ASKERS)
def forget_askers(timestamp: int = 0) -> None:
    """Every night: who made the wishes that have been over for half a year is forgotten."""
    commands.forget_askers(now=timezone.now())
