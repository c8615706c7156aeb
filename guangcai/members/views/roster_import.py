"""A list comes in: send it, check the columns, mend rows, decide doubts, apply, read what happened."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core import jobs
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.permissions import Permission
from guangcai.core.screens import JobView
from guangcai.members import commands, queries
from guangcai.members.enums import BatchState
from guangcai.members.forms.fields import suggested_units
from guangcai.members.forms.roster_import import ColumnsForm, RosterFileForm, UnitChoiceForm
from guangcai.members.models import RosterBatch
from guangcai.members.roster_import.columns import Columns
from guangcai.members.views.sections import sections

PER_PAGE = 20
SAMPLES = 3


@require_http_methods(["GET", "HEAD", "POST"])
def roster_imports(request: ActorRequest) -> HttpResponse:
    """Send a file; the files sent before."""
    actor = request.actor
    if not (actor.holds(Permission.ROSTER_IMPORT) or actor.holds(Permission.UNIT_ROSTER_IMPORT)):
        raise Forbidden()
    begun = {"stands": "expected"} if request.GET.get("stands") == "expected" else {}
    form = RosterFileForm(posted(request), request.FILES or None, actor=actor, initial=begun)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = commands.receive_roster(
                id=form.cleaned_data["id"],
                target=form.target(),
                content=file.read(),
                file_name=file.name,
                by=actor,
                now=timezone.now(),
            )
        except RuleBroken as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("members:roster_import", key=batch.pk)
    page = Paginator(queries.batches(actor), PER_PAGE).get_page(request.GET.get("page"))
    tabs = sections(actor, "roster_imports") if actor.holds(Permission.ROSTER_IMPORT) else ()
    context = {"form": form, "page": page, "sections": tabs}
    return render(request, "members/roster_imports.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def roster_import(request: ActorRequest, key: UUID) -> HttpResponse:
    """Where a file stands: under way, to be settled, or done."""
    batch = _batch(request, key)
    job = _job(request, batch)
    if job is not None and not job.is_over:
        return render(request, "members/roster_import_under_way.html", {"batch": batch, "job": job})
    failed = job.result_text if job is not None and job.state == "failed" else ""
    if batch.state in (BatchState.APPLIED, BatchState.DISCARDED):
        return render(request, "members/roster_import_result.html", {"batch": batch})
    if batch.state == BatchState.READ:
        return render(request, "members/roster_import_unread.html", {"batch": batch, "failed": failed})
    return render(request, "members/roster_import.html", _preview(request, batch) | {"failed": failed})


@require_safe
def roster_import_progress(request: ActorRequest, key: UUID) -> HttpResponse:
    """The progress bar alone, asked for every two seconds."""
    batch = _batch(request, key)
    return render(request, "components/job.html", {"job": _job(request, batch) or _no_job()})


@require_http_methods(["GET", "HEAD", "POST"])
def roster_import_columns(request: ActorRequest, key: UUID) -> HttpResponse:
    """What each column means, with its first cells."""
    batch = _waiting(request, key)
    columns = Columns.from_json(batch.columns)
    form = ColumnsForm(posted(request), columns=columns, samples=queries.samples(batch, SAMPLES))
    if request.method == "POST" and form.is_valid():
        try:
            commands.set_columns(batch=batch, fields=form.meanings(), by=request.actor, now=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The columns are settled and kept for the next file; all rows are checked."))
            return redirect("members:roster_import", key=key)
    status = 422 if request.method == "POST" else 200
    return render(request, "members/roster_import_columns.html", {"batch": batch, "form": form}, status=status)


@require_POST
def roster_import_row(request: ActorRequest, key: UUID, number: int) -> HttpResponse:
    """Mend cells of one row in place."""
    batch = _waiting(request, key)
    changes = {
        int(name.removeprefix("cell-")): value
        for name, value in request.POST.items()
        if name.startswith("cell-") and name.removeprefix("cell-").isdecimal()
    }
    commands.mend_row(batch=batch, number=number, changes=changes, by=request.actor, now=timezone.now())
    return _back(request, key, "problems")


@require_POST
def roster_import_decision(request: ActorRequest, key: UUID, number: int) -> HttpResponse:
    """The same person, or another."""
    batch = _waiting(request, key)
    is_same = request.POST.get("is_same")
    if is_same not in ("yes", "no"):
        raise RuleBroken(_("Say whether it is the same person."), field="is_same")
    commands.decide_row(batch=batch, number=number, is_same=is_same == "yes", by=request.actor, now=timezone.now())
    return _back(request, key, "doubts")


@require_POST
def roster_import_unit(request: ActorRequest, key: UUID) -> HttpResponse:
    """Which unit a name in the file means."""
    batch = _waiting(request, key)
    form = UnitChoiceForm(posted(request))
    if not form.is_valid():
        context = _preview(request, batch) | {"failed": "", "unit_form": form}
        return render(request, "members/roster_import.html", context, status=422)
    unit = None if form.cleaned_data["add"] else form.cleaned_data["work_unit"]
    name = form.cleaned_data["name"]
    commands.choose_unit(batch=batch, name=name, work_unit=unit, by=request.actor, now=timezone.now())
    return _back(request, key, "units")


@require_POST
def roster_import_application(request: ActorRequest, key: UUID) -> HttpResponse:
    """Put the list on the roster, in the background."""
    batch = _batch(request, key)
    skip = request.POST.get("skip_problems") == "yes"
    commands.ask_to_apply(batch=batch, skip_problems=skip, by=request.actor, now=timezone.now())
    return redirect("members:roster_import", key=key)


@require_POST
def roster_import_removal(request: ActorRequest, key: UUID) -> HttpResponse:
    """Throw the file away."""
    commands.discard_roster(batch=_batch(request, key), by=request.actor, now=timezone.now())
    messages.success(request, _("The file is thrown away; nothing of it was kept."))
    return redirect("members:roster_imports")


@require_safe
def roster_import_refused(request: ActorRequest, key: UUID) -> HttpResponse:
    """The refused rows with their reasons, as a workbook."""
    batch = _batch(request, key)
    content = commands.refused_content(batch)
    if not content:
        raise OutOfScope()
    name = _("%(file)s - refused rows.xlsx") % {"file": batch.file_name.rpartition(".")[0] or batch.file_name}
    return file_answer(content, name=name.removesuffix(".xlsx"), kind="xlsx")


def _batch(request: ActorRequest, key: UUID) -> RosterBatch:
    rows = RosterBatch.objects.visible_to(request.actor).select_related("community", "work_unit__node")
    return get_object_or_404(rows, pk=key)


def _waiting(request: ActorRequest, key: UUID) -> RosterBatch:
    batch = _batch(request, key)
    if batch.state not in (BatchState.PROBLEMS, BatchState.READY):
        raise Conflict(_("This file is settled already."), code="batch_settled")
    return batch


def _preview(request: ActorRequest, batch: RosterBatch) -> dict[str, Any]:
    columns = Columns.from_json(batch.columns)
    problems = Paginator(queries.problem_rows(batch), PER_PAGE).get_page(request.GET.get("problems"))
    doubts = Paginator(queries.doubtful_rows(batch), PER_PAGE).get_page(request.GET.get("doubts"))
    return {
        "batch": batch,
        "columns": columns,
        "id_numbers": ", ".join(columns.id_number_columns),
        "unused": [columns.label(at) for at, name in enumerate(columns.fields) if not name and columns.headers[at]],
        "problem_page": problems,
        "problems": queries.waiting_rows(problems, columns),
        "doubt_page": doubts,
        "doubts": queries.doubts(doubts, columns, actor=request.actor),
        "units": queries.units_nobody_knows(batch, columns),
        "suggestions": suggested_units(batch.path),
        "may_add_units": batch.community_id is not None,
        "good": batch.new_count + batch.matched_count,
        "unit_form": None,
    }


def _job(request: ActorRequest, batch: RosterBatch) -> JobView | None:
    if batch.job is None:
        return None
    try:
        shown = jobs.progress(batch.job, request.actor)
    except OutOfScope:
        # A colleague started it: the batch's own state says enough.
        return None
    here = reverse("members:roster_import", args=[batch.pk])
    return JobView(
        label=shown.label,
        done=shown.done,
        total=shown.total,
        state=shown.state,
        poll_url=reverse("members:roster_import_progress", args=[batch.pk]),
        result_url=here,
        result_text=shown.result_text,
        problems=shown.problems,
    )


def _no_job() -> JobView:
    return JobView(label=_("Reading the roster file"), done=0, total=0, state="done", poll_url="")


def _back(request: ActorRequest, key: UUID, part: str) -> HttpResponse:
    page = request.POST.get("page", "")
    query = f"?{part}={page}" if page.isdecimal() and part != "units" else ""
    return redirect(f"{reverse('members:roster_import', args=[key])}{query}#{part}")
