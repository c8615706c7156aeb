"""登记册: the register of a community as of a day, on screen and on paper, in Excel and in Word."""

from dataclasses import astuple
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guangcai.core.documents import docx_register
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.members import commands, queries, rules
from guangcai.members.forms import ExportForm, RegisterForm
from guangcai.members.queries import RegisterRow
from guangcai.members.views.asking import community_of
from guangcai.members.views.sections import sections
from guangcai.orgs.forms.communities import communities_of
from guangcai.orgs.models import Node


@require_safe
def register(request: ActorRequest) -> HttpResponse:
    """Choose community and day, look, print."""
    community = community_of(request, Permission.ROSTER_VIEW)
    form = _form(request, community)
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    rows = queries.register(request.actor, community=community, on=on)
    return render(request, "members/register.html", _context(request, form, community, on, rows))


def _context(
    request: ActorRequest, form: RegisterForm, community: Node, on: date, rows: list[RegisterRow]
) -> dict[str, object]:
    needs_reason = len(rows) > rules.ROWS_WITHOUT_REASON
    return {
        "form": form,
        "sections": sections(request.actor, "register"),
        "error": None,
        "community": community,
        "on": on,
        "rows": rows,
        "export_form": ExportForm(needs_reason=needs_reason),
        "may_export": request.actor.can(Permission.ROSTER_EXPORT, community.path),
        "made_at": timezone.now(),
    }


def _form(request: ActorRequest, community: Node) -> RegisterForm:
    asked_for = {"community": community.code, "on": request.GET.get("on") or timezone.localdate().isoformat()}
    communities = communities_of(request.actor, Permission.ROSTER_VIEW)
    return RegisterForm(asked_for, communities=communities)


@require_POST
def register_file(request: ActorRequest) -> HttpResponse:
    """The register as a file (`format` = xlsx or docx), written down like every list that leaves the house."""
    community = community_of(request, Permission.ROSTER_EXPORT)
    form = _form(request, community)
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    rows = queries.register(request.actor, community=community, on=on)
    reason = request.POST.get("reason", "")
    try:
        commands.record_export(
            path=community.path,
            rows=len(rows),
            reason=reason,
            what="register",
            by=request.actor,
            now=timezone.now(),
        )
    except RuleBroken as refusal:
        context = _context(request, form, community, on, rows) | {"error": refusal}
        return render(request, "members/register.html", context, status=422)
    title = _("Register of %(community)s as of %(day)s") % {"community": community, "day": on.isoformat()}
    if request.POST.get("format") == "docx":
        return file_answer(_word(title, rows), name=title, kind="docx")
    sheet = Sheet(_("Register"), _columns(), [astuple(row) for row in rows])
    return file_answer(write_workbook([sheet]), name=title, kind="xlsx")


def _columns() -> list[str]:
    return [
        _("Name"),
        _("Sex"),
        _("Date of birth"),
        _("Joined the Party on"),
        _("Type"),
        _("Category"),
        _("Occupation"),
        _("Work unit"),
        _("Post at work"),
        _("Skills"),
        _("Phone"),
        _("Building"),
        _("Service intentions"),
        _("Reported in on"),
        _("Receipt"),
    ]


def _word(title: str, rows: list[RegisterRow]) -> bytes:
    cells = [[cell.isoformat() if isinstance(cell, date) else cell for cell in astuple(row)] for row in rows]
    made = _("Printed on %(day)s, %(count)d members.") % {
        "day": date_format(timezone.localdate(), "DATE_FORMAT"),
        "count": len(rows),
    }
    return docx_register(title, _columns(), cells, lines_below=[made])
