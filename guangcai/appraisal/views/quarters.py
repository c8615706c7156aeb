"""Quarters of a community: what is closed, what is due, closing it after a look at what will happen."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.appraisal import commands
from guangcai.appraisal.commands.quarter import CLOSE_JOB
from guangcai.appraisal.models import QuarterClose
from guangcai.appraisal.queries import sheets as queries
from guangcai.appraisal.rules import Quarter, check_quarter_over
from guangcai.core import jobs
from guangcai.core.http import ActorRequest, chosen_ids
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.screens import JobView
from guangcai.orgs.models import Node


def _community(request: ActorRequest) -> Node:
    """The community asked for, or the first of the actor's; 404 for anybody without one."""
    found = queries.communities(request.actor, on=timezone.localdate())
    if code := request.GET.get("community") or request.POST.get("community"):
        return get_object_or_404(found, code=code)
    return get_object_or_404(found[:1])


@login_required
@require_safe
def quarters(request: ActorRequest) -> HttpResponse:
    if request.actor.units_with(Permission.FEEDBACK_VIEW) and not request.actor.paths_with(Permission.FEEDBACK_VIEW):
        return redirect("appraisal:sheets")
    community = _community(request)
    context = {
        "community": community,
        "communities": queries.communities(request.actor, on=timezone.localdate()),
        "quarters": queries.quarters(community, on=timezone.localdate()),
        "may_close": request.actor.can(Permission.FEEDBACK_EDIT, community.path),
    }
    return render(request, "appraisal/quarters.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def close(request: ActorRequest, quarter: str) -> HttpResponse:
    """GET says what will happen and to whom; POST has it done in the background and shows how far it is."""
    community, asked = _community(request), Quarter.parse(quarter)
    request.actor.require(Permission.FEEDBACK_EDIT, community.path)
    if request.method == "POST":
        # The form's own key: pressed twice, it is one job.
        job_id = next(iter(chosen_ids(request)), None)
        commands.ask_to_close(job_id=job_id, community=community, quarter=asked, by=request.actor, now=timezone.now())
        return redirect(_closing_url(community, asked))
    if queries.closed_quarter(community, asked) is not None:
        return redirect(_closing_url(community, asked))
    check_quarter_over(asked, today=timezone.localdate())
    context = {
        "community": community,
        "quarter": asked,
        "id": new_id(),
        "units": queries.units_concerned(community, asked),
        "on_no_sheet": queries.on_no_sheet(community, asked),
    }
    return render(request, "appraisal/close.html", context)


@login_required
@require_safe
def closing(request: ActorRequest, quarter: str) -> HttpResponse:
    """How far a close is; afterwards what it did, and who stands on no sheet."""
    community, asked = _community(request), Quarter.parse(quarter)
    job = _job(request, community, asked)
    if request.htmx and job is not None:
        return render(request, "components/job.html", {"job": job})
    closed = None if job is not None and not job.is_over else queries.closed_quarter(community, asked)
    if job is None and closed is None:
        raise Http404
    context = {
        "community": community,
        "quarter": asked,
        "job": job,
        "closed": closed,
        "on_no_sheet": queries.on_no_sheet(community, asked) if closed else (),
        "may_close": request.actor.can(Permission.FEEDBACK_EDIT, community.path),
        "sheets_url": f"{reverse('appraisal:sheets')}?quarter={asked}",
        "again_url": f"{reverse('appraisal:close', args=[asked])}?community={community.code}",
    }
    return render(request, "appraisal/closing.html", context)


def _closing_url(community: Node, quarter: Quarter) -> str:
    return f"{reverse('appraisal:closing', args=[quarter])}?community={community.code}"


def _job(request: ActorRequest, community: Node, quarter: Quarter) -> JobView | None:
    """The reader's own job; where a colleague started it, the quarter itself says enough."""
    asked = {"community": community.code, "quarter": str(quarter)}
    found = jobs.last(CLOSE_JOB, by=request.actor, path=community.path, **asked)
    if found is None:
        return None
    shown, here = jobs.progress(found, request.actor), _closing_url(community, quarter)
    return JobView(
        label=shown.label,
        done=shown.done,
        total=shown.total,
        state=shown.state,
        poll_url=here,
        result_url=here,
        result_text=shown.result_text,
    )


@login_required
@require_POST
def supplements(request: ActorRequest, quarter: str) -> HttpResponse:
    """Draft what was confirmed since the last freeze."""
    community = _community(request)
    closed = get_object_or_404(QuarterClose, community=community, quarter=quarter)
    drafted = commands.draft_supplements(close=closed, by=request.actor, now=timezone.now())
    if drafted.sheets:
        messages.success(request, _("%(count)s supplements drafted.") % {"count": drafted.sheets})
    else:
        messages.info(request, _("Nothing was confirmed since the last sheets: no supplement is needed."))
    return redirect(f"{reverse('appraisal:sheets')}?quarter={quarter}")
