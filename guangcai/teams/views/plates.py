"""The member's own plate: hang it out, print it, take it in, read what residents wrote."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.commitments import shown as lines
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer
from guangcai.members.models import Member
from guangcai.members.queries.person import own_member
from guangcai.teams import commands
from guangcai.teams.queries import plates as queries
from guangcai.teams.queries.printing import plate_pdf
from guangcai.teams.words import public_name

FEEDBACK_SHOWN = 30


def _own_member(request: ActorRequest) -> Member:
    """The member who is signed in; 404 for an account without a place on a roster: there is no plate for it."""
    member = own_member(request.actor)
    if member is None:
        raise Http404
    return member


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plate(request: ActorRequest) -> HttpResponse:
    """What the plate would say, before anybody else reads it; one button hangs it out."""
    member, problem = _own_member(request), ""
    if request.method == "POST":
        try:
            commands.show_plate(member=member, by=request.actor, now=timezone.now())
            messages.success(request, _("Your plate is out. Print it, or show the code on your phone."))
            return redirect("teams:plate")
        except RuleBroken as broken:
            problem = str(broken)
    found = queries.own_plate(request.actor)
    context = {
        "plate": found,
        "problem": problem,
        "name": public_name(member),
        "community": member.community,
        "lines": lines.lines(member.pk),
        "address": settings.SITE_URL.rstrip("/") + found.get_absolute_url() if found else "",
        "feedback": queries.own_feedback(request.actor)[:FEEDBACK_SHOWN],
    }
    return render(request, "teams/plate.html", context, status=422 if problem else 200)


@login_required
@require_POST
def withdrawal(request: ActorRequest) -> HttpResponse:
    """Take the plate in."""
    _own_member(request)
    found = queries.own_plate(request.actor)
    if found is not None:
        commands.withdraw_plate(plate=found, by=request.actor, now=timezone.now())
        messages.success(request, _("Taken in. Whoever scans the old code reads that it is no longer in use."))
    return redirect("teams:plate")


@login_required
@require_safe
def paper(request: ActorRequest) -> HttpResponse:
    """The plate to print; without one out, the way to it."""
    _own_member(request)
    found = queries.own_plate(request.actor)
    if found is None:
        return redirect("teams:plate")
    content = plate_pdf(queries.shown_by(found), now=timezone.now())
    return file_answer(content, name=pgettext("plate", "Plate"), kind="pdf")
