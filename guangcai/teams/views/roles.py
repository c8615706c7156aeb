"""Leader and deputy of a team: appointed by the desk, ended by the desk or by himself."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.teams import commands
from guangcai.teams.enums import LeaderRole
from guangcai.teams.forms import LeaderForm
from guangcai.teams.models import Team, TeamLeader, TeamMembership
from guangcai.teams.queries import rights
from guangcai.teams.views.teams import found


@login_required
@require_http_methods(["GET", "POST"])
def roles(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Appoint a leader or a deputy from those who are in the team."""
    row = found(request, pk, running=True)
    held = TeamMembership.objects.visible_to(request.actor).held().filter(team=row)
    form = LeaderForm(posted(request), held=held)
    if request.method == "POST" and form.is_valid():
        member, role = form.cleaned_data["member"].member, LeaderRole(form.cleaned_data["role"])
        try:
            commands.appoint_leader(team=row, member=member, role=role, by=request.actor, now=timezone.now())
            messages.success(request, _("Appointed. From now on he can do for the team what the role allows."))
            return redirect("teams:team", row.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    open_roles = TeamLeader.objects.open().filter(team=row, member__in=held.values("member")).select_related("member")
    context = {"form": form, "team": row, "open_roles": open_roles, "has_people": held.exists()}
    return render(request, "teams/roles.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a role: its rights end in this moment."""
    seen = Team.objects.visible_to(request.actor)
    row = get_object_or_404(TeamLeader.objects.filter(team__in=seen).select_related("team__node"), pk=pk)
    if request.actor.member_id != row.member_id:
        rights.require_runs_team(row.team, request.actor)
    commands.end_leadership(leader=row, by=request.actor, now=timezone.now())
    messages.success(request, _("Ended. He stays in the team."))
    return redirect("teams:team", row.team_id)
