"""Quarters of a community: what is closed, what is due, closing it after a look at what will happen."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.appraisal import commands
from guangcai.appraisal.models import QuarterClose
from guangcai.appraisal.queries import sheets as queries
from guangcai.appraisal.rules import Quarter, check_quarter_over
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
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
    """GET says what will happen and to whom; POST closes."""
    community, asked = _community(request), Quarter.parse(quarter)
    request.actor.require(Permission.FEEDBACK_EDIT, community.path)
    if request.method == "POST":
        closed = commands.close_quarter(node=community, quarter=asked, by=request.actor, now=timezone.now())
        if closed.communities:
            words = _("%(quarter)s is closed: %(sheets)s sheets for %(lines)s members are drafted. Look, then approve.")
            messages.success(request, words % {"quarter": asked, "sheets": closed.sheets, "lines": closed.lines})
        else:
            messages.info(request, _("%(quarter)s was closed already.") % {"quarter": asked})
        return redirect(f"{reverse('appraisal:sheets')}?quarter={asked}")
    check_quarter_over(asked, today=timezone.localdate())
    context = {"community": community, "quarter": asked, "units": queries.units_concerned(community, asked)}
    return render(request, "appraisal/close.html", context)


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
