"""The log of a team: read by who is in it, written by its leader, his deputy or the desk."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.teams import commands
from guangcai.teams.enums import TeamVerb
from guangcai.teams.forms import LogForm
from guangcai.teams.models import TeamLog
from guangcai.teams.queries import rights
from guangcai.teams.views.teams import found


@login_required
@require_http_methods(["GET", "POST"])
def log(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Write down what the team did; everything written before stands below, corrected lines too."""
    row = found(request, pk)
    rights.require(row, request.actor, TeamVerb.WRITE_LOG)
    if row.ended_at is not None and request.method != "POST":
        return redirect("teams:team", row.pk)
    form = LogForm(posted(request), initial={"held_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            commands.write_log(
                team=row, draft=form.draft(), by=request.actor, now=timezone.now(), id=form.cleaned_data["id"]
            )
            messages.success(request, _("Written down."))
            return redirect("teams:team", row.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    entries = row.log.select_related("correction").order_by("-held_on", "-written_at")
    context = {"form": form, "team": row, "entries": entries}
    return render(request, "teams/log.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def correction(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Put a new entry in the place of a wrong one."""
    rows = TeamLog.objects.visible_to(request.actor).select_related("team__node", "correction")
    entry = get_object_or_404(rows, pk=pk)
    rights.require(entry.team, request.actor, TeamVerb.WRITE_LOG)
    if request.method != "POST" and hasattr(entry, "correction"):
        return redirect("teams:log", entry.team_id)
    form = LogForm(posted(request), corrects=entry)
    if request.method == "POST" and form.is_valid():
        cleaned, now = form.cleaned_data, timezone.now()
        try:
            commands.correct_log(
                entry=entry,
                draft=form.draft(),
                reason=cleaned["reason"],
                by=request.actor,
                now=now,
                id=cleaned["id"],
            )
            messages.success(request, _("Corrected. The entry as it was stays readable below."))
            return redirect("teams:log", entry.team_id)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "team": entry.team, "entry": entry}
    return render(request, "teams/log_correction.html", context, status=422 if form.errors else 200)
