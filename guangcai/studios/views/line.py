"""The line of a session: numbers at the desk, the next one called, what became of each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guangcai.activities.models import Shift, SignUp
from guangcai.cases.models import Case
from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError, RuleBroken
from guangcai.core.http import ActorRequest, key_or_none, posted, respond
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.text import spelled
from guangcai.studios import commands, keys, rules
from guangcai.studios.enums import OVER, TicketState, Way
from guangcai.studios.forms import CounterForm
from guangcai.studios.models import Studio, Ticket
from guangcai.studios.queries import line as queries
from guangcai.studios.queries.sitting import require_serving
from guangcai.studios.queries.studios import state_of


def found(request: ActorRequest, pk: UUID) -> tuple[Shift, Studio]:
    """The session and its studio, if the actor may see it (404 else) and serves there (403 else)."""
    studios = Studio.objects.visible_to(request.actor).select_related("community", "kind")
    shifts = Shift.objects.visible_to(request.actor).select_related("activity", "community")
    shift = get_object_or_404(shifts, pk=pk)
    studio = get_object_or_404(studios, activity=shift.activity_id)
    require_serving(shift, request.actor)
    return shift, studio


def found_ticket(request: ActorRequest, pk: UUID) -> Ticket:
    """The number, if the actor may see it (404 else) and serves at its session (403 else)."""
    rows = Ticket.objects.visible_to(request.actor).select_related("shift__activity", "community")
    ticket = get_object_or_404(rows, pk=pk)
    require_serving(ticket.shift, request.actor)
    return ticket


@login_required
@require_safe
def session(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Today at the studio: who is at the counters, who waits, the one button that calls the next."""
    shift, studio = found(request, pk)
    return answer(request, shift, studio)


def answer(
    request: ActorRequest, shift: Shift, studio: Studio, *, error: DomainError | None = None, counter: int | None = None
) -> HttpResponse:
    """The page of a session; with a refusal on top it is a 422."""
    now = timezone.now()
    line = queries.line_of(shift, now=now)
    counter = counter or queries.counter_of(shift, request.actor)
    serving = next((one for one in line.called if one.counter == counter), None)
    context = {
        "shift": shift,
        "studio": studio,
        "line": line,
        "ready": line.ready,
        "now": now,
        "state": state_of(shift, now=now),
        "counter": counter,
        "serving": serving,
        "elsewhere": [one for one in line.called if one != serving],
        "received": _received(line, request.actor),
        "seated": _seated(shift, request.actor),
        "new_id": new_id(),
        "error": error,
        "takes_attendance": request.actor.can(Permission.ATTENDANCE_TAKE, shift.path),
    }
    return respond(request, "studios/session.html#line", context, status=422 if error else 200)


def _received(line: queries.Line, actor: Actor) -> list[tuple[Ticket, bool, Case | None]]:
    """Number, whether its reception was written down, and the case where the reader sees it."""
    noted, cases = queries.noted(line.received), queries.cases_of(line.received, actor)
    return [(one, one.pk in noted, cases.get(one.pk)) for one in line.received]


def _seated(shift: Shift, actor: Actor) -> dict[str, Any]:
    """Who sits: names as far as the reader sees the roster, of everybody else how many. Two statements."""
    seats = SignUp.objects.placed().filter(shift=shift)
    shown = seats.visible_to(actor).select_related("member").order_by("place_no")
    people = [row.member for row in shown]
    return {"people": people, "more": seats.count() - len(people)}


@login_required
@require_POST
def calls(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Call whoever is next to a counter."""
    shift, studio = found(request, pk)
    form = CounterForm(posted(request))
    try:
        counter = form.cleaned_data["counter"] if form.is_valid() else 0
        commands.call_next(shift=shift, counter=counter, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, shift, studio, error=broken, counter=counter or None)
    return redirect("studios:session", shift.pk)


@login_required
@require_POST
def numbers(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Give a number at the desk and show its slip."""
    shift, studio = found(request, pk)
    wanted = commands.Wanted(way=Way.DESK, id=key_or_none(request.POST.get("id", "")))
    try:
        ticket = commands.give_number(shift=shift, wanted=wanted, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, shift, studio, error=broken)
    return redirect("studios:slip", ticket.pk)


@login_required
@require_safe
def slip(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A number on paper: the number, the studio, a code to see one's turn on a phone."""
    ticket = found_ticket(request, pk)
    code = keys.code_of(ticket.pk)
    studio = get_object_or_404(Studio.objects.visible_to(request.actor), activity=ticket.shift.activity_id)
    line = queries.line_of(ticket.shift, now=timezone.now())
    waiting = [rules.Waiting(one.pk, one.number, one.slot_at) for one in line.waiting]
    context = {
        "ticket": ticket,
        "studio": studio,
        "code": spelled(code, each=5),
        "ahead": rules.ahead_of(ticket.pk, waiting, now=timezone.now()),
        "address": request.build_absolute_uri(reverse("studios:public_number", args=[code])),
    }
    return render(request, "studios/slip.html", context)


@login_required
@require_POST
def call(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Call a certain number: early, or back after a missed call."""
    ticket = found_ticket(request, pk)
    shift, studio = found(request, ticket.shift_id)
    form = CounterForm(posted(request))
    try:
        counter = form.cleaned_data["counter"] if form.is_valid() else 0
        commands.call_number(ticket=ticket, counter=counter, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, shift, studio, error=broken)
    return redirect("studios:session", shift.pk)


@login_required
@require_POST
def successor(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Received, and the next one called to the same counter: one press."""
    ticket = found_ticket(request, pk)
    shift, studio = found(request, ticket.shift_id)
    try:
        called = commands.receive_and_call(ticket=ticket, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, shift, studio, error=broken)
    if called is None:
        messages.info(request, _("Number %(number)d was received. Nobody waits now.") % {"number": ticket.number})
    return redirect("studios:session", shift.pk)


@login_required
@require_POST
def result(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What became of a number."""
    ticket = found_ticket(request, pk)
    state = request.POST.get("state", "")
    if state not in OVER:
        raise RuleBroken(_("Choose what became of the number."), field="state", code="state_unknown")
    commands.settle(ticket=ticket, state=TicketState(state), by=request.actor, now=timezone.now())
    if state == TicketState.MISSED:
        messages.info(request, _("Number %(number)d did not come. It can be called again.") % {"number": ticket.number})
    return redirect("studios:session", ticket.shift_id)
