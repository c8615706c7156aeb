"""What procrastinate runs at night for this room: forgetting what no longer counts."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate.contrib.django import app

from guangcai.accounts import commands


@app.periodic(cron="41 3 * * *")
@app.task(name="accounts.forget_old", queue="jobs", queueing_lock="accounts.forget_old")
def forget_old(timestamp: int = 0) -> None:
    """Remove counted tries of yesterday, sessions that have run out, and the devices they stood for."""
    now = timezone.now()
    commands.sweep(before=now - timedelta(days=1))
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
