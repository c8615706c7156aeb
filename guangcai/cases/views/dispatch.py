"""Who is asked: by the desk, or by the street's ruling."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.cases import commands
from guangcai.cases.forms import RuleOutForm
from guangcai.cases.models import Case, Technician
from guangcai.cases.queries.proposals import proposals
from guangcai.cases.views.finding import found
from guangcai.commitments import team_roll
from guangcai.commitments.belonging import place_now
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, key_or_none, posted
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors
from guangcai.members.models import Member
from guangcai.members.queries import found_by, roster, with_links
from guangcai.orgs.models import WorkUnit

SHOWN = 10


@login_required
@require_http_methods(["GET", "POST"])
def dispatch(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The proposals, a search for somebody else, and one button each."""
    row = found(request, pk, permission=Permission.CASE_EDIT)
    if request.method != "POST":
        return _page(request, row)
    try:
        worker = worker_in(request, row)
        commands.dispatch(case=row, worker=worker, note=_note(request), by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return _page(request, row, problem=broken)
    is_first = row.dispatched_at is None
    words = _("%(name)s is asked. The clock runs.") if is_first else _("%(name)s is asked. The deadlines stay.")
    messages.success(request, words % {"name": worker.name})
    return redirect(row)


@login_required
@require_http_methods(["GET", "POST"])
def ruling(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The street says who does it, or that it is not done here."""
    row = found(request, pk, permission=Permission.CASE_RULE)
    if request.method != "POST":
        return _page(request, row, is_ruling=True)
    try:
        worker, note = worker_in(request, row), _note(request)
        commands.rule_worker(case=row, worker=worker, note=note, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return _page(request, row, problem=broken, is_ruling=True)
    messages.success(request, _("Decided: %(name)s does it.") % {"name": worker.name})
    return redirect(row)


@login_required
@require_POST
def ruling_out(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Closed by the street, with a reason that the asker is told."""
    row = found(request, pk, permission=Permission.CASE_RULE)
    form = RuleOutForm(posted(request))
    if not form.is_valid():
        return _page(request, row, is_ruling=True, out=form)
    try:
        code, note = form.cleaned_data["close_code"], form.cleaned_data["note"]
        commands.rule_out(case=row, code=code, note=note, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        form.add_error(broken.field if broken.field in form.fields else None, str(broken))
        return _page(request, row, is_ruling=True, out=form)
    messages.success(request, _("Closed. The asker is told why."))
    return redirect(row)


def _note(request: ActorRequest) -> str:
    return request.POST.get("note", "").strip()


def _page(
    request: ActorRequest,
    row: Case,
    *,
    problem: RuleBroken | None = None,
    is_ruling: bool = False,
    out: RuleOutForm | None = None,
) -> HttpResponse:
    text, here = request.GET.get("q", "").strip(), place_now(row.path)
    units = WorkUnit.objects.in_force(timezone.localdate()).filter(path__in=ancestors(here))
    context = {
        "case": row,
        "q": text,
        "proposals": proposals(row, here=here, now=timezone.now()),
        "members": _members(request, row, text, here) if text else [],
        "units": units.order_by("name", "pk")[:200],
        "teams": team_roll.roll().serving(here)[:200],
        "problem": problem,
        "is_ruling": is_ruling,
        "out": out or (RuleOutForm() if is_ruling else None),
        "note": _note(request),
    }
    return render(request, "cases/dispatch.html", context, status=422 if problem or (out and out.errors) else 200)


def _members(request: ActorRequest, row: Case, text: str, here: str) -> list[Member]:
    members = with_links(found_by(roster(request.actor), text)).filter(path__under=here)
    return list(members.exclude(pk=row.about_member_id).order_by("name_sort", "pk")[:SHOWN])


def worker_in(request: ActorRequest, row: Case) -> commands.Worker:
    """Who was chosen: `worker` is "<kind>:<id>" of technician, member, unit or team; "body:" is somebody by name."""
    kind, _colon, key = request.POST.get("worker", "").partition(":")
    if kind == "technician":
        rows = Technician.objects.visible_to(request.actor)
        return commands.Worker(technician=get_object_or_404(rows, pk=key_or_none(key)))
    if kind == "member":
        return commands.Worker(member=get_object_or_404(roster(request.actor), pk=key_or_none(key)))
    if kind == "unit":
        units = WorkUnit.objects.filter(path__in=ancestors(place_now(row.path)))
        return commands.Worker(unit=get_object_or_404(units, pk=int(key) if key.isdecimal() else None))
    if kind == "team":
        teams = team_roll.roll().serving(place_now(row.path))
        return commands.Worker(team=get_object_or_404(teams, pk=key_or_none(key)))
    if kind == "body":
        return commands.Worker(body=request.POST.get("body", "")[:60])
    raise RuleBroken(_("Choose who is asked."), field="worker", code="worker_missing")
