"""Work units: list, page, changes, residence in communities."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.orgs import commands, queries
from guangcai.orgs.enums import PartyPresence, WorkUnitKind
from guangcai.orgs.forms.organisations import InstructorForm, ResidenceForm, WorkUnitFilter, WorkUnitForm
from guangcai.orgs.forms.tree import Confirmation
from guangcai.orgs.models import Instructor, ResidentUnit
from guangcai.orgs.views.frame import carried_out, form_page, unit_for, unit_seen

SORTS = {"name": "name", "kind": "kind", "node": "path"}


def _page(pk: int) -> str:
    return reverse("orgs:unit", args=[pk])


@login_required
@require_GET
def units(request: ActorRequest) -> HttpResponse:
    shown = _listing(request)
    may_add = request.actor.holds(Permission.UNIT_EDIT)
    context = {"listing": shown, "may_add": may_add, "tabs": _tabs(request)}
    return render(request, "orgs/units.html", context)


def _tabs(request: ActorRequest) -> list[Tab]:
    """All units, and the new organisations by whether the Party is there (A94); none of them: no tabs."""
    counts, shown = (
        queries.count_presence(actor=request.actor, on=timezone.localdate()),
        request.GET.get("presence", ""),
    )
    if not any(counts.values()):
        return []
    rows = [Tab(str(state.label), f"?presence={state}", shown == state, counts[state]) for state in PartyPresence]
    return [Tab(_("All units"), "?", not shown), *rows]


@login_required
@require_GET
def units_export(request: ActorRequest) -> HttpResponse:
    """Exactly the units the list shows, as a workbook."""
    columns = [pgettext("unit", "Name"), _("Short name"), _("Kind"), _("Overseen at"), _("Ended on")]
    columns.append(_("Party in new organisations"))
    rows = _listing(request).rows
    presence = dict(rows.new_organisations(timezone.localdate()).values_list("pk", "presence"))
    words = {None: "", **{state.value: str(state.label) for state in PartyPresence}}
    cells: list[list[Cell]] = [
        [row.name, row.short_name, row.get_kind_display(), row.node.name, row.ended_on, words[presence.get(row.pk)]]
        for row in rows
    ]
    return file_answer(write_workbook([Sheet(_("Work units"), columns, cells)]), name=_("Work units"), kind="xlsx")


def _listing(request: ActorRequest) -> Listing:
    rows = queries.units_matching(request.GET.get("q", "").strip(), actor=request.actor)
    if "ended" not in request.GET:
        rows = rows.filter(ended_on=None)
    export_url = reverse("orgs:units_export")
    return listing(request, rows, sorts=SORTS, default="name", filterset=WorkUnitFilter, export_url=export_url)


@login_required
@require_GET
def unit(request: ActorRequest, pk: int) -> HttpResponse:
    shown, actor = unit_seen(request, pk), request.actor
    sees_tree = actor.holds(Permission.TREE_VIEW)
    context = {
        "unit": shown,
        "residences": queries.residences_of(shown) if sees_tree else (),
        "organisations": shown.party_organisations.filter(ended_on=None).order_by("name"),
        "presence": queries.presence_of(shown, on=timezone.localdate()),
        "instructors": shown.instructors.order_by("-since"),
        "liaisons": queries.liaisons_of(shown, on=timezone.localdate()),
        "may_edit": actor.can(Permission.UNIT_EDIT, shown.path) and not shown.ended_on,
        "may_grant": actor.can(Permission.GRANT_EDIT, shown.path) and not shown.ended_on,
        "may_place": actor.holds(Permission.UNIT_EDIT) and not shown.ended_on,
        "sees_tree": sees_tree,
    }
    return render(request, "orgs/unit.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def unit_new(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    if not actor.holds(Permission.UNIT_EDIT):
        raise Forbidden()
    return form_page(
        request,
        WorkUnitForm(posted(request), actor=actor),
        lambda values: commands.add_work_unit(
            **{**values, "kind": WorkUnitKind(values["kind"])}, by=actor, now=timezone.now()
        ),
        to=lambda made: _page(made.pk),
        done=_("The unit is on the list."),
        heading=_("New work unit"),
        submit=_("Add the unit"),
        back=reverse("orgs:units"),
        back_text=_("Work units"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_edit(request: ActorRequest, pk: int) -> HttpResponse:
    shown, actor = unit_for(request, pk, Permission.UNIT_EDIT), request.actor
    initial = {
        "name": shown.name,
        "short_name": shown.short_name,
        "kind": shown.kind,
        "node": shown.node,
        "aliases": "\n".join(shown.aliases),
    }
    return form_page(
        request,
        WorkUnitForm(posted(request), actor=actor, initial=initial),
        lambda values: commands.change_work_unit(
            work_unit=shown, **{**values, "kind": WorkUnitKind(values["kind"])}, by=actor, now=timezone.now()
        ),
        to=lambda changed: _page(pk),
        done=_("The unit is saved."),
        heading=_("Change %(name)s") % {"name": shown.name},
        submit=_("Save the unit"),
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_http_methods(["GET", "POST"])
def unit_end(request: ActorRequest, pk: int) -> HttpResponse:
    shown, actor = unit_for(request, pk, Permission.UNIT_EDIT), request.actor
    return form_page(
        request,
        Confirmation(posted(request)),
        lambda values: commands.end_work_unit(work_unit=shown, by=actor, now=timezone.now()),
        to=lambda ended: _page(pk),
        done=_("The unit has ended."),
        heading=_("End %(name)s") % {"name": shown.name},
        lead=_(
            "Its liaisons lose their right today, it leaves the communities it is resident in, and its seats, "
            "agreements, promises and what it lends end. Records stay."
        ),
        submit=_("End the unit"),
        danger=True,
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_http_methods(["GET", "POST"])
def residence_new(request: ActorRequest, pk: int) -> HttpResponse:
    shown, actor = unit_seen(request, pk), request.actor
    if not actor.holds(Permission.UNIT_EDIT):
        raise Forbidden()
    return form_page(
        request,
        ResidenceForm(posted(request), actor=actor),
        lambda values: commands.add_resident_unit(
            work_unit=shown, community=values["community"], since=values["since"], by=actor, now=timezone.now()
        ),
        to=lambda made: _page(pk),
        done=_("The unit is resident in the community."),
        heading=_("Where %(name)s is resident") % {"name": shown.name},
        submit=_("Add the community"),
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_POST
def residence_end(request: ActorRequest, pk: int) -> HttpResponse:
    residence = get_object_or_404(ResidentUnit, pk=pk)
    carried_out(
        request,
        lambda: commands.end_resident_unit(residence=residence, by=request.actor, now=timezone.now()),
        done=_("The unit has left the community."),
    )
    return redirect(_page(residence.work_unit_id))


@login_required
@require_http_methods(["GET", "POST"])
def instructor_new(request: ActorRequest, pk: int) -> HttpResponse:
    """Who looks after Party work in a new organisation (A94)."""
    shown, actor = unit_for(request, pk, Permission.UNIT_EDIT), request.actor
    return form_page(
        request,
        InstructorForm(posted(request), initial={"since": timezone.localdate()}),
        lambda values: commands.name_instructor(work_unit=shown, **values, by=actor, now=timezone.now()),
        to=lambda made: _page(pk),
        done=_("The instructor is on the page of the unit."),
        heading=_("Instructor of %(name)s") % {"name": shown.name},
        submit=_("Name the instructor"),
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_POST
def instructor_end(request: ActorRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Instructor.objects.select_related("work_unit"), pk=pk)
    unit_for(request, row.work_unit_id, Permission.UNIT_EDIT)
    carried_out(
        request,
        lambda: commands.end_instructor(instructor=row, by=request.actor, now=timezone.now()),
        done=_("The instructor's time has ended."),
    )
    return redirect(_page(row.work_unit_id))
