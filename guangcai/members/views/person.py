"""The person page: the register's five groups, the three links, one timeline; and what the desk changes there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, respond, show_refusal
from guangcai.core.permissions import Permission
from guangcai.members import commands, queries
from guangcai.members.commands import Placement
from guangcai.members.forms import EndForm, MemberForm, ReasonForm, SkillFormSet, skills_given
from guangcai.members.models import Member
from guangcai.members.queries.person import merged_target
from guangcai.members.views.asking import community_of, member_of
from guangcai.orgs.models import Node


@require_safe
def person(request: ActorRequest, key: UUID) -> HttpResponse:
    """One person, one timeline. The address of a merged record leads to the record it went into."""
    if kept := merged_target(key):
        return redirect("members:person", kept)
    member = member_of(request, key)
    return respond(request, "members/person.html#panel", _context(request, member))


def _context(request: ActorRequest, member: Member, **more: Any) -> dict[str, Any]:
    return {
        "person": queries.person(request.actor, member),
        "years": queries.person_timeline(member, request.actor),
        "reason_form": ReasonForm(),
        "opened_phone": "",
        "is_own": False,
        **more,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Put somebody on the roster of the desk's community: the five groups on one page."""
    community = community_of(request, Permission.ROSTER_EDIT)
    form = MemberForm(posted(request), community=community)
    skills = SkillFormSet(posted(request))
    context = {"form": form, "skills": skills, "community": community, "member": None}
    if request.method != "POST":
        return render(request, "members/edit.html", context)
    try:
        if form.is_valid() and skills.is_valid():
            member = _register(request, form, skills, community)
            messages.success(request, _("%(name)s is on the roster.") % {"name": member.name})
            return redirect(member)
    except RuleBroken as refusal:
        show_refusal(form, refusal)
    return render(request, "members/edit.html", context, status=422)


def _register(request: ActorRequest, form: MemberForm, skills: Any, community: Node) -> Member:
    said = form.cleaned_data
    placed = Placement(community=community, building=said["building"], work_unit=said["work_unit"])
    return commands.register_member(
        id=said["id"],
        placed=placed,
        fields=form.changes(),
        skills=skills_given(skills),
        intentions=form.intentions(),
        has_consented=said["has_consented"],
        by=request.actor,
        now=timezone.now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, key: UUID) -> HttpResponse:
    """Change the five groups."""
    member = member_of(request, key)
    request.actor.require(Permission.ROSTER_EDIT, member.path)
    form = MemberForm(posted(request), member=member)
    skills = SkillFormSet(posted(request), member=member)
    context = {"form": form, "skills": skills, "member": member, "community": member.community}
    if request.method != "POST":
        return render(request, "members/edit.html", context)
    try:
        if form.is_valid() and skills.is_valid():
            commands.change_register(
                member=member,
                changes=form.changes(),
                skills=skills_given(skills),
                intentions=form.intentions(),
                by=request.actor,
                now=timezone.now(),
            )
            messages.success(request, _("The register of %(name)s is up to date.") % {"name": member.name})
            return redirect(member)
    except RuleBroken as refusal:
        show_refusal(form, refusal)
    return render(request, "members/edit.html", context, status=422)


@require_POST
def phone(request: ActorRequest, key: UUID) -> HttpResponse:
    """Show the full number once, after a reason; the opening is written down."""
    member = member_of(request, key)
    form = ReasonForm(posted(request))
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        number = commands.open_phone(member=member, reason=reason, by=request.actor, now=timezone.now())
    except RuleBroken as refusal:
        if not form.errors:
            form.add_error(refusal.field, str(refusal))
        context = _context(request, member, reason_form=form)
        return respond(request, "members/person.html#contact", context, status=422)
    return respond(request, "members/person.html#contact", _context(request, member, opened_phone=number))


@require_POST
def contact(request: ActorRequest, key: UUID) -> HttpResponse:
    """Somebody spoke with him today."""
    member = member_of(request, key)
    commands.record_contact(member=member, by=request.actor, now=timezone.now())
    messages.success(request, _("Contact with %(name)s noted for today.") % {"name": member.name})
    return redirect("members:hidden" if "from_list" in request.POST else member)


@require_POST
def consent(request: ActorRequest, key: UUID) -> HttpResponse:
    """The member told the desk that he agrees to the notice in force, or agrees no longer."""
    member = member_of(request, key)
    now = timezone.now()
    if request.POST.get("verb") == "withdraw":
        commands.withdraw_consent(member=member, by=request.actor, now=now)
        messages.success(request, _("The consent is withdrawn. No new service will be planned with this member."))
    else:
        commands.give_consent(member=member, by=request.actor, now=now)
        messages.success(request, _("The consent is noted."))
    return redirect(member)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, key: UUID) -> HttpResponse:
    """Take somebody off the roster, after showing what that means."""
    member = member_of(request, key)
    request.actor.require(Permission.ROSTER_EDIT, member.path)
    form = EndForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        commands.end_member(member=member, reason=reason, by=request.actor, now=timezone.now())
        messages.success(request, _("%(name)s has left the roster; the records stay.") % {"name": member.name})
        return redirect(member)
    context = {"form": form, "person": queries.person(request.actor, member)}
    return render(request, "members/end.html", context, status=422 if request.method == "POST" else 200)
