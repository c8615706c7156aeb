"""My jobs: what a member or a unit was asked to do, and what a member asked for himself."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guangcai.cases.queries.askers import cases_of_member
from guangcai.cases.queries.jobs import own_jobs
from guangcai.core.http import ActorRequest


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    member_id = request.actor.member_id
    context = {
        "jobs": own_jobs(request.actor, now=timezone.now()),
        "asked": cases_of_member(member_id) if member_id else [],
        "is_member": member_id is not None,
    }
    return render(request, "cases/mine.html", context)
