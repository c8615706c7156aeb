"""The steps of a matter, each one short form."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guangcai.core.asking import ask
from guangcai.core.enums import SignedHow
from guangcai.core.http import ActorRequest
from guangcai.core.ids import new_id
from guangcai.mediation import commands
from guangcai.mediation.forms import AgreementForm, EndForm, ReopenForm, SessionForm, VisitForm
from guangcai.mediation.models import Mediation
from guangcai.mediation.queries.page import labels_of, page_of
from guangcai.mediation.views.finding import found_acting, page
from guangcai.members.views.asking import posted

USUAL_MINUTES = 60


def _by(request: ActorRequest) -> dict[str, Any]:
    return {"by": request.actor, "now": timezone.now()}


def _is_shut(request: ActorRequest, row: Mediation, verb: str) -> bool:
    """Whether the page would ask for a step that cannot be taken now: back to the matter."""
    return request.method != "POST" and not getattr(page_of(row, request.actor), verb)


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Both sides were heard: opens with the hour that just ended, everybody ticked."""
    row = found_acting(request, pk)
    if _is_shut(request, row, "may_hear"):
        return redirect(row)
    labels = labels_of(row)
    mediators = [one.mediator for one in row.assignments.live().select_related("mediator__member")]
    start = timezone.localtime() - timedelta(minutes=USUAL_MINUTES)
    initial = {
        "id": new_id(),
        "day": start.date(),
        "start_time": start.replace(second=0, microsecond=0).time(),
        "minutes": USUAL_MINUTES,
        "parties": [str(key) for key in labels],
        "mediators": [str(one.pk) for one in mediators],
    }
    form = SessionForm(posted(request), labels=labels, mediators=mediators, initial=initial)
    hint = _("What was said is sealed. A member's time goes to the record as “Mediation”, without the matter.")
    words = page(row, _("Write down a session"), _("Write it down"), hint=hint)

    def act() -> Mediation:
        return commands.record_session(mediation=row, draft=form.draft(), **_by(request))

    return ask(request, form, act, words, said=_("Written down."))


@login_required
@require_http_methods(["GET", "POST"])
def agreement(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Both sides agreed."""
    row = found_acting(request, pk)
    if _is_shut(request, row, "may_agree"):
        return redirect(row)
    initial = {"id": new_id(), "signed_on": timezone.localdate(), "signed_how": SignedHow.PAPER}
    form = AgreementForm(posted(request), initial=initial)
    hint = _("Sealed. Print it afterwards, and have both sides sign.")
    words = page(row, _("Write down the agreement"), _("Write it down"), hint=hint)

    def act() -> Mediation:
        return commands.note_agreement(mediation=row, draft=form.draft(), **_by(request))

    return ask(request, form, act, words, said=_("Agreed. The day of the first visit is set."))


@login_required
@require_http_methods(["GET", "POST"])
def visits(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Does the agreement hold?"""
    row = found_acting(request, pk)
    if _is_shut(request, row, "may_visit"):
        return redirect(row)
    form = VisitForm(posted(request), initial={"id": new_id()})
    hint = _("Ask both sides, each by itself. Where it does not hold, the same matter is open again.")
    words = page(row, _("Visit after the agreement"), _("Write it down"), hint=hint)

    def act() -> Mediation:
        said = form.cleaned_data
        facts = {"holds": said["holds"] == "yes", "note": said["note"], "id": said["id"]}
        return commands.note_visit(mediation=row, **facts, **_by(request))

    return ask(request, form, act, words, said=_("Written down."))


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """It ends without an agreement: another way is shown, or they withdraw."""
    row = found_acting(request, pk)
    if _is_shut(request, row, "may_end"):
        return redirect(row)
    form = EndForm(posted(request), initial={"id": new_id()})
    hint = _("The desk can open it again when they come back.")
    words = page(row, _("End without an agreement"), _("End it"), hint=hint, danger=True)

    def act() -> Mediation:
        said = form.cleaned_data
        facts = {"other_way": said["other_way"], "note": said["note"], "id": said["id"]}
        return commands.end_without(mediation=row, **facts, **_by(request))

    return ask(request, form, act, words, said=_("Ended."))


@login_required
@require_http_methods(["GET", "POST"])
def reopening(request: ActorRequest, pk: UUID) -> HttpResponse:
    """They come back: the same matter under the same number."""
    row = found_acting(request, pk, desk_only=True)
    if _is_shut(request, row, "may_reopen"):
        return redirect(row)
    form = ReopenForm(posted(request), initial={"id": new_id()})
    words = page(row, _("Open it again"), _("Open it again"), hint=_("It keeps its number."))

    def act() -> Mediation:
        said = {"note": form.cleaned_data["note"], "id": form.cleaned_data["id"]}
        return commands.reopen(mediation=row, **said, **_by(request))

    return ask(request, form, act, words, said=_("Open again, under the same number."))
