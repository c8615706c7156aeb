"""Bodies: the list with what is missing and due, one body, its seats, its menus and surveys."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, file_answer, key_in, posted
from guangcai.core.ids import new_id
from guangcai.core.listing import Listing, listing
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.councils import commands, words
from guangcai.councils.enums import BodyRole, PartyClass, RecordKind
from guangcai.councils.filters import BodyFilter
from guangcai.councils.forms import BodyForm, ReasonForm, RecordForm, SeatForm
from guangcai.councils.models import Body, BodyMember
from guangcai.councils.queries import bodies as queries
from guangcai.councils.queries.rights import require_runs, runs, runs_any
from guangcai.councils.views.asking import places_run, room_tabs, units_in_sight
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by, roster, with_links

SORTS = {"name": "name", "kind": "kind", "place": "path", "met": "met_at"}
PEOPLE_SHOWN = 8
MEETINGS_SHOWN = 12


def found(request: ActorRequest, pk: UUID, *, edits: bool = False) -> Body:
    """The body, if the actor may see it (404 else), and run it (403 else)."""
    rows = queries.with_numbers(Body.objects.visible_to(request.actor))
    row = get_object_or_404(rows, pk=pk)
    if edits:
        require_runs(request.actor, row)
    return row


@require_safe
def bodies(request: ActorRequest) -> HttpResponse:
    """Bodies of one's area: who is missing, when they met, what is due."""
    shown = _listing(request)
    may_edit = runs_any(request.actor)
    today = timezone.localdate()
    context = {
        "listing": shown,
        "tabs": room_tabs("bodies"),
        "rows": queries.lines(shown.page),
        "may_edit": may_edit,
        "due": _due_rows(queries.due(request.actor, on=today)) if may_edit else [],
    }
    return render(request, "councils/bodies.html", context)


def _due_rows(due: list[queries.BodyDue]) -> list[tuple[queries.BodyDue, str]]:
    return [(one, str(words.DUTIES[one.due.duty])) for one in due]


@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook."""
    columns = [
        _("Body"),
        _("Kind"),
        pgettext("council", "Place"),
        _("Seats"),
        _("Missing"),
        _("Met last"),
        _("Meets next"),
    ]
    cells: list[list[Cell]] = [_cells(line) for line in queries.lines(_listing(request).rows)]
    name = pgettext("menu", "Councils")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _cells(line: queries.Line) -> list[Cell]:
    row = line.body
    told = row.__dict__
    first: list[Cell] = [row.name, str(row.get_kind_display()), row.node.name, told["seat_count"]]
    return [*first, ", ".join(map(str, line.missing)), told["met_at"], told["planned_at"]]


def _listing(request: ActorRequest) -> Listing:
    rows = queries.with_numbers(Body.objects.visible_to(request.actor))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(name__icontains=text)
    address = reverse("councils:bodies_export")
    return listing(request, rows, sorts=SORTS, default="place", filterset=BodyFilter, export_url=address)


@require_safe
def body(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One body: seats and missing parties, what is due, meetings, menus and surveys."""
    row, today = found(request, pk), timezone.localdate()
    may_edit = runs(request.actor, row) and row.ended_on is None
    (line,) = queries.lines([row])
    context = {
        "body": row,
        "missing": line.missing if row.ended_on is None else [],
        "seats": queries.seats_of(row, request.actor),
        "due": _due_rows(queries.due_of(row, on=today)) if may_edit else [],
        "meetings": row.meetings.order_by("-starts_at")[:MEETINGS_SHOWN],  # type: ignore[attr-defined]
        "records": row.records.order_by("-month", "kind")[:6],  # type: ignore[attr-defined]
        "may_edit": may_edit,
    }
    return render(request, "councils/body.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Set up a body."""
    nodes = places_run(request)
    form = BodyForm(posted(request), nodes=nodes, initial={"set_up_on": timezone.localdate()})
    page = Page(_("Set up a body"), _("Set it up"), (reverse("councils:bodies"), pgettext("menu", "Councils")))

    def act() -> Body:
        node, key = form.cleaned_data["node"], form.cleaned_data["id"]
        return commands.set_up_body(node=node, draft=form.draft(), by=request.actor, now=timezone.now(), id=key)

    return ask(request, form, act, page, said=_("Set up. Now give seats."))


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a body, with the reason."""
    row = found(request, pk, edits=True)
    if row.ended_on is not None and request.method != "POST":
        return redirect(row)
    page = Page(
        _("End the body"),
        _("End it"),
        (row.get_absolute_url(), row.name),
        hint=_("Every seat ends with it. Its meetings and minutes stay readable."),
        danger=True,
    )

    form = ReasonForm(posted(request))

    def act() -> Body:
        return commands.end_body(body=row, **form.cleaned_data, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Ended. Its meetings stay readable."))


@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Give a seat to a unit or a named party; below, members by name."""
    row = found(request, pk, edits=True)
    form = SeatForm(posted(request), units=units_in_sight(request))
    page = Page(_("Give a seat"), _("Give the seat"), (row.get_absolute_url(), row.name), lead=row.name)

    def act() -> Body:
        key = form.cleaned_data["id"]
        commands.give_seat(body=row, draft=form.draft(), by=request.actor, now=timezone.now(), id=key)
        return row

    return ask(request, form, act, page, said=_("Seated."))


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Find a member by name and give him a seat."""
    row = found(request, pk, edits=True)
    if request.method == "POST":
        member = get_object_or_404(Member.objects.visible_to(request.actor), pk=key_in(request, "member"))
        role = request.POST.get("role", "")
        draft = commands.SeatDraft(
            PartyClass.MEMBER, role if role in BodyRole.values else BodyRole.MEMBER, member=member
        )
        key = key_in(request, "id")
        commands.give_seat(body=row, draft=draft, by=request.actor, now=timezone.now(), id=key)
        return redirect(row)
    text = request.GET.get("q", "").strip()
    rows = with_links(found_by(roster(request.actor), text)).filter(path__under=row.path)
    members = list(rows.order_by("name_pinyin", "pk")[:PEOPLE_SHOWN]) if text else []
    context = {"body": row, "q": text, "found": [(one, new_id()) for one in members], "roles": BodyRole.choices}
    return render(request, "councils/people.html", context)


@require_POST
def seat_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Somebody sits there no longer."""
    visible = Body.objects.visible_to(request.actor)
    row = get_object_or_404(BodyMember.objects.filter(body__in=visible).select_related("body"), pk=pk)
    commands.end_seat(seat=row, by=request.actor, now=timezone.now())
    return redirect(row.body)


@require_http_methods(["GET", "HEAD", "POST"])
def records(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Publish the menu of a month, or what a survey found."""
    row, today = found(request, pk, edits=True), timezone.localdate()
    if row.ended_on is not None and request.method != "POST":
        return redirect(row)
    asked = {name: request.GET[name] for name in ("kind", "month") if name in request.GET}
    form = RecordForm(posted(request), today=today, initial=asked)
    page = Page(_("Publish a menu or a survey"), _("Publish"), (row.get_absolute_url(), row.name), lead=row.name)

    def act() -> Body:
        told = form.cleaned_data
        commands.publish_record(
            body=row,
            kind=RecordKind(told["kind"]),
            month=told["month"],
            text=told["text"],
            by=request.actor,
            now=timezone.now(),
            id=told["id"],
        )
        return row

    return ask(request, form, act, page, said=_("Published. Everybody in the community reads it."))
