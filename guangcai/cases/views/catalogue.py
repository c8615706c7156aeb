"""The catalogue: what can be asked for, how long it may take, who answers."""

from itertools import groupby
from operator import attrgetter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.cases import commands
from guangcai.cases.forms import ItemForm, lines_of, offered
from guangcai.cases.models import Item
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.views.asking import asked, community_of


@login_required
@require_safe
def catalogue(request: ActorRequest) -> HttpResponse:
    """Categories with their items; the desk adds its own."""
    asked(request.actor, Permission.CASE_VIEW)
    community = community_of(request, Permission.CASE_VIEW)
    items = list(offered(community))
    context = {
        "community": community,
        "groups": [(key, list(rows)) for key, rows in groupby(items, key=attrgetter("category"))],
        "total": len(items),
        "may_edit": request.actor.can(Permission.CASE_EDIT, community.path),
    }
    return render(request, "cases/catalogue.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """One more item, for this community."""
    community = community_of(request, Permission.CASE_EDIT)
    form = ItemForm(posted(request), node=community, initial={"counted_in": "calendar", "id": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            add = {"node": community, "draft": form.draft(), "id": form.cleaned_data["id"]}
            commands.add_item(**add, by=request.actor, now=timezone.now())
            messages.success(request, _("Added to the catalogue of this community."))
            return redirect("cases:catalogue")
        except RuleBroken as broken:
            show_refusal(form, broken, fields="questions")
    return render(request, "cases/item.html", {"form": form, "item": None}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Change one of the community's own items; requests under way keep their times."""
    row = _own(request, pk)
    initial = {name: getattr(row, name) for name in ItemForm.base_fields if name not in ("id", "questions")}
    form = ItemForm(posted(request), node=row.node, initial={**initial, "questions": lines_of(row.fields)})
    del form.fields["id"]
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_item(item=row, draft=form.draft(), by=request.actor, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("cases:catalogue")
        except RuleBroken as broken:
            show_refusal(form, broken, fields="questions")
    return render(request, "cases/item.html", {"form": form, "item": row}, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """Offered no more."""
    commands.end_item(item=_own(request, pk), by=request.actor, now=timezone.now())
    messages.success(request, _("Offered no more. Requests keep it."))
    return redirect("cases:catalogue")


def _own(request: ActorRequest, pk: int) -> Item:
    """An item that a node of the actor's area added; shipped ones are changed by nobody."""
    row = get_object_or_404(Item.objects.filter(node__isnull=False).select_related("node"), pk=pk)
    request.actor.require(Permission.CASE_EDIT, row.path)
    return row
