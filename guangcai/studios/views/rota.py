"""The roster: offering to sit, taking somebody on, ending it, giving out the seats."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.commitments.enums import EndReason
from guangcai.commitments.forms import EndForm
from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, posted
from guangcai.core.permissions import Permission
from guangcai.members.queries.person import own_member
from guangcai.studios import commands
from guangcai.studios.forms import OfferForm
from guangcai.studios.models import RotaPlace
from guangcai.studios.views.studios import found


def found_place(request: ActorRequest, pk: UUID) -> RotaPlace:
    """The place on a roster, if the actor may see it: his own, or of the area whose roster he sees; 404 else."""
    rows = RotaPlace.objects.visible_to(request.actor).select_related("studio", "member", "background")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A member offers to sit; the desk writes down somebody who offered at the counter."""
    row = found(request, pk)
    is_desk = request.actor.can(Permission.STUDIO_EDIT, row.path)
    own = None if is_desk else own_member(request.actor)
    if own is None:
        request.actor.require(Permission.STUDIO_EDIT, row.path)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = OfferForm(posted(request), studio=row, actor=request.actor, own=own)

    def act() -> RotaPlace:
        return commands.offer_to_sit(studio=row, **form.told(), by=request.actor, now=timezone.now())

    title = pgettext("studio", "Put somebody on the roster") if is_desk else pgettext("studio", "Offer to sit")
    hint = "" if is_desk else _("The desk confirms. You step back from a session, or from the roster, at any time.")
    said = _("On the roster.") if is_desk else _("Offered. The desk confirms it.")
    page = Page(title, title, (row.get_absolute_url(), row.name), hint=hint)
    return ask(request, form, act, page, said=said, to=row, names={"member": "who"})


@login_required
@require_POST
def confirmation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The desk takes somebody onto the roster."""
    place = found_place(request, pk)
    commands.confirm_sitter(place=place, by=request.actor, now=timezone.now())
    messages.success(request, _("On the roster."))
    return redirect(place.studio)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Either side ends it."""
    place = found_place(request, pk)
    own = place.member_id == request.actor.member_id
    if not own:
        request.actor.require(Permission.STUDIO_EDIT, place.path)
    if request.method != "POST" and place.ended_at is not None:
        return redirect(place.studio)
    form = EndForm(posted(request), own=own)

    def act() -> RotaPlace:
        reason, note = EndReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        return commands.end_sitting(place=place, reason=reason, note=note, by=request.actor, now=timezone.now())

    page = Page(
        pgettext("studio", "Leave the roster") if own else pgettext("studio", "Take off the roster"),
        pgettext("studio", "Leave the roster") if own else pgettext("studio", "Take off the roster"),
        (place.studio.get_absolute_url(), place.studio.name),
        lead=place.member.name,
        hint=_("Seats at sessions to come become free."),
    )
    return ask(request, form, act, page, said=_("Ended. Thank you for what was given."), to=place.studio)


@login_required
@require_POST
def seats(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Give the free seats of the next weeks to the roster."""
    row = found(request, pk, permission=Permission.STUDIO_EDIT)
    given = commands.fill_seats(studio=row, by=request.actor, now=timezone.now())
    words = ngettext("%(n)d seat given out.", "%(n)d seats given out.", given)
    messages.success(request, words % {"n": given} if given else _("No seat was free, or nobody could sit."))
    return redirect(row)
