"""One zone: who holds it, its agreements and their verbs; adding zones and ending them; who leads on which level."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.screens import Refused
from guangcai.members.queries.person import own_member
from guangcai.orgs.forms.communities import communities_run
from guangcai.orgs.models import Node
from guangcai.zones import commands, rules
from guangcai.zones.enums import Coverage, ZoneEnd
from guangcai.zones.forms import EndZoneForm, LotForm, PlacesForm
from guangcai.zones.models import Zone, ZoneAgreement
from guangcai.zones.queries.holders import applicant_for
from guangcai.zones.queries.places import Place, leads_of, places_without
from guangcai.zones.views.refusals import refused

HISTORY_SHOWN = 50


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> Zone:
    """The zone, if the actor may see it (404 else) and holds `permission` there (403 else)."""
    row = get_object_or_404(Zone.objects.visible_to(request.actor).select_related("community", "node"), pk=pk)
    if permission is not None:
        request.actor.require(permission, row.path)
    return row


@login_required
@require_safe
def zone(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Everything about one zone, and what the reader can do with it."""
    return answer(request, found(request, pk))


def answer(request: ActorRequest, row: Zone, *, problem: Refused | None = None) -> HttpResponse:
    """The page of a zone; with a refusal on top it is a 422."""
    on, actor = localdate(), request.actor
    seen = ZoneAgreement.objects.visible_to(actor).filter(zone=row).with_away()
    seen = seen.select_related("member", "community", "renews")
    agreements = list(seen.order_by("-offered_at", "pk")[:HISTORY_SHOWN])
    sees_holders = actor.can(Permission.ROSTER_VIEW, row.path)
    context = {
        "zone": row,
        "problem": problem,
        "sees_holders": sees_holders,
        "may_edit": actor.can(Permission.ZONE_EDIT, row.path) and row.ended_at is None,
        "standing": [_shown(one, agreements, on) for one in agreements if one.ended_at is None],
        "history": [one for one in agreements if one.ended_at is not None],
        "is_free": row.ended_at is None and Zone.objects.covered(Coverage.NOBODY, on=on).filter(pk=row.pk).exists(),
        "new_id": new_id(),
    } | _for_member(request, row)
    return render(request, "zones/zone.html", context, status=422 if problem else 200)


def _shown(row: Any, others: list[ZoneAgreement], on: date) -> dict[str, object]:
    """An agreement with what the day makes of it."""
    held = row.held_since is not None
    is_near = row.remind_on is not None and row.remind_on <= on
    is_renewed = any(other.renews_id == row.pk and other.ended_at is None for other in others)
    return {"row": row, "is_away": held and row.is_away, "is_near": held and is_near, "is_renewed": is_renewed}


def _for_member(request: ActorRequest, row: Zone) -> dict[str, object]:
    """Whether the reader could take it, or why not."""
    member = own_member(request.actor)
    if member is None or row.ended_at is not None:
        return {"is_member": False, "why_not": None}
    try:
        rules.check_offer(applicant_for(member, row, on=localdate()))
    except RuleBroken as broken:
        return {"is_member": True, "why_not": refused(broken, row)}
    return {"is_member": request.actor.can(Permission.ZONE_CLAIM, row.path), "why_not": None}


@login_required
@require_http_methods(["GET", "POST"])
def places(request: ActorRequest) -> HttpResponse:
    """Zones for every place that has none: how many of which kind, and their names, before anything is added."""
    communities, now = communities_run(request.actor, Permission.ZONE_EDIT), timezone.now()
    form = PlacesForm(posted(request), communities=communities)
    if request.method == "POST" and form.is_valid():
        number = commands.add_zones(
            community=form.cleaned_data["community"], kinds=form.chosen(), by=request.actor, now=now
        )
        words = ngettext("%(n)d zone added.", "%(n)d zones added.", number)
        messages.success(request, words % {"n": number})
        return redirect("zones:list")
    wanted = request.GET.get("community", "")
    chosen = communities.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 19 else None
    chosen = chosen or communities.first()
    missing = places_without(chosen, on=localdate(now)) if chosen else []
    context = {"form": form, "chosen": chosen, "communities": communities, "kinds": _by_kind(missing)}
    return render(request, "zones/places.html", context, status=422 if form.errors else 200)


def _by_kind(missing: list[Place]) -> list[tuple[str, str, list[str]]]:
    """(code, label, names) of each kind of place that lacks a zone somewhere."""
    kinds = dict.fromkeys(place.kind for place in missing)
    return [(kind.value, str(kind.label), [p.name for p in missing if p.kind == kind]) for kind in kinds]


@login_required
@require_http_methods(["GET", "POST"])
def lot_new(request: ActorRequest) -> HttpResponse:
    """A lot of its own: a green, a yard, a car park."""
    form = LotForm(posted(request), communities=communities_run(request.actor, Permission.ZONE_EDIT))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = commands.add_lot(
                community=asked["community"], name=asked["name"], id=asked["id"], by=request.actor, now=timezone.now()
            )
            messages.success(request, _("Added. Members of the community can take it now."))
            return redirect("zones:zone", made.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "zones/lot_new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """It is no zone any more: what ends with it, and who is told."""
    row = found(request, pk, permission=Permission.ZONE_EDIT)
    if request.method != "POST" and row.ended_at is not None:
        return redirect("zones:zone", row.pk)
    form = EndZoneForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = ZoneEnd(form.cleaned_data["reason"])
        commands.end_zone(zone=row, reason=reason, by=request.actor, now=timezone.now())
        messages.success(request, _("Ended. Whoever held it is told."))
        return redirect("zones:list")
    held = ZoneAgreement.objects.visible_to(request.actor).live().filter(zone=row).select_related("member")
    context = {"form": form, "zone": row, "agreements": held.order_by("offered_at")}
    return render(request, "zones/end.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def leads(request: ActorRequest, pk: int) -> HttpResponse:
    """Who leads on each level of a community, compound, building: with dates (A12)."""
    seen = Node.objects.filter(under("path", request.actor.paths_with(Permission.ZONE_VIEW)))
    node = get_object_or_404(seen.select_related("parent"), pk=pk)
    context = {
        "node": node,
        "rows": leads_of(node, actor=request.actor, on=localdate()),
        "sees_holders": request.actor.can(Permission.ROSTER_VIEW, node.path),
    }
    return render(request, "zones/leads.html", context)
