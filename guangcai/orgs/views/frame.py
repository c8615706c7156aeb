"""What these pages share: finding a row within the actor's sight, and a form that carries out one command."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.http import ActorRequest, show_refusal
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node, PartyOrganisation, WorkUnit
from guangcai.orgs.queries import party_organisations_of

Act = Callable[[dict[str, Any]], Any]


def node_seen(request: ActorRequest, pk: int) -> Node:
    """The node, ended or not; OutOfScope beyond the actor's area."""
    return _seen(Node.objects.visible_to(request.actor).select_related("successor").filter(pk=pk))


def node_for(request: ActorRequest, pk: int, permission: Permission) -> Node:
    """The node on which the actor holds `permission`: OutOfScope unseen, Forbidden when he may only look."""
    node = node_seen(request, pk)
    request.actor.require(permission, node.path)
    return node


def unit_seen(request: ActorRequest, pk: int) -> WorkUnit:
    return _seen(WorkUnit.objects.visible_to(request.actor).select_related("node").filter(pk=pk))


def unit_for(request: ActorRequest, pk: int, permission: Permission) -> WorkUnit:
    """The unit on whose place the actor holds `permission`. A unit may be seen from places below its own."""
    unit = unit_seen(request, pk)
    if not request.actor.can(permission, unit.path):
        raise Forbidden()
    return unit


def organisation_seen(request: ActorRequest, pk: int) -> PartyOrganisation:
    return _seen(party_organisations_of(request.actor).select_related("node", "work_unit", "parent").filter(pk=pk))


def _seen(rows: Any) -> Any:
    row = rows.first()
    if row is None:
        raise OutOfScope()
    return row


def form_page(
    request: HttpRequest,
    form: Form,
    act: Act,
    *,
    to: Callable[[Any], str],
    done: Any,
    template: str = "orgs/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or carry out `act` with its values and go on to `to(result)`; a refusal stands beside its field."""
    if request.method == "POST" and form.is_valid():
        try:
            result = act(form.cleaned_data)
        except RuleBroken as broken:
            show_refusal(form, broken)
        else:
            messages.success(request, str(done))
            return redirect(to(result))
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"form": form, "lead": "", "danger": False, **context}, status=status)


def carried_out(request: HttpRequest, act: Callable[[], Any], *, done: Any) -> None:
    """Carry out a one-button command; what happened or why not is said on the next page."""
    try:
        act()
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, str(done))
