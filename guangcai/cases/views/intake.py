"""A case is written down: by the desk for a caller, by a member for himself."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.cases import commands
from guangcai.cases.enums import CaseChannel, OriginKind
from guangcai.cases.forms import AskForm, IntakeForm
from guangcai.cases.queries import grown
from guangcai.cases.queries.likeness import like_this
from guangcai.commitments import origins
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.queries.person import own_member
from guangcai.members.views.asking import community_of

TEMPLATE = "cases/intake.html"


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """One screen for a caller: what, where, how to reach."""
    community = community_of(request, Permission.CASE_EDIT)
    initial = {"id": new_id(), "channel": CaseChannel.PHONE, "wants_word": True, "item": request.GET.get("item", "")}
    kind, origin = origins.asked_for(request, page=grown.PAGE)
    form = IntakeForm(posted(request), request.FILES or None, community=community, actor=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            draft = replace(form.draft(), from_kind=OriginKind(kind) if kind else None, from_id=origin)
            case = commands.raise_case(draft=draft, by=request.actor, now=timezone.now())
            words = _("Written down as %(number)s. Ask somebody to see to it.") % {"number": case.number}
            messages.success(request, words)
            return redirect(case)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {
        "form": form,
        "community": community,
        "like": _like(request, form),
        "origin": OriginKind(kind).label if kind else "",
    }
    return render(request, TEMPLATE, context, status=422 if form.errors else 200)


def _like(request: ActorRequest, form: IntakeForm) -> list[Any]:
    """Cases like the one that is being typed; none before something was typed."""
    typed = posted(request) or request.GET
    what, place = typed.get("what", "").strip(), typed.get("place", "")
    if not what and not place:
        return []
    buildings: Any = form.fields["place"]
    found = buildings.queryset.filter(pk=place).first() if place.isdecimal() and len(place) < 12 else None
    return like_this(
        request.actor, community=form.community, item=form.chosen, what=what, place=found, now=timezone.now()
    )


@login_required
@require_safe
def likeness(request: ActorRequest) -> HttpResponse:
    """While somebody types: what the item asks, and open cases that may be the same."""
    community = community_of(request, Permission.CASE_EDIT)
    item = request.GET.get("item", "")
    form = IntakeForm(None, community=community, actor=request.actor, initial={"item": item})
    context = {"form": form, "community": community, "like": _like(request, form)}
    part = "questions" if request.GET.get("part") == "questions" else "like"
    return render(request, f"{TEMPLATE}#{part}", context)


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest) -> HttpResponse:
    """A member asks for something himself."""
    member = own_member(request.actor)
    if member is None or member.community is None:
        raise Forbidden(_("Your account is not on a roster. Ask the desk of your community."))
    initial = {"id": new_id(), "item": request.GET.get("item", "")}
    form = AskForm(posted(request), request.FILES or None, community=member.community, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            case = commands.raise_case(draft=form.draft_of(member), by=request.actor, now=timezone.now())
            messages.success(
                request, _("Sent as %(number)s. You hear when somebody sees to it.") % {"number": case.number}
            )
            return redirect(case)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "cases/ask.html", {"form": form, "member": member}, status=422 if form.errors else 200)
