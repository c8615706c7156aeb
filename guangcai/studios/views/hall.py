"""The screen of the hall: numbers alone, for a television. Anybody may open it; it names nobody."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest, respond
from guangcai.studios.models import Studio
from guangcai.studios.queries import studios as queries
from guangcai.studios.queries.line import line_of

SHOWN = 6


@never_cache
@require_safe
def hall(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Called numbers with their counters, the latest biggest; how many wait."""
    studio, now = get_object_or_404(Studio.objects.select_related("community"), pk=pk), timezone.now()
    shift = queries.session_today(studio, now=now)
    line = line_of(shift, now=now) if shift is not None else None
    context = {
        "studio": studio,
        "shift": shift,
        "state": queries.state_of(shift, now=now) if shift is not None else "none",
        "called": line.called[:SHOWN] if line is not None else [],
        "waiting": line.ready if line is not None else 0,
        "next": queries.next_session(studio, now=now) if shift is None else None,
        "now": now,
    }
    return respond(request, "studios/hall.html#numbers", context)
