"""Joining a team: a member asks, the team confirms; the desk invites, the member accepts; either side ends it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.commitments.enums import CommitmentState, EndReason
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids, key_or_none, posted, respond, show_refusal
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by, roster, with_links
from guangcai.teams import commands
from guangcai.teams.enums import TeamVerb
from guangcai.teams.forms import AskForm, KnownForm, LeaveForm
from guangcai.teams.models import Team, TeamMembership
from guangcai.teams.queries import rights
from guangcai.teams.views.refusals import refused
from guangcai.teams.views.teams import answer, found

PEOPLE_SHOWN = 12


def found_membership(request: ActorRequest, pk: UUID) -> TeamMembership:
    """The place in a team, if the actor may see it: his own, of his area, of the team he leads; 404 else."""
    rows = TeamMembership.objects.visible_to(request.actor).select_related("team__node", "member", "community")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_POST
def memberships(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Ask to join."""
    row, own = found(request, pk), request.actor.member_id
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=own)
    key = key_or_none(request.POST.get("id", ""))
    try:
        made = commands.ask_to_join(team=row, member=member, by=request.actor, now=timezone.now(), id=key)
    except RuleBroken as broken:
        return answer(request, row, problem=refused(broken, row))
    is_in = made.held_since is not None
    messages.success(request, _("You are in.") if is_in else _("Asked. The team answers, and you are told."))
    return redirect("teams:team", row.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Find people of one's own area and ask them to join, one message each; a leader asks by name and phone."""
    row = found(request, pk)
    if not rights.asks_own(row, request.actor):
        rights.require(row, request.actor, TeamVerb.CONFIRM)
        return _ask_known(request, row)
    if row.ended_at is not None and request.method != "POST":
        return redirect("teams:team", row.pk)
    if request.method == "POST":
        return _invite(request, row)
    text = request.GET.get("q", "").strip()
    rows = with_links(found_by(roster(request.actor), text)).filter(path__under=row.path)
    members = list(rows.order_by("name_pinyin", "pk")[:PEOPLE_SHOWN]) if text else []
    live = TeamMembership.objects.live().filter(team=row, member__in=members).values_list("member_id", flat=True)
    there, declined = set(live), set(commands.declined_by(row, members))
    context = {"team": row, "q": text, "found": [(one, one.pk in there, one.pk in declined) for one in members]}
    return respond(request, "teams/people.html#found", context)


def _ask_known(request: ActorRequest, team: Team) -> HttpResponse:
    form = KnownForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            asked = commands.invite_known(team=team, **form.cleaned_data, by=request.actor, now=timezone.now())
            messages.success(request, asked_words(len(asked)))
            return redirect("teams:team", team.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "teams/known.html", {"team": team, "form": form}, status=422 if form.errors else 200)


def _invite(request: ActorRequest, team: Team) -> HttpResponse:
    chosen = list(roster(request.actor).filter(pk__in=chosen_ids(request)).select_related("community"))
    try:
        if not chosen:
            raise RuleBroken(_("Choose whom to ask."), code="nobody")
        asked = commands.invite_members(team=team, members=chosen, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, team, problem=refused(broken, team))
    messages.success(request, asked_words(len(asked)))
    return redirect("teams:team", team.pk)


def asked_words(count: int) -> str:
    """What came of asking, in words."""
    if not count:
        return _("Nobody was asked anew: each of them has an answer to give, or has given it.")
    return ngettext(
        "%(n)d person is asked. Each answers himself.", "%(n)d people are asked. Each answers himself.", count
    ) % {"n": count}


@login_required
@require_POST
def confirmation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The team takes on who asked: the desk or the leader."""
    row = found_membership(request, pk)
    rights.require(row.team, request.actor, TeamVerb.CONFIRM, over=row.path)
    try:
        commands.confirm_joining(membership=row, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row.team, problem=refused(broken, row.team))
    messages.success(request, _("%(name)s is in the team now and is told.") % {"name": row.member.name})
    return redirect("teams:team", row.team_id)


@login_required
@require_http_methods(["GET", "POST"])
def acceptance(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Accept an invitation: the member with one button, the desk for somebody who said so, and how."""
    row = found_membership(request, pk)
    own = request.actor.member_id == row.member_id
    if own:
        request.actor.require(Permission.TEAM_JOIN, row.path)
    else:
        rights.require_runs_team(row.team, request.actor, over=row.path)
    if request.method != "POST" and (own or row.state != CommitmentState.CONFIRMED):
        return redirect("teams:team", row.team_id)
    form = AskForm(posted(request))
    if request.method == "POST" and (own or form.is_valid()):
        asked = "" if own else form.cleaned_data["asked"]
        try:
            commands.accept_invitation(membership=row, by=request.actor, now=timezone.now(), asked=asked)
        except RuleBroken as broken:
            return answer(request, row.team, problem=refused(broken, row.team))
        messages.success(request, _("You are in.") if own else _("He is in the team now."))
        return redirect("teams:team", row.team_id)
    context = {"form": form, "row": row}
    return render(request, "teams/acceptance.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Leave, decline, take a request back; the team does not take on, or ends a place."""
    row = found_membership(request, pk)
    own = request.actor.member_id == row.member_id
    if own:
        request.actor.require(Permission.TEAM_JOIN, row.path)
    else:
        rights.require(row.team, request.actor, TeamVerb.CONFIRM, over=row.path)
    if request.method != "POST" and row.ended_at is not None:
        return redirect("teams:team", row.team_id)
    form = LeaveForm(posted(request), own=own)
    if request.method == "POST" and form.is_valid():
        reason, note = EndReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        try:
            commands.end_membership(membership=row, reason=reason, note=note, by=request.actor, now=timezone.now())
            messages.success(request, _("Done. The log and the service given until now stay."))
            return redirect("teams:mine" if own else row.team)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "row": row, "own": own}
    return render(request, "teams/membership_end.html", context, status=422 if form.errors else 200)
