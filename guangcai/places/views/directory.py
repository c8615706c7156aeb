"""The directory anybody reads: what there is, where, when it is open."""

import re
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest
from guangcai.core.listing import listing
from guangcai.orgs.merged import heir_of
from guangcai.orgs.models import Node
from guangcai.places import openings
from guangcai.places.filters import PointFilter
from guangcai.places.models import ServicePoint
from guangcai.places.queries import directory as queries

PER_PAGE = 30


@require_safe
def directory(request: ActorRequest) -> HttpResponse:
    """Service points in use, by name, service, place and kind; how many of each tier there are."""
    rows = queries.listed(text=request.GET.get("q", "").strip()[:60])
    if heir := _area_now(request.GET.get("area", "")):
        query = request.GET.copy()
        query["area"] = str(heir.pk)
        return redirect(f"{request.path}?{query.urlencode()}")
    shown = listing(request, rows, sorts={"order": "order"}, default="order", filterset=PointFilter, per_page=PER_PAGE)
    numbers = queries.counts(queries.area_points(shown.form))
    context = {
        "listing": shown,
        "rows": queries.rows_of(shown.page.object_list),
        "tiers": queries.tiers(numbers),
        "keeps": ServicePoint.objects.kept_by(request.actor).exists() if request.actor.is_signed_in else False,
    }
    return render(request, "places/directory.html", context)


def _area_now(key: str) -> Node | None:
    """The place that the one in an old address became; None for one that stands or never was."""
    gone = (
        Node.objects.filter(pk=key, valid_to__isnull=False) if re.fullmatch("[0-9]{1,18}", key) else Node.objects.none()
    )
    found = gone.select_related("successor").first()
    return heir_of(found) if found else None


@require_safe
def point(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One service point: what it offers, where, when, whom to ring up."""
    row = get_object_or_404(ServicePoint.objects.select_related("node__parent", "host"), pk=pk)
    (shown,) = queries.rows_of([row])
    context = {
        "row": shown,
        "point": row,
        "openings": [] if row.ended_at else openings.of_point(row, now=timezone.now()),
        "may_edit": ServicePoint.objects.kept_by(request.actor).filter(pk=pk).exists(),
    }
    return render(request, "places/point.html", context)
