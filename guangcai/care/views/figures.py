"""What an overseer sees: figures in bands, and one household at a time, with a reason."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.care import commands
from guangcai.care.enums import HouseholdCategory, RiskTier
from guangcai.care.forms import DueForm, OpeningForm
from guangcai.care.models import Household
from guangcai.care.queries.figures import figures as figures_of
from guangcai.care.queries.past import Past, past_of
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.models import Node

PERIOD = timedelta(days=30)


@login_required
@require_http_methods(["GET", "POST"])
def figures(request: ActorRequest) -> HttpResponse:
    """Figures of every community of the area; below them one household is opened by its label, with a reason."""
    actor, now = request.actor, timezone.now()
    if not actor.holds(Permission.CARE_VIEW):
        actor.require_any(Permission.CARE_OVERSEE)
    overseen = actor.paths_with(Permission.CARE_OVERSEE)
    here = Node.objects.in_force(timezone.localdate(now)).communities().held_by(actor, Permission.CARE_OVERSEE)
    form = OpeningForm(posted(request), communities=here.order_by("code"))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_open(request, form))
        except RuleBroken as broken:
            show_refusal(form, broken)
    paths = (*actor.paths_with(Permission.CARE_VIEW), *overseen)
    context = {
        "rows": figures_of(actor, paths=paths, now=now, since=timezone.localdate(now) - PERIOD),
        "tiers": RiskTier.labels,
        "categories": HouseholdCategory.labels,
        "form": form if overseen else None,
        "days": PERIOD.days,
    }
    return render(request, "care/figures.html", context, status=422 if form.errors else 200)


def _open(request: ActorRequest, form: OpeningForm) -> Household:
    """Raises RuleBroken for a label nobody gave, in the same words whoever asks."""
    asked = form.cleaned_data
    row = Household.objects.current().filter(community=asked["community"], label=asked["label"].strip()).first()
    if row is None:
        raise RuleBroken(_("No household has this label. Ask the desk of the community."), field="label")
    commands.open_household(household=row, reason=asked["reason"], by=request.actor, now=timezone.now())
    return row


DUE_SORTS = {"missed": "missed", "label": "label", "due": "total", "made": "made"}


@login_required
@require_safe
def due(request: ActorRequest) -> HttpResponse:
    """The desk's list behind the statistic: each household with the visits that were due in a period, most missed
    first."""
    actor, today = request.actor, timezone.localdate()
    actor.require_any(Permission.CARE_VIEW)
    usual = {"since": date(today.year, 1, 1).isoformat(), "until": today.isoformat()}
    here = Node.objects.in_force(today).communities().held_by(actor, Permission.CARE_VIEW)
    form = DueForm(usual | request.GET.dict(), communities=here.order_by("code"))
    rows = _past(request, form.cleaned_data) if form.is_valid() else []
    shown = listing(request, rows, sorts=DUE_SORTS, default="-missed")
    context = {
        "listing": shown,
        "form": form,
        "due": sum(row.total for row in rows),
        "made": sum(row.made for row in rows),
    }
    return render(request, "care/due_visits.html", context, status=422 if form.errors else 200)


def _past(request: ActorRequest, asked: dict[str, Any]) -> list[Past]:
    rows = Household.objects.filter(under("path", request.actor.paths_with(Permission.CARE_VIEW)))
    if asked["community"]:
        rows = rows.filter(community=asked["community"])
    if asked["category"]:
        rows = rows.filter(category=asked["category"])
    found = past_of(rows, since=asked["since"], until=asked["until"], now=timezone.now())
    return [home for home in (each.in_tier(asked["tier"]) for each in found) if home.due]
