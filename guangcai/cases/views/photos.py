"""One photo, to whoever may see it. Kept by no browser and no proxy; nothing in it is ever run."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from guangcai.cases.models import CasePhoto
from guangcai.cases.views.following import kept_open
from guangcai.core.http import ActorRequest

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": 'inline; filename="photo.jpg"',
}


@login_required
@require_safe
def photo(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _answer(get_object_or_404(CasePhoto.objects.visible_to(request.actor), pk=pk))


@require_safe
def public_photo(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Of the case whose code this browser has shown within the last half hour."""
    rows = CasePhoto.objects.filter(step__case=kept_open(request), step__case__anonymised_at=None)
    return _answer(get_object_or_404(rows, pk=pk))


def _answer(row: CasePhoto) -> HttpResponse:
    return HttpResponse(row.jpeg, content_type="image/jpeg", headers=HEADERS)
