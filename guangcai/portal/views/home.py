"""The first screen: what must I do today? One page per audience; whoever has several switches by tabs."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.cases.queries.board import waiting as cases_waiting
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.portal import rooms, rules
from guangcai.portal.links import link
from guangcai.portal.queries import area as areas
from guangcai.portal.queries import checklist, community, member, own, trail, unit
from guangcai.portal.rules import Audience

LATEST = 12


@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """The home of the audience named by `?as=`, else of the first one."""
    actor = request.actor
    if not actor.is_signed_in:
        return render(request, "portal/home/front.html", {"verification_url": link("ledger:verification")})
    mine = rules.audiences(actor.roles, is_member=actor.member_id is not None)
    if not mine:
        return render(request, "portal/home/nobody.html", {})
    wanted = request.GET.get("as", "")
    shown = next((audience for audience in mine if audience == wanted), mine[0])
    template, context = SCREENS[shown]
    return render(request, template, context(request) | {"tabs": _tabs(mine, shown)})


def _tabs(mine: tuple[Audience, ...], shown: Audience) -> list[Tab]:
    if len(mine) < 2:
        return []
    words = {
        Audience.COMMUNITY: pgettext("home", "Community"),
        Audience.STREET: pgettext("home", "Street"),
        Audience.DISTRICT: pgettext("home", "District"),
        Audience.UNIT: pgettext("home", "Work unit"),
        Audience.AUDIT: pgettext("home", "Audit"),
        Audience.MACHINE: pgettext("home", "System"),
        Audience.MEMBER: pgettext("home", "My own service"),
    }
    return [Tab(words[one], f"?as={one}", one == shown) for one in mine]


def _member(request: ActorRequest) -> dict[str, Any]:
    day = member.member_day(request.actor, now=timezone.now())
    return {"day": day, "asked": own.asked(day) if day else [], "taken_on": own.taken_on(day) if day else []}


def _community(request: ActorRequest) -> dict[str, Any]:
    now, actor = timezone.now(), request.actor
    due = community.due(actor, now=now)
    return {
        "due": due,
        "groups": rooms.grouped(due),
        "shifts": community.shifts_today(actor, now=now),
        "may_approve": actor.holds(Permission.FEEDBACK_APPROVE),
    }


def _street(request: ActorRequest) -> dict[str, Any]:
    node = areas.top_node(request.actor, wanted=request.GET.get("node", ""))
    shown = areas.area(request.actor, node, now=timezone.now()) if node else None
    rules_cases = request.actor.holds(Permission.CASE_RULE)
    return {
        "area": shown,
        "roster_url": link("members:roster"),
        "late_url": link("activities:list"),
        "cases": cases_waiting(request.actor, now=timezone.now()) if rules_cases else None,
    }


def _district(request: ActorRequest) -> dict[str, Any]:
    steps = checklist.steps(request.actor, on=timezone.localdate())
    missing = [step for step in steps if not step.is_done]
    return _street(request) | {"steps": steps, "missing": len(missing)}


def _unit(request: ActorRequest) -> dict[str, Any]:
    return {"day": unit.unit_day(request.actor, now=timezone.now())}


def _audit(request: ActorRequest) -> dict[str, Any]:
    events = trail.trail(request.actor)
    today = events.filter(at__date=timezone.localdate()).count()
    latest = events.order_by("-at", "-pk")[:LATEST]
    return {"lines": trail.lines(latest), "today": today, "total": events.count()}


def _machine(request: ActorRequest) -> dict[str, Any]:
    return {
        "tree_url": link("orgs:tree"),
        "calendar_url": link("orgs:calendar_now"),
        "account_url": link("accounts:account"),
    }


Screen = tuple[str, Callable[[ActorRequest], dict[str, Any]]]
SCREENS: dict[Audience, Screen] = {
    Audience.MEMBER: ("portal/home/member.html", _member),
    Audience.COMMUNITY: ("portal/home/community.html", _community),
    Audience.STREET: ("portal/home/area.html", _street),
    Audience.DISTRICT: ("portal/home/district.html", _district),
    Audience.UNIT: ("portal/home/unit.html", _unit),
    Audience.AUDIT: ("portal/home/audit.html", _audit),
    Audience.MACHINE: ("portal/home/machine.html", _machine),
}
