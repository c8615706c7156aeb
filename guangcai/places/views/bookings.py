"""Bookings: what waits for whom, one booking, and its verbs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.places import commands
from guangcai.places.enums import BookingState
from guangcai.places.filters import BookingFilter
from guangcai.places.forms import ReasonForm, ReturnForm, ThanksForm
from guangcai.places.models import Booking
from guangcai.places.queries import bookings as queries

SORTS = {"order": "order", "day": "starts_at", "resource": "resource__name", "community": "community__code"}


def found(request: ActorRequest, pk: UUID) -> Booking:
    """The booking, if the actor may see it; 404 else."""
    return get_object_or_404(queries.listed(request.actor), pk=pk)


@login_required
@require_safe
def bookings(request: ActorRequest) -> HttpResponse:
    """Bookings of one's community or of what one's unit lends."""
    if not (request.actor.holds(Permission.RESOURCE_VIEW) or request.actor.holds(Permission.RESOURCE_EDIT)):
        raise Forbidden()
    now, rows = timezone.now(), queries.listed(request.actor)
    if request.GET.get("wait") == "answer":
        rows = rows.to_answer(now).filter(queries.answered_by(request.actor, on=localdate(now)))
    elif request.GET.get("wait") == "return":
        rows = rows.to_return(now).filter(queries.returned_by(request.actor))
    shown = listing(request, queries.ordered(rows, now=now), sorts=SORTS, default="order", filterset=BookingFilter)
    context = {
        "listing": shown,
        "rows": queries.rows_of(shown.page.object_list, now=now),
        "wait": request.GET.get("wait", ""),
    }
    return render(request, "places/bookings.html", context)


@login_required
@require_safe
def booking(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One booking: where it stands and what the reader can do with it."""
    return answer(request, found(request, pk))


def answer(request: ActorRequest, row: Booking, *, problem: RuleBroken | None = None) -> HttpResponse:
    """The page of a booking; with a refusal on top it is a 422."""
    now = timezone.now()
    shown = {"booking": row, "state": row.state(now), "waits": queries.waits_of(row, now=now), "problem": problem}
    context = shown | _verbs(request, row, now=now)
    return render(request, "places/booking.html", context, status=422 if problem else 200)


def _verbs(request: ActorRequest, row: Booking, *, now: datetime) -> dict[str, Any]:
    """Which verbs the reader has just now."""
    actor, state = request.actor, row.state(now)
    rows = Booking.objects.filter(pk=row.pk)
    asks = actor.can(Permission.RESOURCE_BOOK, row.path)
    unit = row.resource.work_unit_id
    owns = actor.can(Permission.RESOURCE_EDIT, row.resource.path) or (
        unit is not None and actor.can_for_unit(Permission.RESOURCE_EDIT, unit)
    )
    is_open = state in (BookingState.ASKED, BookingState.CONFIRMED, BookingState.TO_RETURN)
    has_begun = row.confirmed_at is not None and row.starts_at <= now
    return {
        "may_answer": rows.to_answer(now).filter(queries.answered_by(actor, on=localdate(now))).exists(),
        "may_cancel": is_open and (asks or owns),
        "may_return": is_open and has_begun and (asks or owns),
        "may_thank": state == BookingState.RETURNED and asks and not row.thanks,
        "sees_contact": asks or owns,
        "thanks_form": ThanksForm(),
    }


@login_required
@require_POST
def confirmation(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(request, pk)
    try:
        commands.confirm(booking=row, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row, problem=broken)
    messages.success(request, _("Confirmed. The community is told."))
    return redirect(row)


@login_required
@require_http_methods(["GET", "POST"])
def refusal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The owner cannot lend it, and says why."""
    row = found(request, pk)
    if request.method != "POST" and (row.ended_at or row.confirmed_at):
        return redirect(row)
    return _with_reason(
        request,
        row,
        commands.refuse,
        verb="may_answer",
        page="places/refusal.html",
        done=_("Refused. The community reads why."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def cancellation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Either side calls it off."""
    row = found(request, pk)
    if request.method != "POST" and (row.ended_at or row.returned_at):
        return redirect(row)
    return _with_reason(
        request,
        row,
        commands.cancel,
        verb="may_cancel",
        page="places/cancellation.html",
        done=_("Cancelled. The other side is told."),
    )


def _with_reason(request: ActorRequest, row: Booking, command: Any, *, verb: str, page: str, done: str) -> HttpResponse:
    """The form for those who have the verb; what is sent all the same is judged by the command."""
    now = timezone.now()
    if request.method != "POST" and not _verbs(request, row, now=now)[verb]:
        raise Forbidden()
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            command(booking=row, reason=form.cleaned_data["reason"], by=request.actor, now=now)
            messages.success(request, done)
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, page, {"form": form, "booking": row}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def return_(request: ActorRequest, pk: UUID) -> HttpResponse:
    """How it was given back, with a line of thanks from who asked."""
    row, now = found(request, pk), timezone.now()
    asks = request.actor.can(Permission.RESOURCE_BOOK, row.path)
    if request.method != "POST" and not _verbs(request, row, now=now)["may_return"]:
        return redirect(row)
    minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
    form = ReturnForm(posted(request), may_thank=asks, initial={"minutes": minutes})
    if request.method == "POST" and form.is_valid():
        try:
            commands.give_back(booking=row, use=form.use(), by=request.actor, now=now)
            if form.cleaned_data.get("thanks"):
                commands.thank(booking=row, words=form.cleaned_data["thanks"], by=request.actor, now=now)
            messages.success(request, _("Written down: it is back."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "places/return.html", {"form": form, "booking": row}, status=422 if form.errors else 200)


@login_required
@require_POST
def thanks(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(request, pk)
    form = ThanksForm(posted(request))
    words = form.cleaned_data["thanks"] if form.is_valid() else ""
    try:
        commands.thank(booking=row, words=words, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row, problem=broken)
    messages.success(request, _("The owner reads it on this page."))
    return redirect(row)
