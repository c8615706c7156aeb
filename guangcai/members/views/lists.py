"""The shorter lists: hidden members, relations elsewhere, possible duplicates and their merge."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, posted
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.members import commands, queries
from guangcai.members.forms import MergeForm
from guangcai.members.models import DuplicatePair
from guangcai.members.queries.pairs import compare
from guangcai.members.views.asking import asked, community_of
from guangcai.members.views.sections import sections

NAME_AND_CONTACT = {"name": "name_sort", "contact": "silent_since"}


@require_safe
def hidden(request: ActorRequest) -> HttpResponse:
    """Members nobody was in contact with for half a year, or ever; noted with one tap when found."""
    asked(request.actor, Permission.ROSTER_VIEW)
    rows = queries.hidden_members(request.actor, on=timezone.localdate())
    rows = queries.found_by(rows, request.GET.get("q", ""))
    context = {
        "listing": listing(request, rows, sorts=NAME_AND_CONTACT, default="contact"),
        "sections": sections(request.actor, "hidden"),
        "may_edit": request.actor.holds(Permission.ROSTER_EDIT),
    }
    return render(request, "members/hidden.html", context)


@require_safe
def elsewhere(request: ActorRequest) -> HttpResponse:
    """Relation here and home elsewhere (A07), or the other way round."""
    asked(request.actor, Permission.ROSTER_VIEW)
    reverse_side = request.GET.get("side") == "home"
    today = timezone.localdate()
    rows = queries.elsewhere(request.actor, relation_here=not reverse_side, on=today)
    url = reverse("members:elsewhere")
    tabs = [
        Tab(_("Relation here, lives elsewhere"), url, current=not reverse_side),
        Tab(_("Lives here, relation elsewhere"), f"{url}?side=home", current=reverse_side),
    ]
    sorts = {"name": "name_sort"}
    context = {
        "listing": listing(request, rows, sorts=sorts, default="name"),
        "sections": sections(request.actor, "elsewhere"),
        "sides": tabs,
        "lives_here": reverse_side,
    }
    return render(request, "members/elsewhere.html", context)


@require_safe
def duplicates(request: ActorRequest) -> HttpResponse:
    """Pairs that may be one person, side by side."""
    asked(request.actor, Permission.ROSTER_EDIT)
    rows = queries.open_pairs(request.actor)
    shown = listing(request, rows, sorts={"found": "found_at"}, default="found", per_page=20)
    return render(
        request, "members/duplicates.html", {"listing": shown, "sections": sections(request.actor, "duplicates")}
    )


@require_POST
def duplicate_search(request: ActorRequest) -> HttpResponse:
    """Look through the whole roster of the community once more."""
    community = community_of(request, Permission.ROSTER_EDIT)
    found = commands.find_duplicates(path=community.path, by=request.actor, now=timezone.now())
    words = ngettext("%(count)d new pair found.", "%(count)d new pairs found.", found)
    messages.success(request, words % {"count": found})
    return redirect("members:duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: ActorRequest, key: UUID) -> HttpResponse:
    """Two records side by side; which one stays, what moves, then the merge."""
    asked(request.actor, Permission.ROSTER_EDIT)
    pair = get_object_or_404(queries.open_pairs(request.actor), pk=key)
    context = {"pair": pair, "sides": compare(pair, actor=request.actor), "error": None}
    form = MergeForm(posted(request))
    if not form.is_bound:
        return render(request, "members/duplicate.html", context)
    try:
        if not form.is_valid():
            raise RuleBroken(_("Say which of the two records stays."), field="kept", code="kept_missing")
        kept, gone = (pair.first, pair.second) if form.cleaned_data["kept"] == "first" else (pair.second, pair.first)
        commands.merge_members(kept=kept, gone=gone, by=request.actor, now=timezone.now())
    except (RuleBroken, Forbidden) as refusal:
        context["error"] = refusal
        return render(request, "members/duplicate.html", context, status=refusal.status)
    messages.success(request, _("The two records of %(name)s are one now; everything moved.") % {"name": kept})
    return redirect(kept)


@require_POST
def duplicate_dismissal(request: ActorRequest, key: UUID) -> HttpResponse:
    """Two different persons: not offered again."""
    pair = get_object_or_404(DuplicatePair.objects.visible_to(request.actor), pk=key)
    commands.dismiss_duplicate(pair=pair, by=request.actor, now=timezone.now())
    messages.success(request, _("Noted as two persons. The pair will not come up again."))
    return redirect("members:duplicates")
