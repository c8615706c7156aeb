"""The desk's verbs on shifts: add one, repeat, change, call off."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.activities import commands
from guangcai.activities.forms import CancelForm, ExtensionForm, SeriesForm, TimesForm
from guangcai.activities.models import Activity, Series, Shift, SignUp
from guangcai.activities.views.plan import found as found_activity
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> Shift:
    """The shift, if the actor may see it (404 else) and holds `permission` there (403 else)."""
    rows = Shift.objects.visible_to(request.actor).select_related("activity", "community")
    shift = get_object_or_404(rows, pk=pk)
    if permission is not None:
        request.actor.require(permission, shift.path)
    return shift


def is_over(request: ActorRequest, row: Activity | Shift) -> bool:
    """Whether a page would offer what cannot be done any more: the row was called off, or is closed."""
    return request.method != "POST" and (row.cancelled_at or getattr(row, "closed_at", None)) is not None


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, pk: UUID) -> HttpResponse:
    activity = found_activity(request, pk)
    request.actor.require(Permission.ACTIVITY_EDIT, activity.path)
    if is_over(request, activity):
        return redirect("activities:activity", activity.pk)
    template = activity.template
    form = TimesForm(posted(request), initial={"id": new_id(), "places": template.default_places if template else 20})
    if request.method == "POST" and form.is_valid():
        try:
            commands.add_shift(
                activity=activity,
                starts_at=form.starts_at(),
                ends_at=form.ends_at(),
                places=form.cleaned_data["places"],
                id=form.cleaned_data["id"],
                by=request.actor,
                now=timezone.now(),
            )
            return redirect("activities:activity", activity.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "activity": activity}
    return render(request, "activities/shift_new.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def new_series(request: ActorRequest, pk: UUID) -> HttpResponse:
    activity = found_activity(request, pk)
    request.actor.require(Permission.ACTIVITY_EDIT, activity.path)
    if is_over(request, activity):
        return redirect("activities:activity", activity.pk)
    template = activity.template
    form = SeriesForm(posted(request), initial={"id": new_id(), "places": template.default_places if template else 20})
    if request.method == "POST" and form.is_valid():
        try:
            series = commands.add_series(
                activity=activity,
                repeat=form.repeat(),
                id=form.cleaned_data["id"],
                by=request.actor,
                now=timezone.now(),
            )
            count = series.shifts.count()
            messages.success(request, ngettext("%(n)d shift made.", "%(n)d shifts made.", count) % {"n": count})
            return redirect("activities:activity", activity.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "activity": activity}
    return render(request, "activities/series_new.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def extension(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Let a series run on."""
    series = get_object_or_404(Series.objects.visible_to(request.actor), pk=pk)
    request.actor.require(Permission.ACTIVITY_EDIT, series.path)
    form = ExtensionForm(posted(request))
    if not form.is_valid():
        raise RuleBroken(_("Say until when."), field="ends_on", code="ends_on_missing")
    until = form.cleaned_data["ends_on"]
    made = commands.extend_series(series=series, ends_on=until, by=request.actor, now=timezone.now())
    messages.success(request, ngettext("%(n)d shift made.", "%(n)d shifts made.", made) % {"n": made})
    return redirect("activities:activity", series.activity_id)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    shift = found(request, pk, permission=Permission.ACTIVITY_EDIT)
    if is_over(request, shift):
        return redirect("activities:board", shift.pk)
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    initial = {"day": start.date(), "start_time": start.time(), "end_time": end.time(), "places": shift.places}
    form = TimesForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_shift(
                shift=shift,
                starts_at=form.starts_at(),
                ends_at=form.ends_at(),
                places=form.cleaned_data["places"],
                by=request.actor,
                now=timezone.now(),
            )
            messages.success(request, _("Saved. Whoever signed up is told of a new time."))
            return redirect("activities:board", shift.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "shift": shift, "people": SignUp.objects.live().filter(shift=shift).count()}
    return render(request, "activities/shift_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def cancellation(request: ActorRequest, pk: UUID) -> HttpResponse:
    shift = found(request, pk, permission=Permission.ACTIVITY_EDIT)
    if is_over(request, shift):
        return redirect("activities:board", shift.pk)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason, note = form.cleaned_data["reason"], form.cleaned_data["note"]
        try:
            commands.cancel_shift(shift=shift, reason=reason, note=note, by=request.actor, now=timezone.now())
            messages.success(request, _("Called off. Everybody who signed up is told."))
            return redirect("activities:board", shift.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    people = SignUp.objects.live().filter(shift=shift).count()
    context = {"form": form, "shift": shift, "people": people}
    return render(request, "activities/shift_cancellation.html", context, status=422 if form.errors else 200)
