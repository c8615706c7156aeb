"""Lists of zones: the building list with its gaps, its export, the map of a community, the figures of an area."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.screens import Tab
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.orgs.models import Node
from guangcai.zones.filters import ZoneFilter
from guangcai.zones.queries import coverage as queries

SORTS = {"order": "order", "place": "place", "kind": "kind", "community": "community__code", "until": "until"}
# A bigint has 19 digits.
LONGEST_KEY = 19


@login_required
@require_safe
def zones(request: ActorRequest) -> HttpResponse:
    """Zones of one's area, those nobody holds first; members see their own instead."""
    if not request.actor.holds(Permission.ROSTER_VIEW):
        return redirect("zones:mine")
    shown, on = _listing(request), localdate()
    page = queries.with_holders(shown.page.object_list, actor=request.actor, on=on)
    context = {
        "listing": shown,
        "rows": queries.rows_of(page, on=on),
        "may_edit": request.actor.holds(Permission.ZONE_EDIT),
        "figures": queries.count_zones(paths=request.actor.paths_with(Permission.ROSTER_VIEW), on=on)[()],
        "tabs": tabs(request, "list"),
    }
    return render(request, "zones/list.html", context)


def tabs(request: ActorRequest, current: str) -> list[Tab]:
    """List, map and figures: three views of the same zones."""
    names = {"list": _("List"), "map": pgettext("zone", "Map"), "coverage": _("Figures")}
    return [Tab(words, reverse(f"zones:{name}"), name == current) for name, words in names.items()]


@login_required
@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook."""
    if not request.actor.holds(Permission.ROSTER_VIEW):
        raise Forbidden()
    columns = [pgettext("zone", "Zone"), _("Kind"), _("Community"), _("Who holds it"), _("Name")]
    columns += [pgettext("zone", "Since"), pgettext("zone", "Until"), _("Number")]
    on = localdate()
    rows = queries.with_holders(_listing(request).rows, actor=request.actor, on=on)
    cells = [_cells(row) for row in queries.rows_of(rows, on=on)]
    name = pgettext("menu", "Zones")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _cells(row: queries.ZoneRow) -> list[Cell]:
    zone, holder = row.zone, row.holder
    first: list[Cell] = [zone.name, zone.get_kind_display(), zone.community.name, str(row.coverage.label)]
    if holder is None:
        return [*first, "", None, None, ""]
    return [*first, holder.member.name, holder.held_since, holder.until, holder.number]


def _listing(request: ActorRequest) -> Listing:
    rows: Any = queries.listed(request.actor, on=localdate())
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(name__icontains=text)
    address = reverse("zones:export")
    return listing(request, rows, sorts=SORTS, default="order", filterset=ZoneFilter, export_url=address)


@login_required
@require_safe
def map_page(request: ActorRequest) -> HttpResponse:
    """One community, building by building and stairwell by stairwell: words and colour in every cell."""
    on, paths = localdate(), request.actor.paths_with(Permission.ROSTER_VIEW)
    if not paths:
        raise Forbidden()
    communities = Node.objects.in_force(on).communities().filter(under("path", paths)).order_by("code")
    chosen = _chosen(communities, request.GET.get("community", "")) or communities.first()
    context = {
        "communities": communities,
        "chosen": chosen,
        "map": queries.map_of(chosen, actor=request.actor, on=on) if chosen else None,
        "tabs": tabs(request, "map"),
    }
    return render(request, "zones/map.html", context)


def _chosen(nodes: Any, wanted: str) -> Node | None:
    """The node of a key in the address; None for rubbish and for what lies outside."""
    is_key = wanted.isdecimal() and len(wanted) < LONGEST_KEY
    return nodes.filter(pk=int(wanted)).first() if is_key else None


@login_required
@require_safe
def coverage(request: ActorRequest) -> HttpResponse:
    """Zones, held and signed, place by place; every number opens to what is behind it (S4)."""
    paths = request.actor.paths_with(Permission.ROSTER_VIEW)
    if not paths:
        raise Forbidden()
    seen = Node.objects.filter(under("path", paths)).select_related("parent")
    node = _chosen(seen, request.GET.get("node", "")) or seen.filter(path__in=paths).order_by("path").first()
    area = queries.area_of(node, actor=request.actor, on=localdate()) if node else None
    return render(request, "zones/coverage.html", {"area": area, "tabs": tabs(request, "coverage")})
