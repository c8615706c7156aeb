"""The list of entries, its export, and one entry with its whole history."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted, show_refusal
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_csv, write_workbook
from guangcai.ledger import commands
from guangcai.ledger.enums import EntryState
from guangcai.ledger.filters import EntryFilter
from guangcai.ledger.forms import ReasonForm
from guangcai.ledger.models import ServiceEntry
from guangcai.ledger.queries import entries as queries
from guangcai.ledger.queries import life

SORTS = {"day": "starts_at", "name": "member__name_sort", "minutes": "minutes"}


def _listing(request: ActorRequest) -> Listing:
    rows = queries.search(queries.entries_of_area(request.actor), request.GET.get("q", ""))
    return listing(request, rows, sorts=SORTS, default="-day", filterset=EntryFilter, export_url="export/")


@require_GET
def entry_list(request: ActorRequest) -> HttpResponse:
    """Every entry of one's area, found by person or activity."""
    shown = _listing(request)
    context = {
        "listing": shown,
        "rows": [queries.entry_row(entry) for entry in shown.page],
        "may_record": request.actor.holds(Permission.ENTRY_RECORD),
        "waiting": queries.waiting_entries(request.actor).count(),
    }
    return render(request, "ledger/entries.html", context)


@require_POST
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, with the fields of Order 67 arts 5 and 7, as Excel or CSV."""
    if not request.actor.holds(Permission.ENTRY_VIEW):
        raise Forbidden()
    rows = _listing(request).rows
    commands.note_export(rows=rows, by=request.actor, now=timezone.now())
    name, columns = _("Service records"), queries.export_columns()
    if request.POST.get("kind") == "csv":
        return file_answer(write_csv(columns, queries.export_rows(rows)), name=name, kind="csv")
    return file_answer(write_workbook([Sheet(name, columns, queries.export_rows(rows))]), name=name, kind="xlsx")


def _entry(request: ActorRequest, pk: UUID) -> ServiceEntry:
    return get_object_or_404(queries.entries(request.actor), pk=pk)


@require_GET
def entry(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One entry: what it says, what became of it, and what this person may do about it."""
    return entry_page(request, _entry(request, pk))


def entry_page(request: ActorRequest, found: ServiceEntry, *, refusal: str = "") -> HttpResponse:
    """The page of an entry; with `refusal` it says why what was asked was not done (422)."""
    row, actor = queries.entry_row(found), request.actor
    may_confirm = actor.can(Permission.ENTRY_CONFIRM, found.path)
    is_own = found.member_id == actor.member_id
    context = {
        "entry": found,
        "row": row,
        "history": life.history(found, actor),
        "refusal": refusal or (queries.refusal_for(found, actor) if may_confirm and row.is_waiting else ""),
        "may_confirm": may_confirm and row.is_waiting,
        "may_reverse": row.state == EntryState.CONFIRMED and actor.can(Permission.ENTRY_REVERSE, found.path),
        "may_object": row.may_be_objected_to and (is_own or actor.can(Permission.ENTRY_RECORD, found.path)),
        "is_own": is_own and not actor.can(Permission.ENTRY_VIEW, found.path),
    }
    return render(request, "ledger/entry.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
def reversal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Undo a confirmed entry: first what will happen and to whom, then one button."""
    found = _entry(request, pk)
    request.actor.require(Permission.ENTRY_REVERSE, found.path)
    if request.method != "POST" and queries.entry_row(found).state != EntryState.CONFIRMED:
        return redirect(found)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.reverse(entry=found, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now())
        except RuleBroken as broken:
            show_refusal(form, broken, starts_at="begins", ends_at="ends")
        else:
            messages.success(request, _("Reversed. The old record stays visible, its hours no longer count."))
            return redirect(found)
    status = 422 if request.method == "POST" else 200
    return render(request, "ledger/reversal.html", {"row": queries.entry_row(found), "form": form}, status=status)
