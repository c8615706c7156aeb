"""Typing in a service that no shift recorded: first who, then what."""

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
from guangcai.core.permissions import Permission
from guangcai.ledger import commands
from guangcai.ledger.forms import BackFillForm
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by, roster, with_links

MOST_FOUND = 20


@require_GET
def choose(request: ActorRequest) -> HttpResponse:
    """Whose service is it?"""
    if not request.actor.holds(Permission.ENTRY_RECORD):
        request.actor.require(Permission.ENTRY_RECORD, "/")
    text = request.GET.get("q", "").strip()
    found = found_by(roster(request.actor), text) if text else Member.objects.none()
    people = with_links(found).order_by("name_sort", "pk")[:MOST_FOUND]
    return render(request, "ledger/back_fill_choose.html", {"q": text, "people": people})


@require_http_methods(["GET", "POST"])
def add(request: ActorRequest, member_id: UUID) -> HttpResponse:
    """The form, and the record it makes; the secretary approves it like any other confirmation."""
    member = get_object_or_404(roster(request.actor).select_related("community"), pk=member_id)
    request.actor.require(Permission.ENTRY_RECORD, member.path)
    form = BackFillForm(
        posted(request), actor=request.actor, initial={"id": new_id(), "community": member.community_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            entry = _back_fill(request, member, form)
        except RuleBroken as broken:
            show_refusal(form, broken, starts_at="begins", ends_at="ends")
        else:
            messages.success(request, _("Written down. It counts once the secretary has approved it."))
            return redirect(entry)
    status = 422 if request.method == "POST" else 200
    return render(request, "ledger/back_fill.html", {"form": form, "member": member}, status=status)


def _back_fill(request: ActorRequest, member: Member, form: BackFillForm) -> ServiceEntry:
    starts_at, ends_at, minutes = form.span()
    names = ("id", "community", "kind", "activity_name", "content", "place", "lead_name", "reason")
    return commands.back_fill(
        member=member,
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=minutes,
        deeds=int(form.cleaned_data["deeds"]),
        **{name: form.cleaned_data[name] for name in names},
        by=request.actor,
        now=timezone.now(),
    )
