"""What procrastinate runs for cases."""

from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.cases import commands
from guangcai.core.actor import Actor

_NIGHTLY = "cases.nightly"


@app.periodic(cron="17 6 * * *")
@app.task(name=_NIGHTLY, queue="jobs", queueing_lock=_NIGHTLY, lock=_NIGHTLY)
def nightly(timestamp: int = 0) -> None:
    """Every morning before the office opens: the street hears of what is long overdue; what nobody answered
    closes; photos of what ended 90 days ago are taken away."""
    by, now = Actor.system(), timezone.now()
    commands.notice_overdue(by=by, now=now)
    commands.close_unanswered(by=by, now=now)
    commands.forget_photos(by=by, now=now)
