"""What procrastinate runs for mediation."""

from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.mediation import commands

_OPENINGS = "mediation.forget_openings"


@app.periodic(cron="52 2 * * *")
@app.task(name=_OPENINGS, queue="jobs", queueing_lock=_OPENINGS, lock=_OPENINGS)
def forget_openings(timestamp: int = 0) -> None:
    """Every night: drop openings of sealed words that show nothing any more; the audit trail keeps them."""
    commands.forget_openings(now=timezone.now())
