"""The steps of a case that are one button or one short form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.cases import commands
from guangcai.cases.forms import (
    AppointmentForm,
    CallBackForm,
    CloseForm,
    DeclineForm,
    DoneForm,
    NoteForm,
    ReopenForm,
    ReturnForm,
)
from guangcai.cases.models import Case
from guangcai.cases.parts import is_asker, is_worker
from guangcai.cases.queries.page import may_record_time, page_of
from guangcai.cases.views.finding import found
from guangcai.core.asking import Page, ask
from guangcai.core.errors import Forbidden, Text
from guangcai.core.http import ActorRequest, posted
from guangcai.core.permissions import Permission


@dataclass(frozen=True)
class Words:
    """A step's page in words: heading, what happens, button, what is said afterwards. verb: of queries.page.Page."""

    verb: str
    heading: Text
    lead: Text
    submit: Text
    said: Text
    danger: bool = False


def _step(
    request: ActorRequest, row: Case, form: forms.Form, words: Words, act: Callable[[], Any], **names: str
) -> HttpResponse:
    """Show the form to whoever can take the step now, or take it and go back to the case."""
    if request.method != "POST" and not getattr(page_of(row, request.actor), words.verb):
        return redirect(back_to(request, row))
    if request.method == "POST" and words is not REOPEN and not is_worker(row.assignment, request.actor):
        request.actor.require(Permission.CASE_EDIT, row.path)

    def acted() -> Any:
        act()
        return back_to(request, row)

    back = (row.get_absolute_url(), row.number)
    page = Page(words.heading, words.submit, back, lead=words.lead, danger=words.danger)
    return ask(request, form, acted, page, said=words.said, names=names)


def back_to(request: ActorRequest, row: Case) -> Any:
    """The case, as long as the actor may see it; who gave it away goes back to his jobs."""
    return row if Case.objects.visible_to(request.actor).filter(pk=row.pk).exists() else "cases:mine"


