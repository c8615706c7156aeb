"""Programmes of aid: what they came to, number by number for the desk, in bands for everybody else."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.asking import Page, ask
from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, posted
from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import communities_run
from guangcai.wishes import commands
from guangcai.wishes.gift_forms import CorrectionForm, OutcomeForm, ProgrammeEndForm, ProgrammeForm
from guangcai.wishes.models import AidOutcome, AidProgramme
from guangcai.wishes.queries import aid as queries


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> AidProgramme:
    """The programme, if the actor may see it (404 else) and holds `permission` there (403 else)."""
    row = get_object_or_404(queries.programmes(request.actor), pk=pk)
    if permission is not None:
        request.actor.require(permission, row.path)
    return row


@login_required
@require_safe
def programmes(request: ActorRequest) -> HttpResponse:
    """Programmes of one's area, those that run first."""
    if not request.actor.holds(Permission.STATISTICS_VIEW):
        raise Forbidden()
    rows = queries.programmes(request.actor).order_by("community__code", "kind__position", "since", "pk")
    for name, column in (("programme", "kind"), ("community", "community")):
        if request.GET.get(name, "").isdecimal():
            rows = rows.filter(**{column: request.GET[name][:18]})
    context = {
        "rows": sorted(rows, key=lambda row: row.ended_on is not None),
        "may_edit": request.actor.holds(Permission.WISH_EDIT),
    }
    return render(request, "wishes/programmes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def programme_new(request: ActorRequest) -> HttpResponse:
    """Write a programme down."""
    form = ProgrammeForm(posted(request), communities=communities_run(request.actor, Permission.WISH_EDIT))
    page = Page(_("New aid programme"), _("Write it down"), (reverse("wishes:programmes"), _("Aid programmes")))
    return ask(
        request,
        form,
        lambda: commands.add_programme(**form.cleaned_data, by=request.actor, now=timezone.now()),
        page,
        said=_("Written down. Add what it comes to, day by day."),
        to=page.back[0],
    )


@login_required
@require_safe
def programme(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What a programme came to."""
    row = found(request, pk)
    may_edit = request.actor.can(Permission.WISH_EDIT, row.path)
    context = {
        "programme": row,
        "may_edit": may_edit,
        "sums": queries.sums_of(row, request.actor, on=timezone.localdate()),
        "outcomes": queries.outcomes_of(row, request.actor),
    }
    return render(request, "wishes/programme.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def programme_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The programme no longer runs."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    if request.method != "POST" and row.ended_on is not None:
        return redirect(row)
    form = ProgrammeEndForm(posted(request), initial={"ended_on": timezone.localdate()})
    page = Page(
        _("End the programme"),
        _("End it"),
        (row.get_absolute_url(), row.title),
        hint=_("What it came to stays on record."),
        danger=True,
    )
    return ask(
        request,
        form,
        lambda: commands.end_programme(
            programme=row, ended_on=form.cleaned_data["ended_on"], by=request.actor, now=timezone.now()
        ),
        page,
        said=_("Ended."),
        to=page.back[0],
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def outcome_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Add a number with its day and source."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    form = OutcomeForm(posted(request), initial={"on": timezone.localdate()})
    page = Page(_("Add an outcome"), _("Add it"), (row.get_absolute_url(), row.title))
    return ask(
        request,
        form,
        lambda: commands.note_outcome(programme=row, **form.cleaned_data, by=request.actor, now=timezone.now()),
        page,
        said=_("Added."),
        to=page.back[0],
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def outcome_correction(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Put the right number in the place of a wrong one."""
    rows = AidOutcome.objects.visible_to(request.actor).select_related("programme", "measure", "correction")
    row = get_object_or_404(rows, pk=pk)
    if request.method != "POST" and hasattr(row, "correction"):
        return redirect(row.programme)
    form = CorrectionForm(posted(request), corrects=row)
    page = Page(
        _("Correct the number"),
        _("Correct it"),
        (row.programme.get_absolute_url(), row.programme.title),
        hint=f"{row.on.isoformat()} · {row.measure} {row.count} {row.measure.unit} · {row.source}",
    )
    return ask(
        request,
        form,
        lambda: commands.correct_outcome(outcome=row, **form.cleaned_data, by=request.actor, now=timezone.now()),
        page,
        said=_("Corrected. The number as it was stays readable."),
        to=page.back[0],
    )
