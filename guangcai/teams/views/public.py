"""What anybody reads behind the code of a plate, and writes without an account."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guangcai.accounts.commands.limits import take
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.teams import commands, rules
from guangcai.teams.forms import FeedbackForm
from guangcai.teams.models import Plate
from guangcai.teams.queries import plates as queries


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plate(request: ActorRequest, code: str) -> HttpResponse:
    """Who hangs out this plate and what he serves as; a form for residents. Taken in: one sentence and 404."""
    found, is_in_use = queries.plate_of(code)
    if found is None or not is_in_use:
        return render(request, "teams/plate_gone.html", status=404)
    form = FeedbackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _check_pace(request, found)
            commands.add_plate_feedback(plate=found, feedback=form.feedback(), by=request.actor, now=timezone.now())
            messages.success(request, _("Thank you. The community desk reads it."))
            return redirect(found)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"shown": queries.shown_by(found), "form": form}
    return render(request, "teams/plate_public.html", context, status=422 if form.errors else 200)


def _check_pace(request: ActorRequest, found: Plate) -> None:
    now, address = timezone.now(), get_adapter(request).get_client_ip(request)
    rules.check_not_flooding(
        of_address=take(rules.FEEDBACK_OF_ADDRESS, address, now=now),
        of_plate=take(rules.FEEDBACK_OF_PLATE, found.code, now=now),
    )
