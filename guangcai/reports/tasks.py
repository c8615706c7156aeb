"""Printing that runs in the background."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.jobs import Progress, Result, job
from guangcai.orgs.queries import actor_of
from guangcai.reports import commands

_OLD = "reports.remove_old_prints"


@job(commands.PRINT_JOB, gettext_lazy("Printing the forms"))
def print_forms(progress: Progress, *, bundle_id: str) -> Result:
    """Print as the person who asked, with the rights of this moment."""
    user = User.objects.get(pk=progress.started_by)
    by = actor_of(user_id=user.pk, member_id=user.member_id, on=timezone.localdate())
    count = commands.make_bundle(bundle_id=UUID(bundle_id), by=by, now=timezone.now(), advance=progress.report)
    return Result(_("The forms of %(count)d members are ready.") % {"count": count}, {"members": count})


@app.periodic(cron="37 2 * * *")
@app.task(name=_OLD, queue="jobs", queueing_lock=_OLD, lock=_OLD)
def remove_old_prints(timestamp: int = 0) -> None:
    """Every night: prints older than a day are removed, fetched or not."""
    commands.remove_old(by=Actor.system(), now=timezone.now())
