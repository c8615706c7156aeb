"""Rules in force at a place, and the working-day calendar."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcai.core.errors import Forbidden, OutOfScope
from guangcai.core.http import ActorRequest, posted
from guangcai.core.permissions import Permission
from guangcai.core.workdays import is_announced
from guangcai.orgs import commands, queries
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.forms.policies import PolicyForm, WorkdayForm
from guangcai.orgs.models import Policy
from guangcai.orgs.views.frame import carried_out, form_page, node_for, node_seen

STATES = {"worked": True, "free": False, "calendar": None}
YEARS = range(2000, 2100)


@login_required
@require_GET
def policies(request: ActorRequest, pk: int) -> HttpResponse:
    """Every kind of rule at a place: what holds, who set it, since when, from which document."""
    node = node_seen(request, pk)
    context = {
        "node": node,
        "rules": queries.rules_at(node, on=timezone.localdate()),
        "may_edit": request.actor.can(Permission.POLICY_EDIT, node.path) and not node.valid_to,
    }
    return render(request, "orgs/policies.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def policy_new(request: ActorRequest, pk: int, key: str) -> HttpResponse:
    node = node_for(request, pk, Permission.POLICY_EDIT)
    if key not in PolicyKey.values:
        raise Http404
    kind, back = PolicyKey(key), reverse("orgs:policies", args=[pk])
    rule = next(rule for rule in queries.rules_at(node, on=timezone.localdate()) if rule.key == key)
    form = PolicyForm(posted(request), key=kind, initial=rule.now.value if rule.now else None)
    return form_page(
        request,
        form,
        lambda values: commands.set_policy(
            node=node,
            key=kind,
            value=form.value,
            since=values["since"],
            source=values["source"],
            by=request.actor,
            now=timezone.now(),
        ),
        to=lambda policy: back,
        done=_("The rule is set."),
        template="orgs/policy_form.html",
        heading=_("%(rule)s at %(name)s") % {"rule": kind.label, "name": node.name},
        rule=rule,
        submit=_("Set the rule"),
        back=back,
        back_text=_("Rules of %(name)s") % {"name": node.name},
    )


@login_required
@require_POST
def policy_end(request: ActorRequest, pk: int) -> HttpResponse:
    policy = Policy.objects.filter(pk=pk).first()
    if policy is None:
        raise OutOfScope()
    carried_out(
        request,
        lambda: commands.end_policy(policy=policy, by=request.actor, now=timezone.now()),
        done=_("The rule has ended; the one above holds again."),
    )
    return redirect("orgs:policies", policy.node_id)


@login_required
@require_http_methods(["GET", "POST"])
def calendar(request: ActorRequest, year: int) -> HttpResponse:
    """The days of a year that are not as their weekday, and setting one by hand."""
    if year not in YEARS:
        raise Http404
    if not (request.actor.holds(Permission.TREE_VIEW) or request.actor.holds(Permission.WORKDAY_EDIT)):
        raise Forbidden()
    may_edit = request.actor.holds(Permission.WORKDAY_EDIT)
    if request.method == "POST" and not may_edit:
        raise Forbidden()
    here = reverse("orgs:calendar", args=[year])
    return form_page(
        request,
        WorkdayForm(posted(request)),
        lambda values: commands.set_workday(
            day=values["day"],
            is_worked=STATES[values["state"]],
            source=values["source"],
            by=request.actor,
            now=timezone.now(),
        ),
        to=lambda nothing: here,
        done=_("The calendar is changed."),
        template="orgs/calendar.html",
        year=year,
        days=queries.special_days(year),
        is_announced=is_announced(year),
        may_edit=may_edit,
        before=year - 1,
        after=year + 1,
    )


@login_required
@require_GET
def calendar_now(request: ActorRequest) -> HttpResponse:
    return redirect("orgs:calendar", timezone.localdate().year)
