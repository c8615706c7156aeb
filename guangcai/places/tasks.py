"""What procrastinate runs for places."""

from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.core.actor import Actor
from guangcai.places import commands

_LAPSE = "places.lapse_bookings"


@app.periodic(cron="*/5 * * * *")
@app.task(name=_LAPSE, queue="jobs", queueing_lock=_LAPSE, lock=_LAPSE)
def lapse_bookings(timestamp: int = 0) -> None:
    """Every five minutes: bookings that nobody answered before their time began end."""
    commands.lapse_bookings(by=Actor.system(), now=timezone.now())
