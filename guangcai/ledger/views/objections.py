"""Objections: the member says what is wrong, the desk answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.screens import Tab
from guangcai.ledger import commands
from guangcai.ledger.forms import AnswerForm, ObjectionForm
from guangcai.ledger.models import Objection, ServiceEntry
from guangcai.ledger.queries import entries as queries
from guangcai.ledger.queries import life


@require_GET
def inbox(request: ActorRequest) -> HttpResponse:
    """Objections of one's area, open ones first and oldest first; the answered ones behind a tab."""
    area = under("path", request.actor.paths_with(Permission.ENTRY_VIEW))
    rows = Objection.objects.visible_to(request.actor).filter(area).select_related("entry", "member", "community")
    answered = request.GET.get("state") == "answered"
    shown = listing(
        request,
        rows.exclude(answered_at=None) if answered else rows.open(),
        sorts={"raised": "raised_at"},
        default="-raised" if answered else "raised",
    )
    tabs = [
        Tab(_("To be answered"), "?", current=not answered, count=rows.open().count()),
        Tab(_("Answered"), "?state=answered", current=answered),
    ]
    return render(request, "ledger/objections.html", {"listing": shown, "tabs": tabs, "answered": answered})


@require_http_methods(["GET", "POST"])
def answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One objection beside the record it is about, and the answer to it."""
    rows = Objection.objects.visible_to(request.actor).select_related("member")
    objection = get_object_or_404(rows, pk=pk)
    entry = get_object_or_404(queries.entries(request.actor), pk=objection.entry_id)
    if request.method == "POST":
        request.actor.require(Permission.ENTRY_CONFIRM, objection.path)
    form = AnswerForm(posted(request), initial=_as_recorded(entry))
    if request.method == "POST" and form.is_valid():
        try:
            commands.answer_objection(
                objection=objection,
                answer=form.cleaned_data["answer"],
                correction=form.correction(),
                by=request.actor,
                now=timezone.now(),
            )
        except RuleBroken as broken:
            show_refusal(form, broken)
        else:
            messages.success(request, _("Answered. The member reads it with the record."))
            return redirect("ledger:objections")
    is_open = objection.answered_at is None
    context = {
        "objection": objection,
        "row": queries.entry_row(entry),
        "history": life.history(entry, request.actor),
        "form": form,
        "may_answer": is_open and request.actor.can(Permission.ENTRY_CONFIRM, objection.path),
    }
    return render(request, "ledger/objection.html", context, status=422 if request.method == "POST" else 200)


def _as_recorded(entry: ServiceEntry) -> dict[str, object]:
    starts_at, ends_at = timezone.localtime(entry.starts_at), timezone.localtime(entry.ends_at)
    return {
        "day": starts_at.date(),
        "begins": starts_at.time(),
        "ends": ends_at.time(),
        "minutes": entry.minutes,
        "deeds": bool(entry.deeds),
    }


@require_http_methods(["GET", "POST"])
def raised(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Say that a record is wrong: the member on the phone, or the desk for a member who came by."""
    entry = get_object_or_404(queries.entries(request.actor), pk=pk)
    if request.method != "POST" and not queries.entry_row(entry).may_be_objected_to:
        return redirect(entry)
    form = ObjectionForm(posted(request), initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            commands.raise_objection(
                id=form.cleaned_data["id"],
                entry=entry,
                text=form.cleaned_data["text"],
                by=request.actor,
                now=timezone.now(),
            )
        except RuleBroken as broken:
            show_refusal(form, broken)
        else:
            messages.success(request, _("Sent to the community. You will read the answer with the record."))
            return redirect(entry)
    status = 422 if request.method == "POST" else 200
    return render(request, "ledger/objection_new.html", {"row": queries.entry_row(entry), "form": form}, status=status)
