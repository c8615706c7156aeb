"""One team: its page for everybody who may see it, its words, its other names, its end, its roster on paper."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.screens import Refused
from guangcai.members.queries.person import own_member
from guangcai.orgs.models import Node
from guangcai.teams import commands, rules, words
from guangcai.teams.enums import TeamEnd, TeamVerb
from guangcai.teams.forms import AliasForm, EndTeamForm, TeamForm, initial_of_team
from guangcai.teams.models import Team, TeamMembership
from guangcai.teams.queries import printing, rights
from guangcai.teams.queries import teams as queries
from guangcai.teams.views.lists import sees_list
from guangcai.teams.views.refusals import refused

LOG_SHOWN = 8
PAPERS = ("xlsx", "docx")


def found(request: ActorRequest, pk: UUID, *, running: bool = False) -> Team:
    """The team, if the actor may see it (404 else); `running`: and runs it (403 else)."""
    rows = Team.objects.visible_to(request.actor).select_related("node", "field", "parent", "branch")
    row = get_object_or_404(rows.select_related("skill", "residence", "occupation"), pk=pk)
    if running:
        rights.require_runs_team(row, request.actor)
    return row


@login_required
@require_safe
def team(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Everything about one team, and what the reader can do with it."""
    return answer(request, found(request, pk))


def answer(request: ActorRequest, row: Team, *, problem: Refused | None = None) -> HttpResponse:
    """The page of a team; with a refusal on top it is a 422."""
    role = rights.role_in(row, request.actor)
    may_edit = rights.runs_team(row, request.actor) and row.ended_at is None
    # A community asks its own people into what stands above it.
    asks_own = row.ended_at is None and rights.asks_own(row, request.actor)
    may_confirm = may_edit or (row.ended_at is None and rules.may(role, TeamVerb.CONFIRM))
    sees_roster = sees_list(request) or rules.may(role, TeamVerb.SEE_ROSTER)
    own = TeamMembership.objects.live().filter(team=row, member=request.actor.member_id).first()
    own = own if request.actor.member_id else None
    is_in = own is not None and own.held_since is not None
    context = {
        "team": row,
        "problem": problem,
        "numbers": queries.with_numbers(Team.objects.filter(pk=row.pk)).get(),
        "basis": words.basis_of(row),
        "aliases": row.aliases.order_by("added_at", "pk"),
        "children": Team.objects.live().filter(parent=row).order_by("path", "name"),
        "may_edit": may_edit,
        "may_invite": may_edit or asks_own or may_confirm,
        "may_accept": may_edit or asks_own,
        "may_confirm": may_confirm,
        "may_log": may_edit or (row.ended_at is None and rules.may(role, TeamVerb.WRITE_LOG)),
        "sees_roster": sees_roster,
        "sees_log": sees_roster or is_in,
        "places": queries.roster_of(row, request.actor) if sees_roster else [],
        # Whoever is in the team knows who leads it; the others as far as they see the roster.
        "leader": queries.leader_of(row) if is_in else None,
        "log": row.log.in_force().order_by("-held_on", "-written_at")[:LOG_SHOWN],  # type: ignore[attr-defined]
        "own": own,
        "role": role,
        "is_member": own_member(request.actor) is not None,
        "new_id": new_id(),
        "alias_form": AliasForm(),
    }
    return render(request, "teams/team.html", context, status=422 if problem else 200)


def nodes_of(request: ActorRequest) -> QuerySet[Node]:
    """Where the actor runs teams; 403 without one."""
    places = Node.objects.in_force(timezone.localdate()).filter(rights.run_by(request.actor))
    if not places:
        request.actor.require(Permission.TEAM_EDIT, next(iter(request.actor.paths_with(Permission.TREE_VIEW)), "/"))
    return places.order_by("path")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Open a team."""
    form = TeamForm(posted(request), nodes=nodes_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = commands.add_team(
                node=form.cleaned_data["node"],
                draft=form.draft(),
                by=request.actor,
                now=timezone.now(),
                id=form.cleaned_data["id"],
            )
            messages.success(request, _("Opened. Now ask people to join."))
            return redirect("teams:team", row.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "team": None}
    return render(request, "teams/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Other words; a name that is given up stays findable."""
    row = found(request, pk, running=True)
    if row.ended_at is not None and request.method != "POST":
        return redirect("teams:team", row.pk)
    nodes = Node.objects.filter(pk=row.node_id)
    form = TeamForm(posted(request), initial=initial_of_team(row), nodes=nodes, team=row)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_team(team=row, draft=form.draft(), by=request.actor, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("teams:team", row.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "team": row}
    return render(request, "teams/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a team: how many people are told."""
    row = found(request, pk, running=True)
    if row.ended_at is not None and request.method != "POST":
        return redirect("teams:team", row.pk)
    form = EndTeamForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason, note = TeamEnd(form.cleaned_data["reason"]), form.cleaned_data["note"]
        try:
            commands.end_team(team=row, reason=reason, note=note, by=request.actor, now=timezone.now())
            messages.success(request, _("Ended. Everybody who was in it is told."))
            return redirect("teams:team", row.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    people = TeamMembership.objects.live().filter(team=row).count()
    context = {"form": form, "team": row, "people": people}
    return render(request, "teams/end.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def aliases(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Note another name of the team."""
    row = found(request, pk, running=True)
    form = AliasForm(posted(request))
    try:
        if not form.is_valid():
            raise RuleBroken(_("Give the other name, 60 characters at most."), code="name_missing")
        commands.add_alias(team=row, **form.cleaned_data, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row, problem=refused(broken, row))
    messages.success(request, _("Noted. The team is found by this name too."))
    return redirect("teams:team", row.pk)


@login_required
@require_safe
def roster(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """The roster on paper: the same rows and masked phones as on the screen."""
    row = found(request, pk)
    if kind not in PAPERS:
        raise Http404
    if not sees_list(request):
        rights.require(row, request.actor, TeamVerb.SEE_ROSTER)
    places = queries.roster_of(row, request.actor)
    name = pgettext("team", "Roster") + f"-{row.name}"
    if kind == "xlsx":
        return file_answer(printing.roster_xlsx(row, places), name=name, kind=kind)
    return file_answer(printing.roster_docx(row, places, now=timezone.now()), name=name, kind=kind)
