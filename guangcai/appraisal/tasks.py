"""Work of feedback that runs in the background."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from guangcai.accounts.models import User
from guangcai.appraisal import commands
from guangcai.appraisal.commands.quarter import CLOSE_JOB, STEPS
from guangcai.appraisal.rules import Quarter
from guangcai.appraisal.wording import quarter_in_words
from guangcai.core.actor import Actor
from guangcai.core.jobs import Progress, Result, job
from guangcai.orgs.models import Node
from guangcai.orgs.queries import actor_of


@job(CLOSE_JOB, gettext_lazy("Closing the quarter"))
def close_quarter(progress: Progress, *, community: str, quarter: str) -> Result:
    """Close as the person who asked, with the rights of this moment. Closed meanwhile by somebody else: nothing."""
    done = 0

    def advance(steps: int = 1) -> None:
        nonlocal done
        done += steps
        progress.report(done, STEPS)

    closed = commands.close_quarter(
        node=Node.objects.get(code=community),
        quarter=Quarter.parse(quarter),
        by=_actor(progress.started_by),
        now=timezone.now(),
        advance=advance,
    )
    if not closed.communities:
        return Result(_("%(quarter)s was closed already.") % {"quarter": quarter_in_words(quarter)})
    words = _("%(quarter)s is closed: %(sheets)s sheets for %(lines)s members are drafted. Look, then approve.")
    figures = {"sheets": closed.sheets, "lines": closed.lines}
    return Result(words % {"quarter": quarter_in_words(quarter), **figures}, figures)


_SUPPLEMENTS = "appraisal.draft_missing_supplements"


@app.periodic(cron="23 4 * * *")
@app.task(name=_SUPPLEMENTS, queue="jobs", queueing_lock=_SUPPLEMENTS, lock=_SUPPLEMENTS)
def draft_missing_supplements(timestamp: int = 0) -> None:
    """Every night: what was confirmed while a quarter closed and fell between comes on a supplement."""
    commands.draft_missing_supplements(by=Actor.system(), now=timezone.now())


def _actor(user_id: UUID | None) -> Actor:
    if user_id is None:
        return Actor.system()
    user = User.objects.get(pk=user_id)
    return actor_of(user_id=user.pk, member_id=user.member_id, on=timezone.localdate())
