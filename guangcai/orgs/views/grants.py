"""Rights: who holds which role where, giving and ending them."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guangcai.accounts.commands import add_user
from guangcai.accounts.models import User
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.http import ActorRequest, posted
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers
from guangcai.orgs import commands, queries, rules
from guangcai.orgs.enums import Level
from guangcai.orgs.forms.grants import EndGrantForm, GrantForm
from guangcai.orgs.models import Grant, Node, WorkUnit
from guangcai.orgs.roles import Role
from guangcai.orgs.views.frame import form_page, node_for, unit_for


@login_required
@require_GET
def grants(request: ActorRequest, pk: int) -> HttpResponse:
    """Every right held at a node, ended ones too."""
    node = node_for(request, pk, Permission.GRANT_EDIT)
    rows = queries.grants_at(actor=request.actor, node_id=pk, on=timezone.localdate())
    endable = _grantable(request, node.path)
    context = {
        "node": node,
        "open": [(grant, grant.role in endable) for grant in rows if not grant.ended_at],
        "ended": [grant for grant in rows if grant.ended_at],
        "may_add": bool(_roles_at(request, node)) and not node.valid_to,
    }
    return render(request, "orgs/grants.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def grant_new(request: ActorRequest, pk: int) -> HttpResponse:
    """Give a role at a node to the person with a phone; an account is made when there is none."""
    node = node_for(request, pk, Permission.GRANT_EDIT)
    return _grant_page(
        request, GrantForm(posted(request), roles=_roles_at(request, node)), reverse("orgs:grants", args=[pk]), node
    )


@login_required
@require_http_methods(["GET", "POST"])
def liaison_new(request: ActorRequest, pk: int) -> HttpResponse:
    """Make somebody the liaison of a work unit."""
    unit = unit_for(request, pk, Permission.GRANT_EDIT)
    form = GrantForm(posted(request), roles=[Role.UNIT_LIAISON])
    return _grant_page(request, form, reverse("orgs:unit", args=[pk]), unit)


@login_required
@require_http_methods(["GET", "POST"])
def grant_end(request: ActorRequest, pk: int) -> HttpResponse:
    grant = Grant.objects.visible_to(request.actor).select_related("user", "node", "work_unit").filter(pk=pk).first()
    if grant is None:
        raise OutOfScope()
    request.actor.require(Permission.GRANT_EDIT, grant.path)
    place = grant.node or grant.work_unit
    back = _back(grant)
    return form_page(
        request,
        EndGrantForm(posted(request)),
        lambda values: commands.end_grant(grant=grant, reason=values["reason"], by=request.actor, now=timezone.now()),
        to=lambda ended: back,
        done=_("The right has ended."),
        heading=_("End the right of %(name)s") % {"name": grant.user.name},
        lead=_("%(role)s at %(place)s, since %(since)s. It ends at once; what the person did stays on record.")
        % {"role": grant.get_role_display(), "place": place, "since": grant.since.isoformat()},
        submit=_("End the right"),
        danger=True,
        back=back,
        back_text=str(place),
    )


def _grant_page(request: ActorRequest, form: GrantForm, back: str, place: Node | WorkUnit) -> HttpResponse:
    on = {"node": place} if isinstance(place, Node) else {"work_unit": place}

    def act(values: dict[str, Any]) -> Grant:
        return commands.grant_role(
            user=_holder(request, values),
            role=Role(values["role"]),
            since=values["since"],
            until=values["until"],
            by=request.actor,
            now=timezone.now(),
            **on,
        )

    return form_page(
        request,
        form,
        act,
        to=lambda grant: back,
        done=_("The right is given."),
        heading=_("Give a right at %(name)s") % {"name": place.name},
        submit=_("Give the right"),
        back=back,
        back_text=place.name,
    )


def _holder(request: ActorRequest, values: dict[str, Any]) -> User:
    """The account of the phone, made when a name is given for a new one."""
    found = User.objects.with_phone(values["phone"]).first()
    if found:
        return found
    if not values["name"]:
        raise RuleBroken(_("Nobody signs in with this phone yet. Give the name, and an account is made."), field="name")
    return add_user(name=values["name"], phone=values["phone"], by=request.actor, now=timezone.now())


def _grantable(request: ActorRequest, path: str) -> frozenset[Role]:
    return rules.grantable_by(h.role for h in request.actor.holdings if h.path and covers([h.path], path))


def _roles_at(request: ActorRequest, node: Node) -> list[Role]:
    """The roles the actor may give at a node, in the order of the list of roles."""
    may = _grantable(request, node.path)
    return [role for role in Role if role in may and Level(node.level) in rules.PLACES[role]]


def _back(grant: Grant) -> str:
    if grant.node_id:
        return reverse("orgs:grants", args=[grant.node_id])
    return reverse("orgs:unit", args=[grant.work_unit_id])
