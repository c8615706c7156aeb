"""Teams a community could have by what its members do for a living: opened, and people asked, one by one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node
from guangcai.teams import commands
from guangcai.teams.models import OccupationTeam
from guangcai.teams.queries import rights
from guangcai.teams.queries.proposals import proposals_for
from guangcai.teams.views.memberships import asked_words


def communities_of(request: ActorRequest) -> QuerySet[Node]:
    """Communities where the actor runs teams; 403 without one."""
    places = Node.objects.in_force(timezone.localdate()).communities().filter(rights.run_by(request.actor))
    if not places:
        request.actor.require(Permission.TEAM_EDIT, next(iter(request.actor.paths_with(Permission.TREE_VIEW)), "/"))
        raise Forbidden()
    return places.order_by("code")


@login_required
@require_safe
def proposals(request: ActorRequest) -> HttpResponse:
    """Which teams could be, with how many people and their names."""
    communities = list(communities_of(request))
    wanted = request.GET.get("community", "")
    here = next((node for node in communities if str(node.pk) == wanted), communities[0])
    context = {"communities": communities, "here": here, "rows": proposals_for(here, request.actor)}
    return render(request, "teams/proposals.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: ActorRequest, pk: int, node: int) -> HttpResponse:
    """One proposal: tick whom to ask; the team is opened and each of them gets one message."""
    here = get_object_or_404(communities_of(request), pk=node)
    rule = get_object_or_404(OccupationTeam.objects.select_related("field", "occupation"), pk=pk)
    row = next((one for one in proposals_for(here, request.actor) if one.rule.name == rule.name), None)
    if row is None or (not row.people and request.method != "POST"):
        return redirect("teams:proposals")
    keys = set(chosen_ids(request))
    chosen = [member for member in row.people if member.pk in keys]
    problem = ""
    if request.method == "POST":
        try:
            if not chosen and not row.team:
                raise RuleBroken(_("Tick at least one person to ask."), code="nobody")
            opened = commands.open_proposed(
                community=here, rule=row.rule, members=chosen, by=request.actor, now=timezone.now()
            )
            messages.success(request, asked_words(len(opened.asked)))
            return redirect(opened.team)
        except RuleBroken as broken:
            problem = str(broken)
    context = {"row": row, "here": here, "problem": problem}
    return render(request, "teams/proposal.html", context, status=422 if problem else 200)
