"""A member's three dated links: another work unit, Party relation, home."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.permissions import Permission
from guangcai.members import commands, queries
from guangcai.members.forms import EmploymentForm, HomeForm, RelationForm
from guangcai.members.models import Member
from guangcai.members.views.asking import member_of

GET_AND_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_AND_POST)
def employment(request: ActorRequest, key: UUID) -> HttpResponse:
    """Another work unit from a day on, or none."""
    member = _editable(request, key)
    said = queries.person(request.actor, member).unit_said
    form = EmploymentForm(posted(request), member=member, initial={**_today(), "work_unit": said})
    title = _("Change the work unit")
    return _page(request, member, form, title, _set_employment)


def _set_employment(request: ActorRequest, member: Member, said: dict[str, Any]) -> str:
    now = timezone.now()
    if said["work_unit"] is None:
        commands.end_employment(member=member, until=said["since"], by=request.actor, now=now)
        return _("The employment has ended.")
    commands.start_employment(
        member=member, work_unit=said["work_unit"], since=said["since"], by=request.actor, now=now
    )
    return _("Feedback on %(name)s goes to %(unit)s from now on.") % {"name": member, "unit": said["work_unit"]}


@require_http_methods(GET_AND_POST)
def relation(request: ActorRequest, key: UUID) -> HttpResponse:
    """Where the formal Party relation is kept: noted here, managed elsewhere."""
    member = _editable(request, key)
    form = RelationForm(posted(request), initial=_today())
    return _page(request, member, form, _("Note the Party relation"), _set_relation)


def _set_relation(request: ActorRequest, member: Member, said: dict[str, Any]) -> str:
    commands.start_org_relation(
        member=member,
        party_organisation=said["party_organisation"],
        since=said["since"],
        by=request.actor,
        now=timezone.now(),
    )
    return _("The Party relation is noted.")


@require_http_methods(GET_AND_POST)
def home(request: ActorRequest, key: UUID) -> HttpResponse:
    """He moved: inside the community, or to another community of the actor's area."""
    member = _editable(request, key)
    permission = Permission.REPORT_IN_ACCEPT
    form = HomeForm(posted(request), actor=request.actor, permission=permission, initial=_today())
    return _page(request, member, form, _("Change the home"), _set_home)


def _set_home(request: ActorRequest, member: Member, said: dict[str, Any]) -> str:
    residence = commands.move(
        member=member,
        community=said["community"],
        building=said.get("building"),
        since=said["since"],
        by=request.actor,
        now=timezone.now(),
    )
    return _("%(name)s lives in %(community)s.") % {"name": member, "community": residence.community}


def _editable(request: ActorRequest, key: UUID) -> Member:
    member = member_of(request, key)
    request.actor.require(Permission.ROSTER_EDIT, member.path)
    return member


def _today() -> dict[str, Any]:
    return {"since": timezone.localdate()}


def _page(request: ActorRequest, member: Member, form: Form, title: str, write: Any) -> HttpResponse:
    """Draw the form, or write what it says and go back to the person."""
    context = {"form": form, "title": title, "person": queries.person(request.actor, member)}
    if request.method != "POST":
        return render(request, "members/link.html", context)
    if form.is_valid():
        try:
            messages.success(request, write(request, member, form.cleaned_data))
            return redirect(member)
        except RuleBroken as refusal:
            show_refusal(form, refusal, until="since")
    return render(request, "members/link.html", context, status=422)
