"""Studios: the list, one studio, opening, changing and ending one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.asking import Page, ask
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.members.queries.person import own_member
from guangcai.members.views.asking import asked, community_of
from guangcai.orgs.forms.communities import communities_of
from guangcai.studios import commands
from guangcai.studios.filters import StudioFilter
from guangcai.studios.forms import OpenForm, ReasonForm, StudioForm, open_initial
from guangcai.studios.models import Studio
from guangcai.studios.queries import studios as queries
from guangcai.studios.queries.sitting import serves_at

SORTS = {"name": "name", "kind": "kind__position", "place": "path", "next": "next_at", "people": "sitters"}


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> Studio:
    """The studio, if the actor may see it (404 else) and holds `permission` there (403 else)."""
    rows = Studio.objects.visible_to(request.actor).select_related("community", "kind", "host", "point", "activity")
    row = get_object_or_404(rows, pk=pk)
    if permission is not None:
        request.actor.require(permission, row.path)
    return row


@login_required
@require_safe
def studios(request: ActorRequest) -> HttpResponse:
    """Studios of one's area, the kinds in their order."""
    asked(request.actor, Permission.STUDIO_VIEW)
    rows = queries.with_numbers(Studio.objects.visible_to(request.actor), now=timezone.now())
    shown = listing(request, rows, sorts=SORTS, default="kind", filterset=StudioFilter)
    context = {
        "listing": shown,
        "rows": queries.rows_of(shown.page.object_list),
        "may_edit": request.actor.holds(Permission.STUDIO_EDIT),
    }
    return render(request, "studios/list.html", context)


@login_required
@require_safe
def studio(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One studio: when it opens, who sits, what was held."""
    return render(request, "studios/studio.html", page_of(request, found(request, pk)))


def page_of(request: ActorRequest, row: Studio) -> dict[str, Any]:
    """What the page of a studio shows to this reader."""
    now, actor = timezone.now(), request.actor
    today = queries.session_today(row, now=now)
    member = own_member(actor)
    rota = queries.rota_of(row, actor)
    own = next((one for one in rota if member is not None and one.member_id == member.pk), None)
    is_open = row.ended_at is None
    return {
        "studio": row,
        "opens": queries.opens_of(row),
        "today": today,
        "serves": today is not None and serves_at(today, actor),
        "coming": queries.sessions_of(row, now=now, coming=True),
        "past": queries.sessions_of(row, now=now, coming=False),
        "rota": rota if actor.can(Permission.ROSTER_VIEW, row.path) else [],
        "backgrounds": queries.backgrounds_of(row, on=timezone.localdate(now)),
        "own": own,
        "sees_rota": actor.can(Permission.ROSTER_VIEW, row.path),
        "may_edit": actor.can(Permission.STUDIO_EDIT, row.path) and is_open,
        "may_offer": member is not None and own is None and is_open and actor.can(Permission.STUDIO_JOIN, row.path),
        "hall_url": request.build_absolute_uri(reverse("studios:hall", args=[row.pk])),
    }


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Open a studio and plan its sessions."""
    home, now = community_of(request, Permission.STUDIO_EDIT), timezone.now()
    mine = communities_of(request.actor, Permission.STUDIO_EDIT)
    lead = request.user.name  # type: ignore[union-attr]
    start = open_initial(now=now, lead_name=lead) | {"community": home.pk}
    form = OpenForm(posted(request), actor=request.actor, communities=mine, path=home.path, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            row = _open(request, form)
            messages.success(request, _("Opened. Its sessions are planned: put people on the roster."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "studios/new.html", {"form": form}, status=422 if form.errors else 200)


def _open(request: ActorRequest, form: OpenForm) -> Studio:
    return commands.open_studio(
        community=form.cleaned_data["community"],
        draft=form.draft(),
        repeat=form.repeat(),
        by=request.actor,
        now=timezone.now(),
        id=form.cleaned_data["id"],
    )


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(request, pk, permission=Permission.STUDIO_EDIT)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = StudioForm(posted(request), studio=row, actor=request.actor)

    def act() -> Studio:
        return commands.change_studio(studio=row, draft=form.draft(), by=request.actor, now=timezone.now())

    page = Page(pgettext("studio", "Change the studio"), _("Save"), (row.get_absolute_url(), row.name))
    return ask(request, form, act, page, said=_("Saved."))


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a studio: what happens, before it does."""
    row = found(request, pk, permission=Permission.STUDIO_EDIT)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = ReasonForm(posted(request))

    def act() -> Studio:
        reason = form.cleaned_data["reason"]
        return commands.end_studio(studio=row, reason=reason, by=request.actor, now=timezone.now())

    page = Page(
        pgettext("studio", "End the studio"),
        pgettext("studio", "End it"),
        (row.get_absolute_url(), row.name),
        hint=_(
            "Sessions to come are called off and whoever was to sit or has an appointment is told. What was held stays."
        ),
        danger=True,
    )
    return ask(request, form, act, page, said=_("The studio has ended. Everybody concerned is told."))
