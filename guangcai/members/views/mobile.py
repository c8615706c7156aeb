"""Mobile members: the list with its figures, its export, registering, contacts, the end."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.members import commands, queries, rules
from guangcai.members.enums import ContactWay, MobileDirection, MobileEnd
from guangcai.members.forms import ExportForm
from guangcai.members.forms.mobile import ContactForm, MobileEndForm, MobileFilter, MobileForm
from guangcai.members.models import Member, MobileRegistration
from guangcai.members.views.asking import asked, member_of
from guangcai.members.views.roster import common_path
from guangcai.members.views.sections import sections
from guangcai.orgs.views.frame import form_page

SORTS = {
    "name": "member__name_sort",
    "direction": "direction",
    "since": "since",
    "until": "expected_until",
    "contact": "contact_on",
}
GET_AND_POST = ["GET", "HEAD", "POST"]


def _listing(request: ActorRequest) -> Listing:
    asked(request.actor, Permission.ROSTER_VIEW)
    rows = queries.mobile_members(request.actor, request.GET.get("q", ""))
    export_url = reverse("members:mobile_export") if request.actor.holds(Permission.ROSTER_EXPORT) else ""
    return listing(request, rows, sorts=SORTS, default="contact", filterset=MobileFilter, export_url=export_url)


@require_safe
def mobile(request: ActorRequest) -> HttpResponse:
    """Who is away and who came here, the longest unheard of first."""
    today = timezone.localdate()
    context = {
        "listing": _listing(request),
        "sections": sections(request.actor, "mobile"),
        "counts": queries.count_mobile(request.actor, on=today),
        "late_before": rules.mobile_overdue_before(today),
        "may_edit": request.actor.holds(Permission.ROSTER_EDIT),
    }
    return render(request, "members/mobile.html", context)


@require_http_methods(GET_AND_POST)
def export(request: ActorRequest) -> HttpResponse:
    """Says what will leave the house, asks what for when it is much, then gives the file and writes it down."""
    asked(request.actor, Permission.ROSTER_EXPORT)
    shown = _listing(request)
    form = ExportForm(posted(request), needs_reason=shown.total > rules.ROWS_WITHOUT_REASON)
    context = {"form": form, "listing": shown, "back": f"{reverse('members:mobile')}?{request.GET.urlencode()}"}
    if request.method != "POST":
        return render(request, "members/export.html", context)
    rows = list(shown.rows)
    try:
        reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
        path = common_path([row.member.path for row in rows])
        now = timezone.now()
        commands.record_export(path=path, rows=len(rows), reason=reason, by=request.actor, now=now, what="mobile")
    except RuleBroken as refusal:
        form.add_error(refusal.field, str(refusal))
        return render(request, "members/export.html", context, status=422)
    return file_answer(write_workbook([_sheet(rows)]), name=_("Mobile members"), kind="xlsx")


def _sheet(rows: list[Any]) -> Sheet:
    columns = [_("Name"), _("Community"), _("Which way round"), _("Since"), _("Expected until")]
    columns += [
        _("Home branch, or where to"),
        _("Mobile branch"),
        _("Last contact"),
        pgettext("mobile", "Ended on"),
        _("Reason"),
    ]
    cells = [
        [
            row.member.name,
            str(row.community),
            row.get_direction_display(),
            row.since,
            row.expected_until,
            row.elsewhere,
            str(row.branch or ""),
            row.contact_on,
            row.ended_on,
            row.get_end_reason_display(),
        ]
        for row in rows
    ]
    return Sheet(_("Mobile members"), columns, cells)


@require_http_methods(GET_AND_POST)
def registration(request: ActorRequest, key: UUID) -> HttpResponse:
    """Register one member as mobile."""
    member = member_of(request, key)
    request.actor.require(Permission.ROSTER_EDIT, member.path)
    return _form(
        request,
        MobileForm(posted(request), member=member),
        lambda said: commands.register_mobile(
            **{**said, "direction": MobileDirection(said["direction"])},
            member=member,
            by=request.actor,
            now=timezone.now(),
        ),
        member=member,
        done=_("%(name)s is registered as a mobile member.") % {"name": member},
        heading=_("Register as a mobile member"),
        submit=_("Register as a mobile member"),
        lead=_(
            "%(name)s. This notes where he is and who keeps in contact; the formal relation is transferred in the "
            "national system, not here."
        )
        % {"name": member},
    )


@require_http_methods(GET_AND_POST)
def contacts(request: ActorRequest, key: UUID) -> HttpResponse:
    """Note one contact."""
    row = _editable(request, key)
    return _form(
        request,
        ContactForm(posted(request)),
        lambda said: commands.note_contact(
            registration=row, on=said["on"], way=ContactWay(said["way"]), by=request.actor, now=timezone.now()
        ),
        member=row.member,
        done=_("The contact with %(name)s is noted.") % {"name": row.member},
        heading=_("Note a contact"),
        submit=_("Note the contact"),
        lead=f"{row.member} · {row.elsewhere}",
    )


@require_http_methods(GET_AND_POST)
def ending(request: ActorRequest, key: UUID) -> HttpResponse:
    """Mobile no longer."""
    row = _editable(request, key)
    return _form(
        request,
        MobileEndForm(posted(request)),
        lambda said: commands.end_mobile(
            registration=row,
            reason=MobileEnd(said["end_reason"]),
            on=said["on"],
            by=request.actor,
            now=timezone.now(),
        ),
        member=row.member,
        done=_("%(name)s is a mobile member no longer.") % {"name": row.member},
        heading=_("End the registration"),
        submit=_("End the registration"),
        lead=f"{row.member} · {row.elsewhere}",
    )


def _editable(request: ActorRequest, key: UUID) -> MobileRegistration:
    rows = MobileRegistration.objects.visible_to(request.actor).select_related("member")
    row: MobileRegistration = get_object_or_404(rows, pk=key)
    request.actor.require(Permission.ROSTER_EDIT, row.member.path)
    return row


def _form(request: ActorRequest, form: Any, act: Any, *, member: Member, **words: Any) -> HttpResponse:
    """One form about one member, and back to his page."""
    page = member.get_absolute_url()
    return form_page(request, form, act, to=lambda _made: page, back=page, back_text=member.name, **words)
