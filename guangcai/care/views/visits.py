"""Visits: one page on the phone with the last visit on top, big choices and one button; corrections; alerts."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.care import commands
from guangcai.care.forms import VisitForm, initial_of_visit, usual_visit
from guangcai.care.models import Pairing, Visit
from guangcai.care.queries.households import homes, with_state
from guangcai.care.queries.record import last_visit, opened_by
from guangcai.care.views.households import found
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.permissions import Permission


def is_own(request: ActorRequest, household_id: UUID) -> bool:
    """Whether the actor visits as the member who holds the pairing."""
    if request.actor.member_id is None:
        return False
    return Pairing.objects.held().filter(household=household_id, member=request.actor.member_id).exists()


@login_required
@require_http_methods(["GET", "POST"])
def visits(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Write down a visit; the next date counts from it."""
    row, now = found(request, pk), timezone.now()
    own = is_own(request, row.pk)
    if not own:
        request.actor.require(Permission.CARE_EDIT, row.path)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = VisitForm(posted(request), household=row, own=own, initial=usual_visit(now=now))
    if request.method == "POST" and form.is_valid():
        try:
            commands.record_visit(household=row, draft=form.draft(), by=request.actor, now=now)
            home = homes(with_state(type(row).objects.filter(pk=row.pk)), now=now)[0]
            messages.success(request, _next_words(home.next_on))
            return redirect("care:mine" if own else row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    home = homes(with_state(type(row).objects.filter(pk=row.pk)), now=now)[0]
    context = {"form": form, "household": row, "own": own, "last": last_visit(row), "home": home, "corrects": None}
    return render(request, "care/visit.html", context, status=422 if form.errors else 200)


def _next_words(next_on: object) -> str:
    if next_on is None:
        return _("Written down.")
    day = {"month": next_on.month, "day": next_on.day}  # type: ignore[attr-defined]
    return _("Written down. The next visit is due by %(month)d/%(day)d.") % day


@login_required
@require_http_methods(["GET", "POST"])
def correction(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Say a visit rightly: a new row, the old one stays and counts no more."""
    rows = Visit.objects.visible_to(request.actor).select_related("household__community", "household__place", "kind")
    visit, now = get_object_or_404(rows, pk=pk), timezone.now()
    row, own = visit.household, is_own(request, visit.household_id)
    if not (own and visit.recorded_by == request.actor.user_id):
        request.actor.require(Permission.CARE_EDIT, row.path)
    if request.method != "POST" and (row.ended_at is not None or visit.corrections.exists()):
        return redirect(row)
    written = getattr(visit, "written", None)
    note = written.note if written is not None and opened_by(request.actor, row) else ""
    initial = initial_of_visit(visit, note=note)
    form = VisitForm(posted(request), household=row, own=own, is_correction=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.correct_visit(visit=visit, draft=form.draft(), by=request.actor, now=now)
            messages.success(request, _("Corrected. The first version stays in the record and counts no more."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "household": row, "own": own, "last": None, "home": None, "corrects": visit}
    return render(request, "care/visit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def alerts(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Something serious has changed: the next visit is due within the hours of the rule."""
    row = found(request, pk)
    alert = commands.raise_alert(household=row, by=request.actor, now=timezone.now())
    due = timezone.localtime(alert.due_at)
    words = {"month": due.month, "day": due.day, "clock": f"{due:%H:%M}"}
    messages.success(request, _("Noted. A visit is due by %(month)d/%(day)d %(clock)s; the pair is told.") % words)
    return redirect(row)
