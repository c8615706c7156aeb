"""What procrastinate runs for activities."""

from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.activities import commands
from guangcai.core.actor import Actor

_REMIND = "activities.remind"


@app.periodic(cron="10 * * * *")
@app.task(name=_REMIND, queue="jobs", queueing_lock=_REMIND, lock=_REMIND)
def remind(timestamp: int = 0) -> None:
    """Tell people with a place in a shift of the next 24 hours: every hour, each of them once."""
    commands.remind(by=Actor.system(), now=timezone.now())
