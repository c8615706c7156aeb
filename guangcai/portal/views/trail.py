"""The audit trail on screen, for those who hold the right to read it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.activities.queries.shifts import my_notices
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.members.queries import unit_receipts
from guangcai.portal.forms import TrailFilter
from guangcai.portal.queries import trail

# A workbook holds a million rows, a screen programme is slow with a tenth of them.
MOST_EXPORTED = 100_000


@require_safe
def audit_trail(request: ActorRequest) -> HttpResponse:
    """Every change and every opening of a restricted record in the auditor's area, newest first."""
    if not request.actor.is_signed_in:
        return redirect("account_login")
    shown = _listing(request)
    return render(request, "portal/audit_trail.html", {"listing": shown, "lines": trail.lines(shown.page)})


@require_safe
def audit_trail_export(request: ActorRequest) -> HttpResponse:
    """Exactly the lines the list shows, as a workbook, to be kept outside the house."""
    shown = _listing(request)
    if shown.total > MOST_EXPORTED:
        raise RuleBroken(_("A workbook holds at most %(most)d lines. Choose a shorter time.") % {"most": MOST_EXPORTED})
    columns = [_("Time"), _("Act"), _("Tag"), _("Role"), pgettext("trail", "On"), _("Lane"), _("Number")]
    cells: list[list[Cell]] = [
        [line.event.at, line.act, line.event.tag, line.roles, line.event.subject_id, line.event.lane, line.event.number]
        for line in trail.lines(shown.rows)
    ]
    name = _("Audit trail")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _listing(request: ActorRequest) -> Listing:
    if not request.actor.holds(Permission.AUDIT_VIEW):
        raise Forbidden()
    rows = trail.found_by(trail.trail(request.actor), request.GET.get("q", ""))
    export_url = reverse("portal:audit_trail_export")
    return listing(request, rows, sorts={"at": "at"}, default="-at", filterset=TrailFilter, export_url=export_url)


@require_safe
def messages_page(request: ActorRequest) -> HttpResponse:
    """What somebody was told: his shifts, and for a liaison the receipts of those who reported in."""
    if not request.actor.is_signed_in:
        return redirect("account_login")
    receipts = unit_receipts(request.actor)[:30] if request.actor.holds(Permission.UNIT_ROSTER_VIEW) else []
    context = {"notices": my_notices(request.actor, now=timezone.now()), "receipts": receipts}
    return render(request, "portal/messages.html", context)
