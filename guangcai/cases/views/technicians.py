"""Technicians: the list, and one of them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.cases import commands
from guangcai.cases.enums import ASSIGNED
from guangcai.cases.forms import TechnicianForm, initial_of_technician
from guangcai.cases.models import Case, Technician
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.members.views.asking import asked, community_of

SORTS = {"name": "name", "node": "node__code", "paid": "is_paid"}


@login_required
@require_safe
def technicians(request: ActorRequest) -> HttpResponse:
    """Who can be asked for which trade, and when; how many jobs he has now."""
    asked(request.actor, Permission.CASE_VIEW)
    rows = Technician.objects.visible_to(request.actor).filter(Q(until=None) | Q(until__gt=timezone.localdate()))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(
            Q(name__icontains=text) | Q(skills__category__name__icontains=text) | Q(skills__item__name__icontains=text)
        ).distinct()
    shown = listing(
        request,
        rows.select_related("node").prefetch_related("skills__category", "skills__item", "rota"),
        sorts=SORTS,
        default="name",
    )
    load = _load(shown)
    context = {
        "listing": shown,
        "rows": [(row, load.get(row.pk, 0), request.actor.can(Permission.CASE_EDIT, row.path)) for row in shown.page],
        "may_edit": request.actor.holds(Permission.CASE_EDIT),
    }
    return render(request, "cases/technicians.html", context)


def _load(shown: Listing) -> dict[UUID, int]:
    """Open jobs of each technician of the page, in one statement."""
    keys = [row.pk for row in shown.page]
    rows = Case.objects.filter(state__in=ASSIGNED, assignment__technician__in=keys).order_by()
    return dict(rows.values_list("assignment__technician").annotate(jobs=Count("pk")))


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Write a technician down in the community."""
    community = community_of(request, Permission.CASE_EDIT)
    form = TechnicianForm(posted(request), initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        add = {"node": community, "draft": form.draft(), "id": form.cleaned_data["id"]}
        try:
            commands.add_technician(**add, by=request.actor, now=timezone.now())
            messages.success(request, _("Written down. He can be asked from today on."))
            return redirect("cases:technicians")
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "place": community, "technician": None}
    return render(request, "cases/technician.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Other trades, hours or phone."""
    row = _found(request, pk)
    form = TechnicianForm(posted(request), initial=initial_of_technician(row))
    del form.fields["id"]
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_technician(technician=row, draft=form.draft(), by=request.actor, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("cases:technicians")
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "place": row.node, "technician": row}
    return render(request, "cases/technician.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """He is asked no more."""
    row = _found(request, pk)
    commands.end_technician(technician=row, by=request.actor, now=timezone.now())
    messages.success(request, _("He is asked no more. What he has now stays with him."))
    return redirect("cases:technicians")


def _found(request: ActorRequest, pk: UUID) -> Technician:
    rows = Technician.objects.visible_to(request.actor).select_related("node")
    row = get_object_or_404(rows.prefetch_related("skills", "rota"), pk=pk)
    request.actor.require(Permission.CASE_EDIT, row.path)
    return row
