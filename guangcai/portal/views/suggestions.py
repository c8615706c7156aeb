"""Complaints and suggestions: written by anybody, read and answered where they belong."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.accounts.commands.limits import take
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted, show_refusal
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.portal import commands, rules
from guangcai.portal.forms import AnswerForm, SuggestionFilter, SuggestionForm
from guangcai.portal.queries import inbox


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(request: ActorRequest) -> HttpResponse:
    """The form; sent, it leads to the page where the answer will stand."""
    now = timezone.now()
    places = inbox.places(on=timezone.localdate(now))
    form = SuggestionForm(posted(request), places=places, initial=_own_community(request))
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    place = form.cleaned_data["community"] or inbox.district_of(on=timezone.localdate(now))
    if place is None:
        raise Http404
    try:
        commands.check_not_flooding(take(rules.SUGGESTIONS_OF_ADDRESS, get_adapter().get_client_ip(request), now=now))
        written = commands.add_suggestion(
            id=form.cleaned_data["id"],
            text=form.cleaned_data["text"],
            contact=form.cleaned_data["contact"],
            place=place,
            by=request.actor,
            now=now,
        )
    except RuleBroken as broken:
        show_refusal(form, broken)
        return _form(request, form)
    messages.success(request, _("Received. Keep this page: the answer will stand here."))
    return redirect("portal:suggestion_followed", pk=written.pk)


def _form(request: ActorRequest, form: SuggestionForm) -> HttpResponse:
    return render(request, "portal/suggestion_form.html", {"form": form}, status=422 if form.errors else 200)


def _own_community(request: ActorRequest) -> dict[str, int]:
    nodes = [holding.node_id for holding in request.actor.holdings if holding.node_id]
    return {"community": nodes[0]} if nodes else {}


@require_safe
def followed(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What became of it, for whoever kept the link."""
    found = inbox.followed(pk)
    if found is None:
        raise Http404
    return render(request, "portal/suggestion_followed.html", {"suggestion": found})


def _reader(request: ActorRequest) -> None:
    if not request.actor.holds(Permission.SUGGESTION_READ):
        raise Forbidden()


@require_safe
def suggestions(request: ActorRequest) -> HttpResponse:
    """What people wrote to the actor's area, not answered first."""
    _reader(request)
    return render(request, "portal/suggestions.html", {"listing": _listing(request)})


@require_safe
def suggestions_export(request: ActorRequest) -> HttpResponse:
    """Exactly what the list shows, as a workbook; how to reach a writer is not in it."""
    _reader(request)
    columns = [_("Written"), _("Text"), _("Community"), _("Answer"), _("Answered")]
    cells: list[list[Cell]] = [
        [row.written_at, row.text, row.community.name if row.community else "", row.answer, row.answered_at]
        for row in _listing(request).rows
    ]
    name = _("Complaints and suggestions")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _listing(request: ActorRequest) -> Listing:
    return listing(
        request,
        inbox.inbox(request.actor),
        sorts={"day": "written_at"},
        default="-day",
        filterset=SuggestionFilter,
        per_page=30,
        export_url=reverse("portal:suggestions_export"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One suggestion with the box for its answer."""
    _reader(request)
    found = get_object_or_404(inbox.inbox(request.actor), pk=pk)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        commands.answer_suggestion(
            suggestion=found, answer=form.cleaned_data["answer"], by=request.actor, now=timezone.now()
        )
        messages.success(request, _("Answered. Whoever wrote it reads the answer under his link."))
        return redirect("portal:suggestions")
    return render(
        request,
        "portal/suggestion.html",
        {"suggestion": found, "form": form, "may_propose": request.actor.can(Permission.COUNCIL_EDIT, found.path)},
        status=422 if form.errors else 200,
    )
