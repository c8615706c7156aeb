"""The desk's board, and the three rates."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.cases.filters import CaseFilter
from guangcai.cases.models import Case
from guangcai.cases.queries.board import rows_of, waiting, with_due
from guangcai.core.http import ActorRequest
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab

SORTS = {"due": "due", "number": "number", "item": "item__name", "state": "state", "raised": "raised_at"}


@login_required
@require_safe
def board(request: ActorRequest) -> HttpResponse:
    """What is to do now, overdue first; members come to their jobs."""
    if not request.actor.holds(Permission.CASE_VIEW):
        return redirect("cases:mine")
    now = timezone.now()
    shown = _listing(request)
    context = {
        "listing": shown,
        "rows": rows_of(shown.page, now=now),
        "tabs": _tabs(request),
        "may_edit": request.actor.holds(Permission.CASE_EDIT),
    }
    return render(request, "cases/board.html", context)


def _tabs(request: ActorRequest) -> list[Tab]:
    counts = waiting(request.actor, now=timezone.now())
    told = (
        ("", pgettext("case", "All open"), None),
        ("to_dispatch", pgettext("case", "To dispatch"), counts.to_dispatch),
        ("overdue", pgettext("case", "Overdue"), counts.overdue),
        ("under_way", pgettext("case", "Under way"), counts.under_way),
        ("to_call_back", pgettext("case", "To call back"), counts.to_call_back),
        ("to_rule", pgettext("case", "The street decides"), counts.to_rule),
    )
    now, home = request.GET.get("state", ""), reverse("cases:list")
    return [Tab(label, f"{home}?state={key}" if key else home, now == key, count) for key, label, count in told]


def _listing(request: ActorRequest) -> Listing:
    rows = Case.objects.of_area(request.actor)
    if text := request.GET.get("q", "").strip():
        number = rows.filter(number=text)
        rows = number if number.exists() else rows.saying(text)
    return listing(request, with_due(rows), sorts=SORTS, default="due", filterset=CaseFilter)
