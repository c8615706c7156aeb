"""What residents wrote under the plates of the area: read by the desk, with a note on what became of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.orgs.enums import Level
from guangcai.teams import commands
from guangcai.teams.filters import FeedbackFilter
from guangcai.teams.forms import NoteForm
from guangcai.teams.queries import plates as queries
from guangcai.teams.queries import rights


def _reader(request: ActorRequest) -> None:
    if not request.actor.holds(Permission.SUGGESTION_READ):
        raise Forbidden()


@login_required
@require_safe
def inbox(request: ActorRequest) -> HttpResponse:
    """What was written, the newest first."""
    _reader(request)
    return render(request, "teams/feedback_list.html", {"listing": _listing(request)})


@login_required
@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly what the list shows, as a workbook; how to reach a writer is not in it."""
    _reader(request)
    columns = [
        _("Written"),
        _("Member"),
        _("Community"),
        _("How it is meant"),
        _("Text"),
        _("Read"),
        _("What became of it"),
    ]
    cells: list[list[Cell]] = [
        [
            row.written_at,
            row.plate.member.name,
            row.community.name,
            str(row.get_tone_display()),
            row.text,
            row.seen_at,
            row.note,
        ]
        for row in _listing(request).rows
    ]
    name = _("Feedback of residents")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _listing(request: ActorRequest) -> Listing:
    rows, address = queries.inbox(request.actor), reverse("teams:feedback_export")
    sorts = {"day": "written_at", "member": "plate__member__name_sort"}
    return listing(
        request, rows, sorts=sorts, default="-day", filterset=FeedbackFilter, per_page=30, export_url=address
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One of them; the phone only for the desk that may open phones there."""
    _reader(request)
    row = get_object_or_404(queries.inbox(request.actor), pk=pk)
    may_edit = rights.runs(request.actor, level=Level.COMMUNITY, path=row.path)
    if request.method == "POST":
        rights.require_runs(request.actor, level=Level.COMMUNITY, path=row.path)
    form = NoteForm(posted(request), initial={"note": row.note})
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        commands.note_feedback(feedback=row, note=note, by=request.actor, now=timezone.now())
        messages.success(request, _("Read. The member sees it without the phone."))
        return redirect("teams:inbox")
    phone = row.phone if request.actor.can(Permission.PHONE_OPEN, row.path) else ""
    context = {"row": row, "form": form, "may_edit": may_edit, "phone": phone}
    return render(request, "teams/feedback.html", context, status=422 if form.errors else 200)
