"""The desk's list of matters, and what a mediator has himself."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.mediation.filters import MatterFilter
from guangcai.mediation.models import Mediation
from guangcai.mediation.queries.lists import lines_of
from guangcai.members.views.asking import asked

SORTS = {"number": "number", "cause": "cause__position", "state": "state", "due": "due_on", "opened": "opened_at"}


@login_required
@require_safe
def matters(request: ActorRequest) -> HttpResponse:
    """Numbers, causes, states, next visits: nobody's name. Members come to their own."""
    if not request.actor.holds(Permission.MEDIATION_VIEW) and request.actor.member_id is not None:
        return redirect("mediation:mine")
    asked(request.actor, Permission.MEDIATION_VIEW)
    rows = Mediation.objects.visible_to(request.actor).in_area_of(request.actor).select_related("cause")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(number__icontains=text)
    shown = listing(request, rows, sorts=SORTS, default="-opened", filterset=MatterFilter)
    context = {
        "listing": shown,
        "rows": lines_of(shown.page, today=timezone.localdate()),
        "may_edit": request.actor.holds(Permission.MEDIATION_EDIT),
    }
    return render(request, "mediation/list.html", context)


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """What a member mediates, what is due first; ended ones below."""
    rows = Mediation.objects.visible_to(request.actor).mediated_by(request.actor).select_related("cause")
    lines = lines_of(rows.order_by("ended_at", "due_on", "-opened_at", "pk"), today=timezone.localdate())
    context = {
        "open": [line for line in lines if line.matter.ended_at is None],
        "over": [line for line in lines if line.matter.ended_at is not None],
    }
    return render(request, "mediation/mine.html", context)
