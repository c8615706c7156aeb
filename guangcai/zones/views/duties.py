"""The duties new agreements begin with, a row for each kind of zone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.permissions import Permission
from guangcai.zones import commands
from guangcai.zones.forms import DutiesForm
from guangcai.zones.models import ZoneDuty


@login_required
@require_safe
def duties(request: ActorRequest) -> HttpResponse:
    """All kinds with their words; who sets rules may change them."""
    if not request.actor.holds(Permission.ROSTER_VIEW):
        raise Forbidden()
    may_edit = request.actor.holds(Permission.POLICY_EDIT)
    return render(request, "zones/duties.html", {"rows": ZoneDuty.objects.all(), "may_edit": may_edit})


@login_required
@require_http_methods(["GET", "POST"])
def duty(request: ActorRequest, kind: str) -> HttpResponse:
    """Other words for one kind; agreements drawn up before keep theirs."""
    if not request.actor.holds(Permission.POLICY_EDIT):
        raise Forbidden()
    row = get_object_or_404(ZoneDuty, kind=kind)
    form = DutiesForm(posted(request), initial={"duties": row.duties})
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_duty(duty=row, by=request.actor, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved. New agreements begin with these words."))
            return redirect("zones:duties")
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "zones/duty.html", {"form": form, "duty": row}, status=422 if form.errors else 200)
