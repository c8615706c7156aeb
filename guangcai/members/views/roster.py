"""The roster: one list, found by one box, filtered in the URL, kept, exported as shown."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.phones import mask
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.members import commands, queries, rules
from guangcai.members.forms import ExportForm, MemberFilter
from guangcai.members.models import Member
from guangcai.members.views.asking import asked
from guangcai.members.views.sections import sections

SORTS = {
    "name": "name_sort",
    "unit": "job__work_unit__name",
    "occupation": "occupation__position",
    "community": "community__code",
    "contact": "last_contact_on",
}

MAIN_FILTERS = ("community", "unit", "occupation", "reported_in")
MORE_FILTERS = ("member_type", "category", "skill", "intention", "account")


def shown(request: ActorRequest) -> Listing:
    """The roster as the query string asks for it; the export and the list share it."""
    asked(request.actor, Permission.ROSTER_VIEW)
    members = queries.found_by(queries.roster(request.actor), request.GET.get("q", ""))
    rows = queries.with_links(members)
    export_url = reverse("members:export") if request.actor.holds(Permission.ROSTER_EXPORT) else ""
    return listing(request, rows, sorts=SORTS, default="name", filterset=MemberFilter, export_url=export_url)


@require_safe
def roster(request: ActorRequest) -> HttpResponse:
    """All members of the actor's area."""
    actor = request.actor
    rows = shown(request)
    form = rows.form
    context = {
        "listing": rows,
        "main_filters": [form[name] for name in MAIN_FILTERS] if form else [],
        "more_filters": [form[name] for name in MORE_FILTERS] if form else [],
        "more_in_force": any(request.GET.get(name) for name in MORE_FILTERS),
        "sections": sections(actor, "roster"),
        "may_edit": actor.holds(Permission.ROSTER_EDIT),
        "saved_filters": queries.saved_filters(actor),
        "query": request.GET.urlencode(),
    }
    return render(request, "members/roster.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: ActorRequest) -> HttpResponse:
    """Says what will leave the house, asks what for when it is much, then gives the file and writes it down."""
    asked(request.actor, Permission.ROSTER_EXPORT)
    rows = shown(request)
    form = ExportForm(posted(request), needs_reason=rows.total > rules.ROWS_WITHOUT_REASON)
    context = {"form": form, "listing": rows, "back": f"{reverse('members:roster')}?{request.GET.urlencode()}"}
    if request.method != "POST":
        return render(request, "members/export.html", context)
    try:
        reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
        members = list(rows.rows)
        path = common_path([member.path for member in members])
        commands.record_export(path=path, rows=len(members), reason=reason, by=request.actor, now=timezone.now())
    except RuleBroken as refusal:
        form.add_error(refusal.field, str(refusal))
        return render(request, "members/export.html", context, status=422)
    name = _("Roster %(day)s") % {"day": timezone.localdate().isoformat()}
    return file_answer(write_workbook([_sheet(members)]), name=name, kind="xlsx")


@require_POST
def filters(request: ActorRequest) -> HttpResponse:
    """Keep the filter in force under a name."""
    asked(request.actor, Permission.ROSTER_VIEW)
    query = request.POST.get("query", "")
    try:
        commands.save_filter(name=request.POST.get("name", ""), query=query, by=request.actor)
        messages.success(request, _("The filter is kept."))
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('members:roster')}?{query}")


@require_POST
def filter_removal(request: ActorRequest, key: int) -> HttpResponse:
    """Forget a kept filter of one's own."""
    commands.drop_filter(filter_id=key, by=request.actor)
    return redirect("members:roster")


def common_path(paths: list[str]) -> str:
    """The smallest place that holds all of `paths`."""
    if not paths:
        return ""
    shortest, longest = min(paths), max(paths)
    same = next((i for i, (a, b) in enumerate(zip(shortest, longest, strict=False)) if a != b), len(shortest))
    return shortest[: shortest.rfind("/", 0, same) + 1] if same < len(shortest) else shortest


def _sheet(members: list[Member]) -> Sheet:
    columns = [
        _("Name"),
        _("Sex"),
        _("Work unit"),
        _("Occupation"),
        _("Post at work"),
        _("Community"),
        _("Building"),
        _("Phone"),
        _("Type"),
        _("Category"),
        _("Last contact"),
    ]
    return Sheet(_("Roster"), columns, _rows(members))


def _rows(members: list[Member]) -> Iterator[list[Any]]:
    for member in members:
        yield [
            member.name,
            member.get_gender_display(),
            member.unit_name,  # type: ignore[attr-defined]
            str(member.occupation or ""),
            member.job_title,
            str(member.community or ""),
            str(member.building or ""),
            mask(member.phone),
            member.get_member_type_display(),
            member.get_category_display(),
            member.last_contact_on,
        ]
