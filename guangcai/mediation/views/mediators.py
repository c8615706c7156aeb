"""Mediators of the community: the list, one more, one less."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, posted
from guangcai.core.ids import new_id
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.mediation import commands
from guangcai.mediation.forms import EmptyForm, MediatorForm
from guangcai.mediation.models import Mediator
from guangcai.mediation.queries.page import offered_members
from guangcai.members.views.asking import asked, community_of

SORTS = {"name": "name", "since": "since", "load": "load"}
OPEN_ONES = Q(assignments__ended_at=None, assignments__mediation__ended_at=None, assignments__isnull=False)


def _back() -> tuple[str, str]:
    return reverse("mediation:mediators"), _("Mediators")


@login_required
@require_safe
def mediators(request: ActorRequest) -> HttpResponse:
    """Who mediates in the community, since when, how many matters he has now."""
    asked(request.actor, Permission.MEDIATION_VIEW)
    rows = Mediator.objects.visible_to(request.actor).serving().annotate(load=Count("assignments", filter=OPEN_ONES))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(name__icontains=text)
    shown = listing(request, rows.select_related("node"), sorts=SORTS, default="name")
    context = {"listing": shown, "rows": list(shown.page), "may_edit": request.actor.holds(Permission.MEDIATION_EDIT)}
    return render(request, "mediation/mediators.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """A member of the community, or a named elder who is none."""
    node = community_of(request, Permission.MEDIATION_EDIT)
    form = MediatorForm(posted(request), members=offered_members(node.pk), initial={"id": new_id()})
    page = Page(_("Add a mediator"), _("Add"), _back(), lead=node.name)

    def act() -> object:
        said = {"draft": form.draft(), "id": form.cleaned_data["id"]}
        return commands.add_mediator(node=node, **said, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Added. He can be asked from today on."), to="mediation:mediators")


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """He mediates no longer: what happens, and to whom."""
    row = get_object_or_404(Mediator.objects.visible_to(request.actor), pk=pk)
    request.actor.require(Permission.MEDIATION_EDIT, row.path)
    if row.until is not None:
        return redirect("mediation:mediators")
    form = EmptyForm(posted(request))
    hint = _("From now on he sees none of his matters any more. Choose somebody else for those that are open.")
    page = Page(_("%(name)s no longer mediates") % {"name": row.name}, _("End it"), _back(), hint=hint, danger=True)

    def act() -> object:
        return commands.end_mediator(mediator=row, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Ended."), to="mediation:mediators")
