"""Lists of teams: the desk's overview with its export, the tree, and what a member is in or could join."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.members.queries.person import own_member
from guangcai.teams import words
from guangcai.teams.filters import TeamFilter
from guangcai.teams.models import Team, TeamLeader
from guangcai.teams.queries import plates
from guangcai.teams.queries import teams as queries

SORTS = {
    "name": "name",
    "kind": "kind",
    "place": "path",
    "field": "field__position",
    "people": "held",
    "asked": "asked",
    "log": "logged",
}


def sees_list(request: ActorRequest) -> bool:
    return request.actor.holds(Permission.TEAM_EDIT) or request.actor.holds(Permission.ROSTER_VIEW)


def tabs(*, tree: bool) -> list[Tab]:
    """Two views of the same teams."""
    return [
        Tab(pgettext("team", "As a list"), reverse("teams:list"), not tree),
        Tab(pgettext("team", "As a tree"), reverse("teams:tree"), tree),
    ]


@login_required
@require_safe
def teams(request: ActorRequest) -> HttpResponse:
    """Teams of one's area by place; members go to their own instead."""
    if not sees_list(request):
        return redirect("teams:mine")
    shown = _listing(request)
    context = {
        "listing": shown,
        "rows": [(team, words.basis_of(team)) for team in shown.page],
        "may_edit": request.actor.holds(Permission.TEAM_EDIT),
        # Proposals are of a community: whoever runs teams above it has none.
        "may_propose": request.actor.holds(Permission.ROSTER_EDIT) and request.actor.holds(Permission.TEAM_EDIT),
        "tabs": tabs(tree=False),
    }
    return render(request, "teams/list.html", context)


@login_required
@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook."""
    columns = [pgettext("team", "Team"), _("Other names"), _("Kind"), pgettext("team", "Place"), _("Field")]
    columns += [_("Basis"), _("Team above"), _("People"), _("Asked to join"), _("Invited"), _("Entries of the log")]
    cells: list[list[Cell]] = [_cells(row) for row in _listing(request).rows]
    name = pgettext("menu", "Teams")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _cells(row: Any) -> list[Cell]:
    others = ", ".join(alias.name for alias in row.aliases.all())
    first: list[Cell] = [row.name, others, str(row.get_kind_display()), row.node.name]
    first += [row.field.name if row.field else "", words.basis_of(row), row.parent.name if row.parent else ""]
    return [*first, row.held, row.asked, row.invited, row.logged]


def _listing(request: ActorRequest) -> Listing:
    rows = queries.with_numbers(Team.objects.visible_to(request.actor))
    rows = queries.found(rows, request.GET.get("q", "").strip())
    address = reverse("teams:export")
    return listing(request, rows, sorts=SORTS, default="place", filterset=TeamFilter, export_url=address)


@login_required
@require_safe
def tree(request: ActorRequest) -> HttpResponse:
    """Association, brigades, detachments, teams, with how many are in each and in all below."""
    if not sees_list(request):
        return redirect("teams:mine")
    context = {"lines": queries.tree(request.actor), "tabs": tabs(tree=True)}
    return render(request, "teams/tree.html", context)


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """What waits for my answer, where I am, what I could join, my plate."""
    member = own_member(request.actor)
    roles = TeamLeader.objects.open().filter(member=request.actor.member_id)
    context = {
        "is_member": member is not None,
        "sees_list": sees_list(request),
        "rows": [(row, words.state_of(row)) for row in queries.own_memberships(request.actor)] if member else [],
        "roles": {row.team_id: row.get_role_display() for row in roles} if member else {},
        "joinable": [(team, words.basis_of(team)) for team in queries.joinable(request.actor, member)]
        if member
        else [],
        "plate": plates.own_plate(request.actor) if member else None,
    }
    return render(request, "teams/mine.html", context)
