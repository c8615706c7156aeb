"""Pledges at the desk: the list and its export, reviews, pledging for somebody, what is public."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids, file_answer, posted, respond, show_refusal
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.units import hours
from guangcai.members.commands import record_export
from guangcai.members.forms import ExportForm
from guangcai.members.queries.roster import found_by, roster, with_links
from guangcai.members.rules import ROWS_WITHOUT_REASON
from guangcai.orgs.forms.communities import communities_of
from guangcai.pledges import commands, papers
from guangcai.pledges.enums import Finding
from guangcai.pledges.filters import PledgeFilter
from guangcai.pledges.forms import ReviewForm
from guangcai.pledges.models import Pledge
from guangcai.pledges.queries import pledges as queries
from guangcai.pledges.queries.fulfilment import Fulfilment, fulfilment
from guangcai.pledges.views.asking import community_of, found, is_own, year_of
from guangcai.pledges.views.own import context_of

SORTS = {
    "name": "member__name_sort",
    "template": "template__position",
    "community": "community__code",
    "year": "year",
    "due": "until",
}
PEOPLE_SHOWN = 12


def _listing(request: ActorRequest) -> Listing:
    rows = queries.listed(request.actor)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(member__in=found_by(roster(request.actor), text).values("pk"))
    address = reverse("pledges:export")
    return listing(request, rows, sorts=SORTS, default="-year", filterset=PledgeFilter, export_url=address)


@login_required
@require_safe
def pledges(request: ActorRequest) -> HttpResponse:
    """Pledges of one's communities, the newest year first; members find their own instead."""
    if not request.actor.holds(Permission.PLEDGE_EDIT):
        return redirect("pledges:mine")
    return _list(request)


def _list(request: ActorRequest, *, error: RuleBroken | None = None) -> HttpResponse:
    shown, today = _listing(request), timezone.localdate()
    page = list(shown.page)
    done = fulfilment(page)
    rows = [(row, row.state_on(today), done[row.pk], _may_tick(request, row, done[row.pk])) for row in page]
    context = {"listing": shown, "rows": rows, "error": error}
    return render(request, "pledges/list.html", context, status=422 if error else 200)


def _may_tick(request: ActorRequest, row: Pledge, done: Fulfilment) -> bool:
    is_open = row.outcome is None
    return is_open and done.is_whole and not is_own(request, row)


@login_required
@require_http_methods(["GET", "POST"])
def export(request: ActorRequest) -> HttpResponse:
    """Says what will leave the house, asks what for when it is much, then gives the file and writes it down."""
    if not request.actor.holds(Permission.PLEDGE_EDIT):
        raise Http404
    rows = list(_listing(request).rows)
    form = ExportForm(posted(request), needs_reason=len(rows) > ROWS_WITHOUT_REASON)
    context = {"form": form, "total": len(rows), "back": f"{reverse('pledges:list')}?{request.GET.urlencode()}"}
    if request.method != "POST":
        return render(request, "pledges/export.html", context)
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    path, now = _common(rows), timezone.now()
    try:
        record_export(path=path, rows=len(rows), reason=reason, what="pledges", by=request.actor, now=now)
    except RuleBroken as refusal:
        show_refusal(form, refusal)
        return render(request, "pledges/export.html", context, status=422)
    name = pgettext("menu", "Pledges")
    return file_answer(write_workbook([_sheet(name, rows)]), name=name, kind="xlsx")


def _common(rows: list[Pledge]) -> str:
    """The place of all rows; "" when they lie in several."""
    paths = {row.path for row in rows}
    return paths.pop() if len(paths) == 1 else ""


def _sheet(name: str, rows: list[Pledge]) -> Sheet:
    done = fulfilment(rows)
    columns = [_("Name"), pgettext("menu", "Pledge"), _("Year"), _("Community"), pgettext("pledge", "What is pledged")]
    columns += [pgettext("pledge", "Done"), _("State"), pgettext("pledge", "Finding"), pgettext("pledge", "In words")]
    return Sheet(name, columns, [_cells(row, done[row.pk]) for row in rows])


def _cells(row: Pledge, done: Fulfilment) -> list[Any]:
    found_ = row.outcome
    lines = "; ".join(_line_words(state) for state in done.lines)
    state = row.state_on(timezone.localdate())
    first = [row.member.name, row.template.name, row.year, row.community.name, lines]
    said = [found_.get_finding_display(), found_.words] if found_ else ["", ""]
    return [*first, f"{done.done}/{len(done.lines)}", str(state.label), *said]


