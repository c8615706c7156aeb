"""A step that was written down wrongly is said again: one address, the form of its sort."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guangcai.core.asking import ask
from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, posted
from guangcai.mediation import commands
from guangcai.mediation.enums import CORRECTED, StepKind
from guangcai.mediation.forms import CorrectAgreementForm, CorrectSessionForm, CorrectVisitForm
from guangcai.mediation.models import MediationStep
from guangcai.mediation.queries.page import labels_of, may_correct, mediators_of_session, opened_by
from guangcai.mediation.views.finding import found_acting, page

COMMANDS = {StepKind.HEARD: commands.correct_session, StepKind.AGREED: commands.correct_agreement}


@login_required
@require_http_methods(["GET", "POST"])
def correction(request: ActorRequest, pk: UUID, step_pk: UUID) -> HttpResponse:
    """Say a session, an agreement or a visit rightly: a new row, the old one stays and counts no more."""
    row = found_acting(request, pk)
    steps = row.steps.filter(kind__in=CORRECTED).select_related("corrects", "written", "session", "agreement")
    step = get_object_or_404(steps, pk=step_pk)
    if not may_correct(row, step, request.actor):
        raise Forbidden()
    if request.method != "POST" and not row.steps.standing().filter(pk=step.pk).exists():
        return redirect(row)
    form = _form(step, posted(request), is_open=_is_open(step, request))
    hint = _("What stands there now stays in the life of the matter, with your name and what was wrong.")
    words = page(row, _("Correct: %(what)s") % {"what": step.get_kind_display()}, _("Correct"), hint=hint)
    command = COMMANDS.get(StepKind(step.kind), commands.correct_visit)

    def act() -> object:
        said = {**form.said, "slip": form.cleaned_data["slip"]}
        return command(step=step, **said, by=request.actor, now=timezone.now())

    return ask(request, form, act, words, said=_("Corrected. The first version stays and counts no more."))


def _is_open(step: MediationStep, request: ActorRequest) -> bool:
    written = getattr(step, "written", None)
    return written is not None and written.pk in opened_by(step.mediation, request.actor)


def _form(
    step: MediationStep, data: QueryDict | None, *, is_open: bool
) -> CorrectSessionForm | CorrectAgreementForm | CorrectVisitForm:
    """Filled with what stands there; sealed words only while they are open for this reader."""
    note = step.written.note if is_open else ""
    if step.kind == StepKind.HEARD:
        return _session_form(step, data, note=note, place=step.written.place if is_open else "")
    if step.kind == StepKind.AGREED:
        signed = {"signed_on": step.agreement.signed_on, "signed_how": step.agreement.signed_how}
        return CorrectAgreementForm(data, initial={"items": note, **signed})
    return CorrectVisitForm(data, initial={"note": note, "holds": "no" if step.kind == StepKind.BROKEN else "yes"})


def _session_form(step: MediationStep, data: QueryDict | None, *, note: str, place: str) -> CorrectSessionForm:
    session, labels = step.session, labels_of(step.mediation)
    start = timezone.localtime(session.starts_at)
    initial = {
        "day": start.date(),
        "start_time": start.time(),
        "minutes": session.minutes,
        "parties": [str(key) for key in session.parties.values_list("party", flat=True)],
        "mediators": [str(key) for key in session.mediators.values_list("mediator", flat=True)],
        "note": note,
        "place": place,
    }
    mediators = mediators_of_session(session, step.mediation)
    return CorrectSessionForm(data, labels=labels, mediators=mediators, initial=initial)
