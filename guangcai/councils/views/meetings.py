"""Meetings: called, shown, closed, called off, minuted."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.asking import Page, ask
from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, posted
from guangcai.councils import commands
from guangcai.councils.enums import MinutesStage
from guangcai.councils.forms import ClosingForm, MeetingForm, MinutesForm, ReasonForm
from guangcai.councils.models import Meeting, MeetingAttendance
from guangcai.councils.queries.bodies import name_of
from guangcai.councils.queries.rights import require_runs, runs
from guangcai.councils.rules import DAY
from guangcai.councils.views.bodies import found as found_body


def found(request: ActorRequest, pk: UUID, *, edits: bool = False) -> Meeting:
    """The meeting, if the actor may see its body (404 else), and run it (403 else)."""
    rows = Meeting.objects.visible_to(request.actor).select_related("body__node")
    row = get_object_or_404(rows, pk=pk)
    if edits:
        require_runs(request.actor, row.body)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Call a meeting: people are told before."""
    row = found_body(request, pk, edits=True)
    if row.ended_on is not None and request.method != "POST":
        return redirect(row)
    form = MeetingForm(posted(request), initial={"starts_on": timezone.localdate() + 7 * DAY})
    page = Page(_("Call a meeting"), _("Call it"), (row.get_absolute_url(), row.name), lead=row.name)

    def act() -> Meeting:
        key = form.cleaned_data["id"]
        return commands.call_meeting(body=row, draft=form.draft(), by=request.actor, now=timezone.now(), id=key)

    return ask(request, form, act, page, said=_("Called. Now table proposals and tell the people."))


@require_safe
def meeting(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One meeting: agenda, who was there, what was decided, the minutes as far as the reader may read them."""
    row, now = found(request, pk), timezone.now()
    may_edit = runs(request.actor, row.body)
    may_amend = commands.may_amend(row, request.actor)
    here = MeetingAttendance.objects.filter(meeting=row).select_related("seat__member", "seat__work_unit")
    versions = row.minutes.order_by("-version")  # type: ignore[attr-defined]
    if not may_amend:
        versions = versions.filter(stage=MinutesStage.FINAL)
    minutes = list(versions)
    is_final = any(one.stage == MinutesStage.FINAL for one in minutes)
    context = {
        "meeting": row,
        "agenda": row.agenda.select_related("proposal"),  # type: ignore[attr-defined]
        "decisions": row.decisions.all(),  # type: ignore[attr-defined]
        "present": [(one.seat, name_of(one.seat) if may_amend else "") for one in here.order_by("seat__since", "pk")],
        "minutes": minutes,
        "is_open": row.closed_at is None and row.called_off_at is None,
        "has_begun": row.starts_at <= now,
        "may_edit": may_edit,
        "may_write": may_amend and row.closed_at is not None and not is_final and (may_edit or bool(minutes)),
    }
    return render(request, "councils/meeting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who was there, what was decided, when they meet again."""
    row = found(request, pk, edits=True)
    if (row.closed_at or row.called_off_at) and request.method != "POST":
        return redirect(row)
    form = ClosingForm(posted(request), meeting=row)
    page = Page(
        _("Close the meeting"),
        _("Close it"),
        (row.get_absolute_url(), row.title),
        lead=row.title,
        hint=_("Nobody gets hours for a meeting. Proposals move on from their own page."),
    )

    def act() -> Meeting:
        return commands.close_meeting(meeting=row, closing=form.closing(), by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Closed. Now write the minutes."))


@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: ActorRequest, pk: UUID) -> HttpResponse:
    """It does not take place."""
    row = found(request, pk, edits=True)
    if (row.closed_at or row.called_off_at) and request.method != "POST":
        return redirect(row)
    page = Page(_("Call the meeting off"), _("Call it off"), (row.get_absolute_url(), row.title), danger=True)

    form = ReasonForm(posted(request))

    def act() -> Meeting:
        return commands.call_off_meeting(meeting=row, **form.cleaned_data, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Called off."))


@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A version of the minutes: the desk writes and ends them, whoever was there amends."""
    row = found(request, pk)
    if not commands.may_amend(row, request.actor):
        raise Forbidden()
    last = row.minutes.order_by("-version").first()  # type: ignore[attr-defined]
    if (row.closed_at is None or (last and last.stage == MinutesStage.FINAL)) and request.method != "POST":
        return redirect(row)
    stages = [MinutesStage.AMENDED]
    if runs(request.actor, row.body):
        stages = [MinutesStage.AMENDED, MinutesStage.FINAL] if last else [MinutesStage.DRAFT, MinutesStage.FINAL]
    form = MinutesForm(posted(request), stages=stages, initial={"text": last.text if last else ""})
    page = Page(
        _("Write the minutes"),
        _("Write it down"),
        (row.get_absolute_url(), row.title),
        lead=row.title,
        hint=_("Who was there can amend a draft. Final minutes stay as they are, and the community reads them."),
    )

    def act() -> Meeting:
        told = form.cleaned_data
        stage, key = MinutesStage(told["stage"]), told["id"]
        commands.write_minutes(
            meeting=row, stage=stage, text=told["text"], by=request.actor, now=timezone.now(), id=key
        )
        return row

    return ask(request, form, act, page, said=_("Written down."))
