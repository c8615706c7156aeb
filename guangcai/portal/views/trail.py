"""The audit trail on screen, for those who hold the right to read it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guangcai.activities.queries.shifts import my_notices
from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.members.queries import unit_receipts
from guangcai.portal.forms import TrailFilter
from guangcai.portal.queries import trail


@require_safe
def audit_trail(request: ActorRequest) -> HttpResponse:
    """Every change and every opening of a restricted record in the auditor's area, newest first."""
    if not request.actor.is_signed_in:
        return redirect("account_login")
    if not request.actor.holds(Permission.AUDIT_VIEW):
        raise Forbidden()
    rows = trail.found_by(trail.trail(request.actor), request.GET.get("q", ""))
    shown = listing(request, rows, sorts={"at": "at"}, default="-at", filterset=TrailFilter, per_page=50)
    return render(request, "portal/audit_trail.html", {"listing": shown, "lines": trail.lines(shown.page)})


@require_safe
def messages_page(request: ActorRequest) -> HttpResponse:
    """What somebody was told: his shifts, and for a liaison the receipts of those who reported in."""
    if not request.actor.is_signed_in:
        return redirect("account_login")
    receipts = unit_receipts(request.actor)[:30] if request.actor.holds(Permission.UNIT_ROSTER_VIEW) else []
    context = {"notices": my_notices(request.actor, now=timezone.now()), "receipts": receipts}
    return render(request, "portal/messages.html", context)
