"""The audit trail on screen, for those who hold the right to read it."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.activities.queries.shifts import my_notices
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest
from guangcai.core.listing import listing
from guangcai.core.models import AuditEvent
from guangcai.core.permissions import Permission
from guangcai.members.queries import unit_receipts
from guangcai.orgs.queries import role_names
from guangcai.portal.forms import TrailFilter
from guangcai.portal.queries import trail


@dataclass(frozen=True)
class Line:
    """One line of the trail; roles in words."""

    event: AuditEvent
    roles: str


def _roles(event: AuditEvent) -> str:
    """Signed-out people have no role, and are not the program."""
    is_nobody = event.actor_id is None and event.actor_roles == Actor().role_codes
    return pgettext("role", "Signed out") if is_nobody else role_names(event.actor_roles)


@require_safe
def audit_trail(request: ActorRequest) -> HttpResponse:
    """Every change and every opening of a restricted record in the auditor's area, newest first."""
    if not request.actor.is_signed_in:
        return redirect("account_login")
    if not request.actor.holds(Permission.AUDIT_VIEW):
        raise Forbidden()
    rows = trail.found_by(trail.trail(request.actor), request.GET.get("q", ""))
    shown = listing(request, rows, sorts={"at": "at"}, default="-at", filterset=TrailFilter, per_page=50)
    lines = [Line(event, _roles(event)) for event in shown.page]
    return render(request, "portal/audit_trail.html", {"listing": shown, "lines": lines})


@require_safe
def messages_page(request: ActorRequest) -> HttpResponse:
    """What somebody was told: his shifts, and for a liaison the receipts of those who reported in."""
    if not request.actor.is_signed_in:
        return redirect("account_login")
    receipts = unit_receipts(request.actor)[:30] if request.actor.holds(Permission.UNIT_ROSTER_VIEW) else []
    context = {"notices": my_notices(request.actor, now=timezone.now()), "receipts": receipts}
    return render(request, "portal/messages.html", context)
