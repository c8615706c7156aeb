"""The competition of joint projects: entries, scoring sheets, shortlist, result."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, chosen_ids, posted
from guangcai.councils import commands
from guangcai.councils.agreement_forms import ContestForm, EntryForm, ResultForm, ScoresForm
from guangcai.councils.models import Contest, ContestEntry
from guangcai.councils.queries import contests as queries
from guangcai.councils.queries.rights import require_runs, runs, runs_any
from guangcai.councils.rules import DAY
from guangcai.councils.views.asking import places_run, room_tabs, units_in_sight


def found(request: ActorRequest, pk: UUID, *, edits: bool = False) -> Contest:
    row = get_object_or_404(Contest.objects.visible_to(request.actor).select_related("node"), pk=pk)
    if edits:
        require_runs(request.actor, row)
    return row


@require_safe
def contests(request: ActorRequest) -> HttpResponse:
    """Competitions of one's area and above, newest first."""
    rows = Contest.objects.visible_to(request.actor).select_related("node").order_by("-opened_at", "pk")
    context = {"rows": rows, "tabs": room_tabs("contests"), "may_edit": runs_any(request.actor)}
    return render(request, "councils/contests.html", context)


@require_safe
def contest(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Entries, and their points for whoever runs it; the result for everybody once it is published."""
    row = found(request, pk)
    may_edit = runs(request.actor, row)
    lines = queries.entries_of(row)
    context = {
        "contest": row,
        "criteria": row.criteria.all(),  # type: ignore[attr-defined]
        "lines": lines if may_edit or row.published_at else sorted(lines, key=lambda one: one.entry.entered_at),
        "sees_points": may_edit,
        "may_edit": may_edit and row.published_at is None,
        "may_enter": may_edit and row.published_at is None and timezone.localdate() <= row.closes_on,
        "has_shortlist": any(one.entry.shortlisted_at for one in lines),
    }
    return render(request, "councils/contest.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Open a competition with its scoring sheet."""
    nodes = places_run(request)
    form = ContestForm(posted(request), nodes=nodes, initial={"closes_on": timezone.localdate() + 30 * DAY})
    back = (reverse("councils:contests"), pgettext("menu", "Project competition"))
    page = Page(_("Open a competition"), _("Open it"), back)

    def act() -> Contest:
        return commands.open_contest(**form.cleaned_data, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Open. Now units enter their projects."))


@require_http_methods(["GET", "HEAD", "POST"])
def entries(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Enter the project of a unit."""
    row = found(request, pk, edits=True)
    form = EntryForm(posted(request), units=units_in_sight(request))
    page = Page(_("Enter a project"), _("Enter it"), (row.get_absolute_url(), row.name), lead=row.name)

    def act() -> Contest:
        commands.enter_contest(contest=row, **form.cleaned_data, by=request.actor, now=timezone.now())
        return row

    return ask(request, form, act, page, said=_("Entered."))


@require_http_methods(["GET", "HEAD", "POST"])
def scores(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The sheet of one judge for one project."""
    visible = Contest.objects.visible_to(request.actor)
    entry = get_object_or_404(ContestEntry.objects.filter(contest__in=visible).select_related("contest"), pk=pk)
    require_runs(request.actor, entry.contest)
    form = ScoresForm(posted(request), criteria=list(entry.contest.criteria.all()))
    page = Page(
        _("Scoring sheet"),
        _("Write it down"),
        (entry.contest.get_absolute_url(), entry.contest.name),
        lead=entry.title,
        hint=_("Points go from 0 to 10. A sheet written again replaces the earlier one of that judge."),
    )

    def act() -> Contest:
        judge = form.cleaned_data["judge"]
        commands.write_scores(entry=entry, judge=judge, points=form.points(), by=request.actor, now=timezone.now())
        return entry.contest

    return ask(request, form, act, page, said=_("Written down."))


@require_POST
def shortlist(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Exactly the ticked projects are on the shortlist."""
    row = found(request, pk, edits=True)
    commands.shortlist(contest=row, entries=chosen_ids(request), by=request.actor, now=timezone.now())
    messages.success(request, _("The shortlist is made."))
    return redirect(row)


@require_http_methods(["GET", "HEAD", "POST"])
def publication(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Awards in words, then published for good."""
    row = found(request, pk, edits=True)
    if row.published_at is not None and request.method != "POST":
        return redirect(row)
    listed = list(row.entries.filter(shortlisted_at__isnull=False).order_by("title", "pk"))  # type: ignore[attr-defined]
    page = Page(
        _("Publish the result"),
        _("Publish"),
        (row.get_absolute_url(), row.name),
        lead=row.name,
        hint=_("For example: first prize, second prize. It stays as it is."),
    )

    form = ResultForm(posted(request), entries=listed)

    def act() -> Contest:
        return commands.publish_contest(contest=row, awards=form.awards(), by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Published."))
