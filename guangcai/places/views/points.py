"""Service points at the desk: added one by one or from a table, changed, closed, named."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.spreadsheet import UnreadableTable
from guangcai.orgs.models import Node, WorkUnit
from guangcai.places import commands
from guangcai.places.enums import PointKind
from guangcai.places.filters import PointFilter
from guangcai.places.forms import LabelForm, PointFileForm, PointForm, ReasonForm
from guangcai.places.models import PointLabel, ServicePoint
from guangcai.places.point_file import Found, Setting, read_points
from guangcai.places.queries import directory as queries

SORTS = {"name": "name", "kind": "kind", "place": "path", "since": "since", "until": "until"}
RIGHTS = (Permission.PLACE_EDIT, Permission.TREE_EDIT)


def _require_some(request: ActorRequest) -> None:
    if not any(request.actor.holds(right) for right in RIGHTS):
        raise Forbidden()


def _kept(request: ActorRequest, pk: UUID) -> ServicePoint:
    """The point, which anybody may see; 404 where the actor has no right at all, 403 where he only reads."""
    row = get_object_or_404(ServicePoint.objects.select_related("node", "host"), pk=pk)
    commands.require_keeper(request.actor, row.path)
    return row


@login_required
@require_safe
def kept(request: ActorRequest) -> HttpResponse:
    """Every point the actor keeps, those that are closed too."""
    _require_some(request)
    rows: Any = queries.history(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(name__icontains=text)
    shown = listing(request, rows, sorts=SORTS, default="place", filterset=PointFilter)
    context = {"listing": shown, "rows": queries.rows_of(shown.page.object_list)}
    return render(request, "places/kept.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def point_new(request: ActorRequest) -> HttpResponse:
    _require_some(request)
    initial = {"node": _home(request), "since": localdate()}
    form = PointForm(posted(request), actor=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = commands.add_point(
                node=said["node"], content=form.content(), id=said["id"], by=request.actor, now=timezone.now()
            )
            messages.success(request, _("Added. Anybody finds it in the directory."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "places/point_new.html", {"form": form}, status=422 if form.errors else 200)


def _home(request: ActorRequest) -> Node | None:
    """The place the actor keeps, if it is one."""
    paths = {path for right in RIGHTS for path in request.actor.paths_with(right)}
    return Node.objects.filter(path__in=paths).order_by("path").first()


@login_required
@require_http_methods(["GET", "POST"])
def point_edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _kept(request, pk)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = PointForm(posted(request), actor=request.actor, point=row)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_point(point=row, content=form.content(), by=request.actor, now=timezone.now())
            messages.success(request, _("Saved. The directory says so at once."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "point": row}
    return render(request, "places/point_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def point_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _kept(request, pk)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.end_point(point=row, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now())
            messages.success(request, _("Closed. It has left the directory; its record stays."))
            return redirect("places:kept")
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "point": row}
    return render(request, "places/point_end.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def point_import(request: ActorRequest) -> HttpResponse:
    """A table of outlets: taken in as a whole, or nothing of it and every problem by its row."""
    _require_some(request)
    form = PointFileForm(posted(request), request.FILES or None, actor=request.actor, initial={"node": _home(request)})
    found = Found()
    if request.method == "POST" and form.is_valid():
        try:
            found = _read(request, form)
            if found.lines and not found.problems:
                added = commands.add_points(lines=found.lines, by=request.actor, now=timezone.now())
                _say(request, added, len(found.lines) - added)
                return redirect("places:kept")
            if not found.problems:
                form.add_error("file", _("The table holds no row below its header."))
        except (UnreadableTable, RuleBroken) as refusal:
            form.add_error("file", str(refusal))
    context = {"form": form, "problems": found.problems, "fine": len(found.lines)}
    status = 422 if request.method == "POST" else 200
    return render(request, "places/point_import.html", context, status=status)


def _read(request: ActorRequest, form: PointFileForm) -> Found:
    said, actor = form.cleaned_data, request.actor
    commands.require_keeper(actor, said["node"].path)
    paths = [path for right in RIGHTS for path in actor.paths_with(right)]
    setting = Setting(
        node=said["node"],
        kind=PointKind(said["kind"]),
        since=localdate(),
        nodes=Node.objects.filter(under("path", paths)),
        units={unit.name: unit for unit in WorkUnit.objects.visible_to(actor).filter(ended_on=None)},
    )
    return read_points(said["file"].read(), said["file"].name, setting)


def _say(request: ActorRequest, added: int, there: int) -> None:
    words = ngettext("%(n)d service point added.", "%(n)d service points added.", added) % {"n": added}
    if there:
        words += " " + ngettext("%(n)d was there already.", "%(n)d were there already.", there) % {"n": there}
    messages.success(request, words)


@login_required
@require_http_methods(["GET", "POST"])
def labels(request: ActorRequest) -> HttpResponse:
    """What the kinds are called, and where."""
    _require_some(request)
    form = LabelForm(posted(request), actor=request.actor, initial={"node": _home(request)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        commands.set_label(
            node=said["node"],
            kind=PointKind(said["kind"]),
            label=said["label"],
            by=request.actor,
            now=timezone.now(),
        )
        messages.success(request, _("Saved. The directory uses the name at once."))
        return redirect("places:labels")
    rows = PointLabel.objects.select_related("node").order_by("path", "kind")
    context = {"form": form, "rows": rows}
    return render(request, "places/labels.html", context, status=422 if form.errors else 200)
