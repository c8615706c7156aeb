"""The three rates of a place, and how often cases came back: by item and by who answers, never by person."""

from datetime import date

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from guangcai.cases.queries.counts import bounces, rates
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.members.views.asking import asked
from guangcai.orgs.models import Node

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """First and last local day of dispatch, both included."""

    since = forms.DateField(label=_("From"), widget=DAY)
    until = forms.DateField(label=_("To"), widget=DAY)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("The end lies before the beginning."))
        return cleaned


@login_required
@require_safe
def figures(request: ActorRequest) -> HttpResponse:
    """Response, solution and satisfaction with the counts behind them, and what came back."""
    asked(request.actor, Permission.STATISTICS_VIEW)
    places = Node.objects.held_by(request.actor, Permission.STATISTICS_VIEW).order_by("path")
    node = get_object_or_404(places, code=request.GET["node"]) if "node" in request.GET else places.first()
    today = timezone.localdate()
    year = {"since": date(today.year, 1, 1), "until": today}
    form = PeriodForm(request.GET if "since" in request.GET else None, initial=year)
    period = form.cleaned_data if form.is_bound and form.is_valid() else year
    where = {"actor": request.actor, "path": node.path if node else "/"}
    found = rates(**where, **period)
    context = {
        "node": node,
        "form": form,
        "found": found,
        "shares": (
            (pgettext_lazy("rate", "Response"), found.response, found.answered, found.dispatched),
            (pgettext_lazy("rate", "Solution"), found.solution, found.solved, found.asked),
            (pgettext_lazy("rate", "Satisfaction"), found.satisfaction, found.satisfied, found.rated),
        ),
        "bounces": bounces(**where, **period),
        "list_url": f"{reverse('cases:list')}?since={period['since']}&until={period['until']}",
    }
    return render(request, "cases/rates.html", context, status=422 if form.is_bound and form.errors else 200)
