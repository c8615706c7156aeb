"""The desk prepares an activity: from a template, looked at as members will see it, published, called off."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.activities import commands, recurrence, rules
from guangcai.activities.forms import CancelForm, ExtensionForm, NewNoticeForm, NoticeForm, notice_initial
from guangcai.activities.models import Activity, ActivityTemplate
from guangcai.activities.queries import shifts as queries
from guangcai.activities.queries.notices import notice_text
from guangcai.core import matters
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, under
from guangcai.orgs.forms.communities import communities_run
from guangcai.orgs.models import Node, PartyOrganisation
from guangcai.orgs.queries import party_organisations_of

# Digits of the largest key that a table can have.
LONGEST_KEY = 19


def found(request: ActorRequest, pk: UUID) -> Activity:
    """The activity, if the actor may see it; 404 else."""
    rows = Activity.objects.visible_to(request.actor).select_related("community", "service_kind", "held_by")
    return get_object_or_404(rows, pk=pk)


def _holders(request: ActorRequest) -> QuerySet[PartyOrganisation]:
    """Party organisations in force that may hold an activity here: those of one's area and above."""
    return party_organisations_of(request.actor).filter(ended_on=None).order_by("name")


@login_required
@require_safe
def templates(request: ActorRequest) -> HttpResponse:
    """Choose what to start from; for whoever may hold an activity somewhere."""
    communities_run(request.actor, Permission.ACTIVITY_EDIT)
    above = {path for held in request.actor.paths_with(Permission.ACTIVITY_EDIT) for path in ancestors(held)}
    own = under("path", request.actor.paths_with(Permission.ACTIVITY_EDIT))
    rows = ActivityTemplate.objects.filter(Q(path__in=above) | own).select_related("service_kind").order_by("pk")
    return render(request, "activities/templates.html", {"rows": rows, "matter": request.GET.get("matter", "")})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """The notice, filled in from a template."""
    template = _template(request)
    communities = communities_run(request.actor, Permission.ACTIVITY_EDIT)
    initial = notice_initial(template) | {"id": new_id(), "lead_name": request.user.name}  # type: ignore[union-attr]
    form = NewNoticeForm(posted(request), initial=initial, communities=communities, holders=_holders(request))
    matters.offer(form, request.actor, chosen=request.GET.get("matter", ""))
    if request.method == "POST" and form.is_valid():
        try:
            activity = commands.add_activity(
                community=form.cleaned_data["community"],
                text=form.text(),
                template=template,
                skills=form.cleaned_data["skills"],
                matter=form.cleaned_data.get("matter"),
                id=form.cleaned_data["id"],
                by=request.actor,
                now=timezone.now(),
            )
            return redirect("activities:activity", activity.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "template": template}
    return render(request, "activities/new.html", context, status=422 if form.errors else 200)


def _template(request: ActorRequest) -> ActivityTemplate | None:
    key = request.GET.get("template", "")
    is_number = key.isdecimal() and len(key) <= LONGEST_KEY
    return ActivityTemplate.objects.filter(pk=int(key)).first() if is_number else None


@login_required
@require_safe
def activity(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The activity with its shifts; for the desk also what is missing before it can be published."""
    row, now = found(request, pk), timezone.now()
    if not request.actor.can(Permission.ROSTER_VIEW, row.path):
        return redirect("activities:open")
    shifts = queries.shifts_of(row, now=now)
    has_shift = any(shift.starts_at > now and shift.state in ("draft", "planned", "running") for shift in shifts)
    series = [(one, recurrence.in_words(one.rule, either=one.either)) for one in row.series.order_by("starts_on", "pk")]
    context = {
        "activity": row,
        "shifts": shifts,
        "series": series,
        "extension": ExtensionForm(),
        "skills": row.required_skills.select_related("skill").order_by("pk"),
        "missing": rules.missing_items(notice_text(row, now=now, has_shift=has_shift)).values(),
        "may_edit": request.actor.can(Permission.ACTIVITY_EDIT, row.path),
    }
    return render(request, "activities/activity.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(request, pk)
    request.actor.require(Permission.ACTIVITY_EDIT, row.path)
    if request.method != "POST" and row.cancelled_at is not None:
        return redirect("activities:activity", row.pk)
    skills = list(row.required_skills.values_list("skill_id", flat=True))
    initial = notice_initial(row) | {"skills": skills, "community": row.community_id}
    here = Node.objects.filter(pk=row.community_id)
    form = NoticeForm(posted(request), initial=initial, communities=here, holders=_holders(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_activity(
                activity=row, text=form.text(), skills=form.cleaned_data["skills"], by=request.actor, now=timezone.now()
            )
            messages.success(request, _("Saved. Whoever signed up is told when the place changed."))
            return redirect("activities:activity", row.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "activities/edit.html", {"form": form, "activity": row}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def publication(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The notice as members will see it, and the button that shows it to them."""
    row, now, error = found(request, pk), timezone.now(), None
    request.actor.require(Permission.ACTIVITY_EDIT, row.path)
    if request.method == "POST":
        try:
            commands.publish_activity(activity=row, by=request.actor, now=now)
            messages.success(request, _("Published. Members of the community can sign up now."))
            return redirect("activities:activity", row.pk)
        except RuleBroken as broken:
            error = broken
    elif row.published_at is not None or row.cancelled_at is not None:
        return redirect("activities:activity", row.pk)
    shifts = [shift for shift in queries.shifts_of(row, now=now) if shift.state != "cancelled"]
    context = {"activity": row, "shifts": shifts[:5], "more": max(0, len(shifts) - 5), "error": error}
    return render(request, "activities/publication.html", context, status=422 if error else 200)


@login_required
@require_http_methods(["GET", "POST"])
def cancellation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Call the whole activity off: what happens, and to how many people."""
    row, now = found(request, pk), timezone.now()
    request.actor.require(Permission.ACTIVITY_EDIT, row.path)
    if request.method != "POST" and row.cancelled_at is not None:
        return redirect("activities:activity", row.pk)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason, note = form.cleaned_data["reason"], form.cleaned_data["note"]
        commands.cancel_activity(activity=row, reason=reason, note=note, by=request.actor, now=now)
        messages.success(request, _("Called off. Everybody who signed up is told."))
        return redirect("activities:activity", row.pk)
    to_come = [shift for shift in queries.shifts_of(row, now=now) if shift.state in ("planned", "draft")]
    context = {
        "form": form,
        "activity": row,
        "shift_count": len(to_come),
        "people": sum(s.placed + s.waiting for s in to_come),
    }
    return render(request, "activities/cancellation.html", context, status=422 if form.errors else 200)
