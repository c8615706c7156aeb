"""One matter, and what is written down about who quarrels and who mediates."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.asking import ask
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.http import ActorRequest, key_or_none, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.mediation import commands
from guangcai.mediation.forms import MatterForm, MediatorsForm, PartyForm
from guangcai.mediation.queries.page import page_of
from guangcai.mediation.views.finding import found, found_acting, page
from guangcai.members.views.asking import community_of


@login_required
@require_safe
def matter(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One matter: who quarrels and what was said stays closed until the reader opens each."""
    row = found(request, pk)
    return render(request, "mediation/matter.html", {"page": page_of(row, request.actor), "matter": row})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Write a quarrel down in one screen; `from` in the address names the request it grew out of."""
    community = community_of(request, Permission.MEDIATION_EDIT)
    initial = {"id": new_id(), "from_id": key_or_none(request.GET.get("from", ""))}
    form = MatterForm(posted(request), node=community, initial=initial)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            row = commands.open_matter(draft=form.draft(community), by=request.actor, now=timezone.now())
            messages.success(request, _("Written down as %(number)s.") % {"number": row.number})
            return redirect(row)
        except (RuleBroken, Conflict) as refused:
            status = refused.status
            show_refusal(form, refused)
    context = {"form": form, "community": community, "has_mediators": form.fields["mediators"].queryset.exists()}
    return render(request, "mediation/new.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def parties(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Another person of one side."""
    row = found_acting(request, pk)
    form = PartyForm(posted(request), initial={"id": new_id()})
    words = page(row, _("Add a person"), _("Add"), hint=_("Name and phone are sealed; lists never show them."))

    def act() -> object:
        said = {"draft": form.draft(), "id": form.cleaned_data["id"]}
        return commands.add_party(mediation=row, **said, by=request.actor, now=timezone.now())

    return ask(request, form, act, words, said=_("Added."), to=row)


@login_required
@require_http_methods(["GET", "POST"])
def assignment(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who mediates from now on."""
    row = found_acting(request, pk, desk_only=True)
    live = row.assignments.live().values_list("mediator", flat=True)
    form = MediatorsForm(posted(request), node=row.community, initial={"mediators": list(live)})
    hint = _("Whoever no longer mediates sees nothing of the matter any more.")
    words = page(row, _("Choose the mediators"), _("Save"), hint=hint)

    def act() -> object:
        return commands.set_mediators(mediation=row, mediators=form.chosen, by=request.actor, now=timezone.now())

    return ask(request, form, act, words, said=_("Changed."), to=row)
