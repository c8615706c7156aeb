"""The steps of a matter, each one short form."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guangcai.core.asking import ask
from guangcai.core.errors import Text
from guangcai.core.http import ActorRequest, posted
from guangcai.mediation import commands
from guangcai.mediation.forms import AgreementForm, EndForm, ReopenForm, SessionForm, VisitForm
from guangcai.mediation.models import Mediation
from guangcai.mediation.queries.page import labels_of, page_of
from guangcai.mediation.views.finding import found_acting, page

USUAL_MINUTES = 60


class Making(Protocol):
    """How a form is made: by its class, or for a matter."""

    def __call__(self, data: QueryDict | None) -> Form: ...


def _step(
    request: ActorRequest,
    row: Mediation,
    verb: str,
    making: Making,
    command: Callable[..., Mediation],
    words: tuple[Text, Text],
    *,
    hint: Text,
    said: Text,
    danger: bool = False,
) -> HttpResponse:
    """One step of a matter. verb: the button of its page; where the step cannot be taken now, back to the matter.

    words: the title, and the button that writes.
    """
    if request.method != "POST" and not getattr(page_of(row, request.actor), verb):
        return redirect(row)
    form: Any = making(posted(request))

    def act() -> Mediation:
        return command(mediation=row, **form.said, by=request.actor, now=timezone.now())

    return ask(request, form, act, page(row, *words, hint=hint, danger=danger), said=said)


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Both sides were heard: opens with the hour that just ended, everybody ticked."""
    row = found_acting(request, pk)
    words = _("Write down a session"), _("Write it down")
    hint = _("What was said is sealed. A member's time goes to the record as “Mediation”, without the matter.")

    def making(data: QueryDict | None) -> Form:
        return _session_form(row, data)

    command = commands.record_session
    return _step(request, row, "may_hear", making, command, words, hint=hint, said=_("Written down."))


def _session_form(row: Mediation, data: QueryDict | None) -> SessionForm:
    labels = labels_of(row)
    mediators = [one.mediator for one in row.assignments.live().select_related("mediator__member")]
    start = timezone.localtime() - timedelta(minutes=USUAL_MINUTES)
    initial = {
        "day": start.date(),
        "start_time": start.replace(second=0, microsecond=0).time(),
        "minutes": USUAL_MINUTES,
        "parties": [str(key) for key in labels],
        "mediators": [str(one.pk) for one in mediators],
    }
    return SessionForm(data, labels=labels, mediators=mediators, initial=initial)


@login_required
@require_http_methods(["GET", "POST"])
def agreement(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Both sides agreed."""
    row, command = found_acting(request, pk), commands.note_agreement
    words = _("Write down the agreement"), _("Write it down")
    hint = _("Sealed. Print it afterwards, and have both sides sign.")
    said = _("Agreed. The day of the first visit is set.")
    return _step(request, row, "may_agree", AgreementForm, command, words, hint=hint, said=said)


@login_required
@require_http_methods(["GET", "POST"])
def visits(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Does the agreement hold?"""
    row, command = found_acting(request, pk), commands.note_visit
    words = _("Visit after the agreement"), _("Write it down")
    hint = _("Ask both sides, each by itself. Where it does not hold, the same matter is open again.")
    return _step(request, row, "may_visit", VisitForm, command, words, hint=hint, said=_("Written down."))


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """It ends without an agreement: another way is shown, or they withdraw."""
    row, command = found_acting(request, pk), commands.end_without
    words, hint = (_("End without an agreement"), _("End it")), _("The desk can open it again when they come back.")
    return _step(request, row, "may_end", EndForm, command, words, hint=hint, said=_("Ended."), danger=True)


@login_required
@require_http_methods(["GET", "POST"])
def reopening(request: ActorRequest, pk: UUID) -> HttpResponse:
    """They come back: the same matter under the same number."""
    row, command = found_acting(request, pk, desk_only=True), commands.reopen
    words, said = (_("Open it again"), _("Open it again")), _("Open again, under the same number.")
    return _step(request, row, "may_reopen", ReopenForm, command, words, hint=_("It keeps its number."), said=said)