def _line_words(state: Any) -> str:
    if not state.is_drawn:
        return f"{state.line.text}: {state.mark.note}" if state.mark else str(state.line.text)
    served = state.served
    counted = _("%(times)d of %(wanted)d times, %(hours)s h") % {
        "times": served.times,
        "wanted": state.line.times,
        "hours": hours(served.minutes),
    }
    return f"{state.line.text}: {counted}"


@login_required
@require_POST
def reviews(request: ActorRequest) -> HttpResponse:
    """Review the ticked pledges, whose every line is fulfilled; all of them or none."""
    chosen = list(Pledge.objects.kept_by(request.actor).filter(pk__in=chosen_ids(request)))
    try:
        made = commands.review_fulfilled(pledges=chosen, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return _list(request, error=broken)
    words = ngettext("%(n)d pledge is reviewed as fulfilled.", "%(n)d pledges are reviewed as fulfilled.", len(made))
    messages.success(request, words % {"n": len(made)})
    return redirect("pledges:list")


@login_required
@require_http_methods(["GET", "POST"])
def review(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Say in words what became of a pledge."""
    row = found(request, pk)
    request.actor.require(Permission.PLEDGE_EDIT, row.path)
    if request.method != "POST" and not context_of(request, row)["may_review"]:
        return redirect(row)
    form = ReviewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        finding, words = Finding(form.cleaned_data["finding"]), form.cleaned_data["words"]
        try:
            commands.review(pledge=row, finding=finding, words=words, by=request.actor, now=timezone.now())
            messages.success(request, _("Reviewed. %(name)s is told.") % {"name": row.member.name})
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "pledge": row, "done": fulfilment([row])[row.pk]}
    return render(request, "pledges/review.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def people(request: ActorRequest) -> HttpResponse:
    """Find somebody who asked the desk to write his pledge down."""
    if not request.actor.holds(Permission.PLEDGE_EDIT):
        raise Http404
    text, year = request.GET.get("q", "").strip(), timezone.localdate().year
    here = communities_of(request.actor, Permission.PLEDGE_EDIT)
    rows = with_links(found_by(roster(request.actor), text)).filter(community__in=here)
    members = list(rows.order_by("name_pinyin", "pk")[:PEOPLE_SHOWN]) if text else []
    place = here.first()
    choices = queries.versions_in_force(place.path, year=year).values() if place else []
    offered = sorted((v.template for v in choices if v.template.form != "checklist"), key=lambda one: one.position)
    context = {"q": text, "members": members, "templates": offered, "year": year}
    return respond(request, "pledges/people.html#found", context)


@login_required
@require_safe
def public(request: ActorRequest) -> HttpResponse:
    """What members of a community have pledged in public: names and words, nothing else."""
    community, year = community_of(request, Permission.PLEDGE_VIEW), year_of(request)
    rows = queries.public_pledges(request.actor, path=community.path, year=year)
    context = {
        "community": community,
        "communities": communities_of(request.actor, Permission.PLEDGE_VIEW),
        "year": year,
        "rows": [(row, [papers.line_words(line) for line in row.lines.all()]) for row in rows],
        "is_desk": request.actor.can(Permission.PLEDGE_EDIT, community.path),
    }
    return render(request, "pledges/public.html", context)


@login_required
@require_safe
def public_paper(request: ActorRequest, kind: str) -> HttpResponse:
    """The public pledges for the notice board, as Word or PDF: made by the desk."""
    community, year = community_of(request, Permission.PLEDGE_VIEW), year_of(request)
    request.actor.require(Permission.PLEDGE_EDIT, community.path)
    rows = queries.public_pledges(request.actor, path=community.path, year=year)
    now, place = timezone.now(), {"community": community.name, "year": year}
    if kind == "pdf":
        content = papers.public_pdf(rows, **place, now=now)
    elif kind == "docx":
        content = papers.public_docx(rows, **place)
    else:
        raise Http404
    return file_answer(content, name=papers.public_title(**place), kind=kind)


@login_required
@require_safe
def paper(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """One pledge to be signed, as Word or PDF."""
    makers = {"docx": papers.pledge_docx, "pdf": papers.pledge_pdf}
    if kind not in makers:
        raise Http404
    row = found(request, pk)
    name = f"{row.template.name} {row.year} {row.member.name}"
    return file_answer(makers[kind](row, now=timezone.now()), name=name, kind=kind)
