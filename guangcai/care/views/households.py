"""Households: the desk's list, one household, and what the desk changes there."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.care import commands
from guangcai.care.enums import ConsentBy, HouseholdEnd, RiskTier
from guangcai.care.filters import HouseholdFilter
from guangcai.care.forms import (
    ConsentForm,
    EndHouseholdForm,
    HouseholdForm,
    TierForm,
    initial_of_household,
)
from guangcai.care.models import Household
from guangcai.care.queries.households import Home, homes, with_state
from guangcai.care.queries.record import opened_by, record
from guangcai.commitments.belonging import place_now
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.screens import Refused
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.members.views.asking import community_of
from guangcai.orgs.models import Node

SORTS = {
    "label": "label",
    "tier": "tier",
    "category": "category",
    "place": "place__code",
    "community": "community__code",
    "holder": "holder",
    "last": "last_on",
}


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> Household:
    """The household, if the actor may see it now (404 else) and holds `permission` there (403 else)."""
    rows = Household.objects.visible_to(request.actor).select_related("community", "place")
    row = get_object_or_404(rows, pk=pk)
    if permission is not None:
        request.actor.require(permission, row.path)
    return row


@login_required
@require_safe
def households(request: ActorRequest) -> HttpResponse:
    """The desk's list; members come to their own, overseers to their figures."""
    if not request.actor.holds(Permission.CARE_VIEW):
        return redirect("care:figures" if request.actor.holds(Permission.CARE_OVERSEE) else "care:mine")
    shown = _listing(request)
    query = request.GET.urlencode()
    context = {
        "listing": shown,
        "rows": homes(shown.page, now=timezone.now()),
        "may_edit": request.actor.holds(Permission.CARE_EDIT),
        "export": f"{reverse('care:export')}?{query}",
    }
    return render(request, "care/list.html", context)


@login_required
@require_POST
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook without a name, and a line in the trail."""
    if not request.actor.holds(Permission.CARE_VIEW):
        request.actor.require_any(Permission.CARE_VIEW)
    rows = homes(_listing(request).rows, now=timezone.now())
    by_community = Counter(home.household.path for home in rows)
    commands.record_household_export(rows=by_community, by=request.actor, now=timezone.now())
    name = pgettext("menu", "Households")
    columns = [pgettext("household", "Label"), _("Category"), _("Risk tier"), _("Community"), _("Building")]
    columns += [_("Looked after by"), _("Last visit"), _("Next visit by"), _("Consent")]
    cells = [_cells(home) for home in rows]
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _cells(home: Home) -> list[Cell]:
    row = home.household
    place = row.place.name if row.place else ""
    first: list[Cell] = [row.label, row.get_category_display(), row.get_tier_display(), row.community.name, place]
    return [*first, home.holder, home.last_on, home.next_on, _("yes") if home.agrees else _("no")]


def _listing(request: ActorRequest) -> Listing:
    rows = Household.objects.visible_to(request.actor)
    rows = with_state(rows.filter(under("path", request.actor.paths_with(Permission.CARE_VIEW))))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(label__icontains=text) | Q(place__name__icontains=text))
    return listing(request, rows, sorts=SORTS, default="label", filterset=HouseholdFilter)


@login_required
@require_safe
def household(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One household: closed until the reader opens it."""
    return answer(request, found(request, pk))


def answer(request: ActorRequest, row: Household, *, problem: Refused | None = None) -> HttpResponse:
    """The page of a household; with a refusal on top it is a 422."""
    context = {
        "record": record(request.actor, row, now=timezone.now()),
        "household": row,
        "problem": problem,
        "is_desk": request.actor.can(Permission.CARE_VIEW, row.path),
    }
    return render(request, "care/household.html", context, status=422 if problem else 200)


@login_required
@require_POST
def opening(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Open the sealed part for fifteen minutes; the opening is a line of the trail."""
    row = found(request, pk)
    reason = request.POST.get("reason", "")
    commands.open_household(household=row, reason=reason, by=request.actor, now=timezone.now())
    messages.success(request, _("Opened for 15 minutes. The opening is written down."))
    return redirect(row)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Write a household down."""
    community = community_of(request, Permission.CARE_EDIT)
    initial = {"id": new_id(), "tier": RiskTier.GENERAL}
    form = HouseholdForm(posted(request), community=community, is_new=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        tier, key = RiskTier(form.cleaned_data["tier"]), form.cleaned_data["id"]
        add: dict[str, Any] = {"community": community, "draft": form.draft(), "tier": tier, "id": key}
        try:
            row = commands.add_household(**add, by=request.actor, now=timezone.now())
            messages.success(request, _("Written down. Note its consent before somebody is asked."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "community": community, "household": None}
    return render(request, "care/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Change what is written down: only on a record the reader has opened, for the form shows it."""
    row = found(request, pk, permission=Permission.CARE_EDIT)
    if request.method != "POST" and not (row.ended_at is None and opened_by(request.actor, row)):
        return redirect(row)
    initial = initial_of_household(row) if opened_by(request.actor, row) else {}
    # Where its community is now: buildings moved along with it.
    here = Node.objects.get(path=place_now(row.path))
    form = HouseholdForm(posted(request), community=here, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            anew = {"said_by": form.cleaned_data["consent_by"], "how": form.cleaned_data["consent_how"]}
            commands.change_household(household=row, draft=form.draft(), by=request.actor, now=timezone.now(), **anew)
            messages.success(request, _("Changed."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "community": row.community, "household": row}
    return render(request, "care/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def tier(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Another risk tier from today on."""
    row = found(request, pk, permission=Permission.CARE_EDIT)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = TierForm(posted(request), initial={"tier": row.tier})
    if request.method == "POST" and form.is_valid():
        asked = RiskTier(form.cleaned_data["tier"])
        try:
            commands.set_tier(
                household=row, tier=asked, why=form.cleaned_data["why"], by=request.actor, now=timezone.now()
            )
            messages.success(request, _("The tier holds from today on."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "care/tier.html", {"form": form, "household": row}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def consent(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The household agrees; with verb=withdraw it agrees no longer."""
    row, now = found(request, pk, permission=Permission.CARE_EDIT), timezone.now()
    if request.POST.get("verb") == "withdraw":
        commands.withdraw_consent(household=row, by=request.actor, now=now)
        messages.success(request, _("Withdrawn. Whoever looked after the household stops today."))
        return redirect(row)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    said = {"given_on": timezone.localdate(now), "said_by": ConsentBy.GUARDIAN if row.needs_guardian else ""}
    form = ConsentForm(posted(request), needs_guardian=row.needs_guardian, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            words = form.cleaned_data | {"said_by": ConsentBy(form.cleaned_data["said_by"])}
            commands.give_consent(household=row, **words, by=request.actor, now=now)
            messages.success(request, _("Consent noted. A member can be asked now."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "care/consent.html", {"form": form, "household": row}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The household is no longer looked after: what happens, and to whom."""
    row = found(request, pk, permission=Permission.CARE_EDIT)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = EndHouseholdForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = HouseholdEnd(form.cleaned_data["reason"])
        commands.end_household(household=row, reason=reason, by=request.actor, now=timezone.now())
        messages.success(request, _("Ended. Visits stay on record."))
        return redirect(row)
    live = row.pairings.filter(ended_at=None).count()
    context = {"form": form, "household": row, "live": live}
    return render(request, "care/end.html", context, status=422 if form.errors else 200)
