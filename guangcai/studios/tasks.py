"""What procrastinate runs for studios."""

from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.core.actor import Actor
from guangcai.studios import commands

_NIGHTLY = "studios.nightly"


@app.periodic(cron="23 3 * * *")
@app.task(name=_NIGHTLY, queue="jobs", queueing_lock=_NIGHTLY, lock=_NIGHTLY)
def nightly(timestamp: int = 0) -> None:
    """Every night: phones of appointments that are long past are forgotten."""
    commands.forget_phones(by=Actor.system(), now=timezone.now())
