"""Party organisations and who holds their offices."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.orgs import commands, queries
from guangcai.orgs.enums import OfficeSource, PartyLevel
from guangcai.orgs.forms.organisations import OfficeHolderForm, PartyOrganisationFilter, PartyOrganisationForm
from guangcai.orgs.forms.tree import Confirmation
from guangcai.orgs.models import OfficeHolder, PartyOrganisation
from guangcai.orgs.views.frame import carried_out, form_page, organisation_seen

SORTS = {"name": "name", "level": "level", "founded": "founded_on"}


def _page(pk: int) -> str:
    return reverse("orgs:party_organisation", args=[pk])


def _may_edit(request: ActorRequest, organisation: PartyOrganisation) -> bool:
    place = organisation.node or organisation.work_unit
    return place is not None and request.actor.can(Permission.UNIT_EDIT, place.path)


@login_required
@require_GET
def party_organisations(request: ActorRequest) -> HttpResponse:
    may_add = request.actor.holds(Permission.UNIT_EDIT)
    return render(request, "orgs/party_organisations.html", {"listing": _listing(request), "may_add": may_add})


@login_required
@require_GET
def party_organisations_export(request: ActorRequest) -> HttpResponse:
    """Exactly the organisations the list shows, as a workbook."""
    columns = [_("Name"), _("Level"), _("Place or unit"), _("Above it"), _("Founded on"), _("Ended on")]
    cells: list[list[Cell]] = [
        [
            row.name,
            row.get_level_display(),
            str(row.node or row.work_unit or ""),
            row.parent.name if row.parent else "",
            row.founded_on,
            row.ended_on,
        ]
        for row in _listing(request).rows
    ]
    name = _("Party organisations")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _listing(request: ActorRequest) -> Listing:
    q = request.GET.get("q", "").strip()
    rows = queries.party_organisations_of(request.actor).filter(name__icontains=q)
    rows = rows.select_related("node", "work_unit", "parent")
    if "ended" not in request.GET:
        rows = rows.filter(ended_on=None)
    export_url = reverse("orgs:party_organisations_export")
    return listing(request, rows, sorts=SORTS, default="name", filterset=PartyOrganisationFilter, export_url=export_url)


@login_required
@require_GET
def party_organisation(request: ActorRequest, pk: int) -> HttpResponse:
    shown = organisation_seen(request, pk)
    holders = shown.office_holders.order_by("until", "-since", "pk")
    context = {
        "organisation": shown,
        "holders": holders,
        "below": shown.children.filter(ended_on=None).order_by("name"),
        "may_edit": _may_edit(request, shown) and not shown.ended_on,
    }
    return render(request, "orgs/party_organisation.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def party_organisation_new(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    if not actor.holds(Permission.UNIT_EDIT):
        raise Forbidden()
    parents = queries.party_organisations_of(actor).filter(ended_on=None)
    return form_page(
        request,
        PartyOrganisationForm(posted(request), actor=actor, parents=parents),
        lambda values: commands.add_party_organisation(
            **{**values, "level": PartyLevel(values["level"])}, by=actor, now=timezone.now()
        ),
        to=lambda made: _page(made.pk),
        done=_("The organisation is on the list."),
        heading=_("New Party organisation"),
        submit=_("Add the organisation"),
        back=reverse("orgs:party_organisations"),
        back_text=_("Party organisations"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def party_organisation_end(request: ActorRequest, pk: int) -> HttpResponse:
    shown = organisation_seen(request, pk)
    if not _may_edit(request, shown):
        raise Forbidden()
    return form_page(
        request,
        Confirmation(posted(request)),
        lambda values: commands.end_party_organisation(organisation=shown, by=request.actor, now=timezone.now()),
        to=lambda ended: _page(pk),
        done=_("The organisation has ended."),
        heading=_("End %(name)s") % {"name": shown.name},
        lead=_("The offices in it end too. Members' relations to it stay history."),
        submit=_("End the organisation"),
        danger=True,
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_http_methods(["GET", "POST"])
def office_holder_new(request: ActorRequest, pk: int) -> HttpResponse:
    shown = organisation_seen(request, pk)
    if not _may_edit(request, shown):
        raise Forbidden()
    return form_page(
        request,
        OfficeHolderForm(posted(request)),
        lambda values: commands.add_office_holder(
            organisation=shown,
            **{**values, "source": OfficeSource(values["source"])},
            by=request.actor,
            now=timezone.now(),
        ),
        to=lambda made: _page(pk),
        done=_("The office holder is on the list."),
        heading=_("New office holder of %(name)s") % {"name": shown.name},
        submit=_("Add the office holder"),
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_POST
def office_holder_end(request: ActorRequest, pk: int) -> HttpResponse:
    holder = get_object_or_404(OfficeHolder, pk=pk)
    organisation_seen(request, holder.party_organisation_id)
    carried_out(
        request,
        lambda: commands.end_office_holder(holder=holder, by=request.actor, now=timezone.now()),
        done=_("The office has been laid down."),
    )
    return redirect(_page(holder.party_organisation_id))