@login_required
@require_POST
def acceptance(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(request, pk)
    commands.accept(case=row, by=request.actor, now=timezone.now())
    messages.success(request, _("Accepted. Agree on day and hour with the asker."))
    return redirect(row)


@login_required
@require_POST
def contact(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(request, pk)
    commands.note_contact(case=row, by=request.actor, now=timezone.now())
    messages.success(request, _("Noted: the asker was spoken to."))
    return redirect(row)


DECLINE = Words(
    "may_decline",
    pgettext_lazy("case", "Decline"),
    gettext_lazy("The desk asks somebody else. It is no mark against anybody."),
    pgettext_lazy("case", "Decline"),
    gettext_lazy("Declined. The desk asks somebody else."),
)
RETURN = Words(
    "may_return",
    pgettext_lazy("case", "Give it back"),
    gettext_lazy("The first time to the desk, from the second time on the street decides. The clock goes on."),
    pgettext_lazy("case", "Give it back"),
    gettext_lazy("Given back, with the reason."),
)
APPOINT = Words(
    "may_appoint",
    gettext_lazy("Appointment"),
    gettext_lazy("Day and hour as agreed with the asker."),
    gettext_lazy("Note the appointment"),
    gettext_lazy("Noted."),
)
DONE = Words(
    "may_finish",
    pgettext_lazy("case", "It is done"),
    gettext_lazy("The desk calls back and asks whether it is solved."),
    pgettext_lazy("case", "It is done"),
    gettext_lazy("Noted. The desk calls back."),
)
CALL = Words(
    "may_call_back",
    gettext_lazy("Call back"),
    gettext_lazy("Ask two things: is it solved, are you satisfied. Note what was said, do not ask for praise."),
    gettext_lazy("Note the call-back"),
    gettext_lazy("Noted. The asker can still say otherwise."),
)
CLOSE = Words(
    "may_close",
    gettext_lazy("Close without a solution"),
    gettext_lazy("Only a double, a withdrawn request, or one that has another door. The rest the street decides."),
    pgettext_lazy("case", "Close"),
    gettext_lazy("Closed."),
    danger=True,
)
ESCALATE = Words(
    "may_escalate",
    gettext_lazy("Bring before the street"),
    gettext_lazy("The street says who does it. The clock goes on."),
    gettext_lazy("Bring before the street"),
    gettext_lazy("The street decides."),
)
REOPEN = Words(
    "may_reopen",
    gettext_lazy("Not solved"),
    gettext_lazy("The same request goes back to the desk."),
    gettext_lazy("Say: not solved"),
    gettext_lazy("It is open again, under the same number."),
)


@login_required
@require_http_methods(["GET", "POST"])
def decline(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, form = found(request, pk), DeclineForm(posted(request))
    return _step(request, row, form, DECLINE, lambda: commands.decline(case=row, **_said(form), **_by(request)))


@login_required
@require_http_methods(["GET", "POST"])
def give_back(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, form = found(request, pk), ReturnForm(posted(request))
    return _step(request, row, form, RETURN, lambda: commands.give_back(case=row, **_said(form), **_by(request)))


@login_required
@require_http_methods(["GET", "POST"])
def appointment(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, form = found(request, pk), AppointmentForm(posted(request))

    def act() -> Case:
        return commands.make_appointment(case=row, at=form.moment(), **_by(request))

    return _step(request, row, form, APPOINT, act, appointed_for="day")


@login_required
@require_http_methods(["GET", "POST"])
def done(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(request, pk)
    team = row.assignment.team_id if row.assignment else None
    form = DoneForm(posted(request), request.FILES or None, counts=may_record_time(row), team=team)

    def act() -> Case:
        by = _by(request)
        return commands.finish(case=row, **form.told(now=by["now"]), **by)

    return _step(request, row, form, DONE, act)


@login_required
@require_http_methods(["GET", "POST"])
def call_back(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, form = found(request, pk, permission=Permission.CASE_EDIT), CallBackForm(posted(request))
    return _step(request, row, form, CALL, lambda: commands.call_back(case=row, **_said(form), **_by(request)))


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(request, pk, permission=Permission.CASE_EDIT)
    initial = {"other": request.GET.get("other", ""), "close_code": "duplicate" if request.GET.get("other") else ""}
    form = CloseForm(posted(request), initial=initial)

    def act() -> Case:
        other = form.other_among(Case.objects.of_area(request.actor))
        note = form.cleaned_data["note"]
        return commands.close_case(case=row, code=form.code, note=note, duplicate_of=other, **_by(request))

    return _step(request, row, form, CLOSE, act, duplicate_of="other")


@login_required
@require_http_methods(["GET", "POST"])
def escalation(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, form = found(request, pk, permission=Permission.CASE_EDIT), NoteForm(posted(request))
    return _step(request, row, form, ESCALATE, lambda: commands.escalate(case=row, **_said(form), **_by(request)))


@login_required
@require_POST
def confirmation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The member who asked says: solved."""
    row = found(request, pk)
    if not is_asker(row, request.actor):
        raise Forbidden(_("Only the one who asked can say that."))
    commands.confirm_solved(case=row, **_by(request))
    messages.success(request, _("Thank you. The request is solved."))
    return redirect(row)


@login_required
@require_http_methods(["GET", "POST"])
def reopening(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The member who asked says: not solved."""
    row, form = found(request, pk), ReopenForm(posted(request))
    if request.method == "POST" and not is_asker(row, request.actor):
        raise Forbidden(_("Only the one who asked can say that."))
    return _step(request, row, form, REOPEN, lambda: commands.reopen(case=row, **_said(form), **_by(request)))


def _said(form: forms.Form) -> dict[str, Any]:
    return dict(form.cleaned_data)


def _by(request: ActorRequest) -> dict[str, Any]:
    return {"by": request.actor, "now": timezone.now()}
