"""What procrastinate runs for zones."""

from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.core.actor import Actor
from guangcai.zones import commands

_TERMS = "zones.keep_terms"


@app.periodic(cron="11 7 * * *")
@app.task(name=_TERMS, queue="jobs", queueing_lock=_TERMS, lock=_TERMS)
def keep_terms(timestamp: int = 0) -> None:
    """Every morning: end agreements whose term is over, ask holders whose term is about to end."""
    by, now = Actor.system(), timezone.now()
    commands.end_terms(by=by, now=now)
    commands.remind_renewals(by=by, now=now)
