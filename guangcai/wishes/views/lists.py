"""Lists of wishes: the desk's with its export, and what a member could take on."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.members.queries.person import own_member
from guangcai.wishes import words
from guangcai.wishes.enums import WishState
from guangcai.wishes.filters import WishFilter
from guangcai.wishes.queries import wishes as queries

SORTS = {
    "title": "title",
    "kind": "kind__position",
    "community": "community__code",
    "since": "state_since",
    "collected": "collected_at",
    "taken": "taken",
}


@login_required
@require_safe
def wishes(request: ActorRequest) -> HttpResponse:
    """Wishes of one's desk, the newest first; members look for one to take on instead."""
    if not request.actor.holds(Permission.WISH_EDIT):
        return redirect("wishes:open")
    shown = _listing(request)
    rows = [(row, words.title_of(row), words.TONES[WishState(row.state)]) for row in shown.page]
    return render(request, "wishes/list.html", {"listing": shown, "rows": rows})


@login_required
@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook; who made a wish is not in it."""
    columns = [_("Wish"), _("Kind"), _("Community"), _("State"), _("Since"), _("Collected"), _("How it came")]
    columns += [_("Taken on by")]
    cells: list[list[Cell]] = [
        [
            words.title_of(row),
            str(row.kind or ""),
            row.community.name,
            str(row.get_state_display()),
            row.state_since,
            row.collected_at,
            str(row.get_channel_display()),
            row.taken,
        ]
        for row in _listing(request).rows
    ]
    name = pgettext("menu", "Wishes")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _listing(request: ActorRequest) -> Listing:
    rows = queries.listed(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(title__icontains=text) | Q(words__icontains=text))
    address = reverse("wishes:export")
    return listing(request, rows, sorts=SORTS, default="-since", filterset=WishFilter, export_url=address)


@login_required
@require_safe
def board(request: ActorRequest) -> HttpResponse:
    """The wishes I have taken on, then those that wait for somebody."""
    member = own_member(request.actor)
    context = {
        "is_member": member is not None,
        "sees_list": request.actor.holds(Permission.WISH_EDIT),
        "claims": queries.own_claims(request.actor) if member else [],
        "offers": queries.offers_for(member, by=request.actor, now=timezone.now()) if member else [],
    }
    return render(request, "wishes/board.html", context)
