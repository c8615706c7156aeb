"""Five-fixed plans, and the personal card of five tasks."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.care import commands
from guangcai.care.enums import Outcome, SaidBy
from guangcai.care.forms import PlanCheckForm, PlanForm, TaskForm
from guangcai.care.models import Pairing, ServicePlan
from guangcai.care.queries.cards import own_card
from guangcai.care.views.households import answer, found
from guangcai.care.views.pairings import refused
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.models import Member


def found_plan(request: ActorRequest, pk: UUID) -> ServicePlan:
    """A plan of a household the actor sees (404 else), where he runs the desk (403 else)."""
    rows = ServicePlan.objects.visible_to(request.actor).select_related("household", "member")
    plan = get_object_or_404(rows, pk=pk)
    request.actor.require(Permission.CARE_EDIT, plan.path)
    return plan


@login_required
@require_http_methods(["GET", "POST"])
def plans(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Write a plan down; it starts once all five are said."""
    row = found(request, pk, permission=Permission.CARE_EDIT)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    pair = Pairing.objects.held().filter(household=row).values("member")
    form = PlanForm(posted(request), members=Member.objects.filter(pk__in=pair), initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            commands.draft_plan(household=row, **form.cleaned_data, by=request.actor, now=timezone.now())
            messages.success(request, _("Written down. Start it when all five are said."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "care/plan.html", {"form": form, "household": row}, status=422 if form.errors else 200)


@login_required
@require_POST
def start(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The plan begins today."""
    plan = found_plan(request, pk)
    try:
        commands.start_plan(plan=plan, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, plan.household, problem=refused(broken, plan.household))
    messages.success(request, _("The plan begins today."))
    return redirect(plan.household)


@login_required
@require_http_methods(["GET", "POST"])
def check(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Whether the intended effect was reached, by somebody else than who did it."""
    plan = found_plan(request, pk)
    if request.method != "POST" and (plan.started_on is None or plan.checked_at is not None):
        return redirect(plan.household)
    form = PlanCheckForm(posted(request))
    if request.method == "POST" and form.is_valid():
        outcome, said_by = Outcome(form.cleaned_data["outcome"]), SaidBy(form.cleaned_data["said_by"])
        try:
            commands.check_plan(plan=plan, outcome=outcome, said_by=said_by, by=request.actor, now=timezone.now())
            messages.success(request, _("Noted what came of the plan."))
            return redirect(plan.household)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "plan": plan, "household": plan.household}
    return render(request, "care/plan_check.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def card(request: ActorRequest) -> HttpResponse:
    """My five tasks, and what I noted for each. Nobody counts them."""
    member = Member.objects.filter(pk=request.actor.member_id).select_related("community").first()
    now = timezone.now()
    form = TaskForm(posted(request), initial={"id": new_id(), "done_on": timezone.localdate(now)})
    if request.method == "POST" and (member is None or member.community is None):
        request.actor.require_any(Permission.POST_CLAIM)
        raise RuleBroken(_("Your account is not on the roster of a community."))
    if request.method == "POST" and member is not None and form.is_valid():
        try:
            commands.mark_task(
                member=member, community=member.community, **form.cleaned_data, by=request.actor, now=now
            )
            messages.success(request, _("Noted on your card."))
            return redirect("care:card")
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "member": member, "tasks": own_card(request.actor)}
    return render(request, "care/card.html", context, status=422 if form.errors else 200)
