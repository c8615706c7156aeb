"""The member's own page: what is kept about me, what I agreed to, who can see me, take it with me."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted, show_refusal
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.members import commands, queries
from guangcai.members.forms import OwnForm
from guangcai.members.models import Member
from guangcai.members.queries.own import own_sheets
from guangcai.orgs.queries import openings_of, readers_of


def _me(request: ActorRequest) -> Member:
    """The signed-in person's own record; 404 for somebody who is no member."""
    mine = Member.objects.visible_to(request.actor).filter(pk=request.actor.member_id)
    member = mine.select_related("community", "building", "occupation").first() if request.actor.member_id else None
    if member is None:
        raise Http404
    return member


@require_safe
def me(request: ActorRequest) -> HttpResponse:
    """My data, my consents, who can see me."""
    member, today = _me(request), timezone.localdate()
    person = queries.person(request.actor, member)
    units = [person.employment.work_unit_id] if person.employment else []
    context = {
        "person": person,
        "opened_phone": "",
        "is_own": True,
        "years": queries.person_timeline(member, request.actor),
        "readers": readers_of(path=member.path, unit_ids=units, on=today),
        "openings": openings_of(member.pk),
        "notice": commands.notice_in_force(timezone.now()),
    }
    return render(request, "members/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: ActorRequest) -> HttpResponse:
    """Mend contact and wishes oneself."""
    member = _me(request)
    form = OwnForm(posted(request), member=member)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            commands.change_own(
                member=member, changes=form.changes(), intentions=form.intentions(), by=request.actor, now=now
            )
            messages.success(request, _("Saved. Your community desk sees the change."))
            return redirect("members:me")
        except RuleBroken as refusal:
            show_refusal(form, refusal)
    return render(request, "members/mend.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_POST
def own_consent(request: ActorRequest) -> HttpResponse:
    """Agree to the notice in force, or withdraw."""
    member, now = _me(request), timezone.now()
    if request.POST.get("verb") == "withdraw":
        commands.withdraw_consent(member=member, by=request.actor, now=now)
        messages.success(request, _("Your consent is withdrawn. No new service will be planned for you."))
    else:
        commands.give_consent(member=member, by=request.actor, now=now)
        messages.success(request, _("Thank you. Your consent is noted."))
    return redirect("members:me")


@require_POST
def own_export(request: ActorRequest) -> HttpResponse:
    """Everything the roster keeps about me, as Excel or JSON."""
    member = _me(request)
    commands.record_own_export(member=member, by=request.actor, now=timezone.now())
    sheets = own_sheets(request.actor, member)
    if request.POST.get("format") == "json":
        content = json.dumps(_plain(sheets), ensure_ascii=False, indent=2, default=str).encode()
        return file_answer(content, name=_("My record"), kind="json")
    return file_answer(write_workbook(sheets), name=_("My record"), kind="xlsx")


def _plain(sheets: list[Sheet]) -> dict[str, Any]:
    return {sheet.name: [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows] for sheet in sheets}
