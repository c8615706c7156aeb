"""The desk's confirmation list: everybody of a shift ticked, exceptions with their reason, one button."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids, key_or_none, posted, show_refusal
from guangcai.core.permissions import Permission
from guangcai.ledger import commands
from guangcai.ledger.commands import Confirmation
from guangcai.ledger.forms import ReasonForm
from guangcai.ledger.queries import entries as queries
from guangcai.ledger.views.entries import entry_page


@require_http_methods(["GET", "POST"])
def confirmations(request: ActorRequest) -> HttpResponse:
    """What waits, by shift. A ticked row is confirmed, one with a reason is not, an unticked one is left for later."""
    if not request.actor.holds(Permission.ENTRY_CONFIRM):
        request.actor.require(Permission.ENTRY_CONFIRM, "/")
    error = None
    if request.method == "POST":
        try:
            _confirm(request)
            return redirect("ledger:confirmations")
        except RuleBroken as broken:
            error = broken
    groups = queries.waiting_groups(request.actor)
    total = queries.count_waiting(request.actor)
    shown = sum(len(group.rows) for group in groups)
    context = {
        "groups": groups,
        "total": total,
        "later": total - shown,
        "ready": sum(group.ready for group in groups),
        "error": error,
    }
    return render(request, "ledger/confirmations.html", context, status=422 if error else 200)


def _confirm(request: ActorRequest) -> None:
    reasons = _reasons(request)
    asked = {*chosen_ids(request), *reasons}
    if not asked:
        raise RuleBroken(_("Nothing was ticked, nothing was confirmed."), code="nobody")
    chosen = list(queries.waiting_entries(request.actor).filter(pk__in=asked))
    if not chosen:
        messages.info(request, _("These records do not wait any more."))
        return
    result = commands.confirm(entries=chosen, except_=reasons, by=request.actor, now=timezone.now())
    _say(request, result)


def _reasons(request: ActorRequest) -> dict[UUID, str]:
    """What was typed beside the rows: the row's key -> why it is not confirmed; empty ones are left out."""
    prefix = "reason-"
    typed = {
        key_or_none(name.removeprefix(prefix)): text.strip()
        for name, text in request.POST.items()
        if name.startswith(prefix)
    }
    return {key: reason for key, reason in typed.items() if key and reason}


def _say(request: ActorRequest, result: Confirmation) -> None:
    """What happened, in one sentence each: confirmed, not confirmed, refused by name."""
    if count := len(result.confirmed):
        words = ngettext(
            "%(count)d record confirmed; it counts now.", "%(count)d records confirmed; they count now.", count
        )
        messages.success(request, words % {"count": count})
    if count := len(result.declined):
        words = ngettext("%(count)d record was not confirmed.", "%(count)d records were not confirmed.", count)
        messages.info(request, words % {"count": count})
    names = queries.names_of_refused((refused.entry_id for refused in result.refused), request.actor)
    for refused in result.refused:
        words = {"name": names.get(refused.entry_id, ""), "why": queries.refusal_text(refused.why)}
        messages.warning(request, _("%(name)s: %(why)s") % words)


@require_POST
def one(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Confirm a single entry from its page."""
    found = get_object_or_404(queries.entries(request.actor), pk=pk)
    done = commands.confirm(entries=[found], by=request.actor, now=timezone.now())
    if done.refused:
        return entry_page(request, found, refusal=queries.refusal_text(done.refused[0].why))
    _say(request, done)
    return redirect(found)


@require_http_methods(["GET", "POST"])
def declined(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Do not confirm a single entry, with a reason."""
    found = get_object_or_404(queries.entries(request.actor), pk=pk)
    request.actor.require(Permission.ENTRY_CONFIRM, found.path)
    if request.method != "POST" and not queries.entry_row(found).is_waiting:
        return redirect(found)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.decline(entry=found, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now())
        except RuleBroken as broken:
            show_refusal(form, broken)
        else:
            messages.success(request, _("Not confirmed. The member reads your reason."))
            return redirect(found)
    status = 422 if request.method == "POST" else 200
    return render(request, "ledger/decline.html", {"row": queries.entry_row(found), "form": form}, status=status)
