"""Rounds: what is open, what was settled, and a new one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.permissions import Permission
from guangcai.invitations import commands
from guangcai.invitations.enums import Subject
from guangcai.invitations.forms import RoundForm
from guangcai.invitations.queries import rounds as queries


@login_required
@require_http_methods(["GET", "POST"])
def rounds(request: ActorRequest) -> HttpResponse:
    """Whom to ask: the open rounds, a new one, and the last ones that were settled."""
    if not request.actor.holds(Permission.INVITATION_EDIT):
        request.actor.require(Permission.INVITATION_EDIT, "/")
    now = timezone.now()
    form = RoundForm(posted(request), actor=request.actor, on=localdate(now))
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.propose_round(
                community=form.cleaned_data["community"],
                subject=Subject(form.cleaned_data["subject"]),
                by=request.actor,
                now=now,
            )
        except RuleBroken as broken:
            show_refusal(form, broken)
        else:
            words = ngettext("%(n)d matter, looked at below.", "%(n)d matters, looked at below.", made.needs)
            messages.success(request, words % {"n": made.needs} + " " + _("Nobody has been told anything yet."))
            return redirect(made)
    context = {"form": form, "open": queries.open_rounds(request.actor), "settled": queries.settled(request.actor)}
    return render(request, "invitations/rounds.html", context, status=422 if form.errors else 200)
