"""The work unit's page: its own members, where they reported in and when, and the receipts that came."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from guangcai.core.http import ActorRequest, chosen_ids
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.members import commands, queries
from guangcai.members.views.asking import asked

SORTS = {"name": "name_sort", "community": "community"}


@require_safe
def unit_roster(request: ActorRequest) -> HttpResponse:
    """Own members only, and of them only this."""
    asked(request.actor, Permission.UNIT_ROSTER_VIEW)
    rows = queries.unit_roster(request.actor)
    receipts = queries.unit_receipts(request.actor, unread_only=True)
    context = {
        "listing": listing(request, rows, sorts=SORTS, default="name", per_page=100),
        "receipts": receipts,
        "reported_in": sum(row.has_reported_in for row in rows),
        "members": len(rows),
        # The head of every page names the one unit: a column would say it again on every line.
        "has_several_units": len({row.work_unit for row in rows}) > 1,
    }
    return render(request, "members/unit.html", context)


@require_POST
def receipts_read(request: ActorRequest) -> HttpResponse:
    """The liaison has seen the receipts on the page."""
    asked(request.actor, Permission.UNIT_ROSTER_VIEW)
    keys: list[UUID] = chosen_ids(request)
    commands.read_receipts(receipts=keys, by=request.actor, now=timezone.now())
    return redirect("members:unit")
