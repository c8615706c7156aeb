"""The directory anybody reads: what there is, where, when it is open."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest
from guangcai.core.listing import listing
from guangcai.places import openings
from guangcai.places.filters import PointFilter
from guangcai.places.models import ServicePoint
from guangcai.places.queries import directory as queries

PER_PAGE = 30


@require_safe
def directory(request: ActorRequest) -> HttpResponse:
    """Service points in use, by name, service, place and kind; how many of each tier there are."""
    rows = queries.listed(text=request.GET.get("q", "").strip()[:60])
    shown = listing(request, rows, sorts={"order": "order"}, default="order", filterset=PointFilter, per_page=PER_PAGE)
    numbers = queries.counts(queries.area_points(shown.form))
    context = {
        "listing": shown,
        "rows": queries.rows_of(shown.page.object_list),
        "tiers": queries.tiers(numbers),
        "keeps": ServicePoint.objects.kept_by(request.actor).exists() if request.actor.is_signed_in else False,
    }
    return render(request, "places/directory.html", context)


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
