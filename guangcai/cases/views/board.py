"""The desk's board, on the screen and as a workbook."""

import re

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from guangcai.cases import commands
from guangcai.cases.filters import OVER, CaseFilter
from guangcai.cases.queries.board import in_stretch, on_board, rows_of, waiting
from guangcai.cases.queries.exporting import board_workbook
from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab

# A year of a street; more than that is a statistic.
MOST_EXPORTED = 20_000
SORTS = {"due": "due", "number": "number", "item": "item__name", "state": "state", "raised": "raised_at"}
# As the program writes it (keys.take_number).
NUMBER = re.compile(r"\d\d-\d{6,}")
# Nobody turns thirty pages of three years of requests, and who finds hundreds types another word; what a figure was
# counted from is counted as far as it goes.
MOST, MOST_FOUND, MOST_COUNTED = 1_000, 200, 10_000
# A screen and a half at a desk; on a phone each row is a card.
PER_PAGE = 30


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
        "export": f"{reverse('cases:export')}?{request.GET.urlencode()}",
    }
    return render(request, "cases/board.html", context)


@login_required
@require_POST
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the board shows, as a workbook that names nobody, and a line in the trail."""
    request.actor.require_any(Permission.CASE_VIEW)
    rows = _listing(request).rows[:MOST_EXPORTED]
    path, name = request.actor.paths_with(Permission.CASE_VIEW)[0], pgettext("menu", "Requests")
    content = board_workbook(rows, name=name)
    commands.record_case_export(path=path, rows=len(rows), by=request.actor, now=timezone.now())
    return file_answer(content, name=name, kind="xlsx")


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
    rows, text = in_stretch(request.actor), request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(number=text) if NUMBER.fullmatch(text) else rows.saying(text)
    # What is open stands by its deadline; what is over or was looked for has none: newest first.
    is_open = not text and request.GET.get("state") != OVER
    default = "due" if is_open else "-raised"
    most = MOST_COUNTED if "since" in request.GET else MOST_FOUND if text else MOST
    rows = on_board(rows)
    return listing(request, rows, sorts=SORTS, default=default, filterset=CaseFilter, per_page=PER_PAGE, most=most)
