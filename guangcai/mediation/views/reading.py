"""Sealed words are opened one by one; the agreement is printed with a reason."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guangcai.core.asking import ask
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, key_or_none, posted, show_refusal
from guangcai.mediation import commands, papers
from guangcai.mediation.forms import PaperForm, ReasonForm
from guangcai.mediation.queries.page import last_agreement, page_of
from guangcai.mediation.views.finding import found, found_acting, page


@login_required
@require_http_methods(["GET", "POST"])
def opening(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Open one person, or the words of one step, for fifteen minutes, with a reason."""
    row = found(request, pk)
    form = ReasonForm(posted(request), initial={"what": key_or_none(request.GET.get("what", ""))})
    hint = _("It stays open for 15 minutes, for you alone. The opening and your reason are written down.")
    words = page(row, _("Open what is sealed"), _("Open"), hint=hint)

    def act() -> object:
        said = {"subject": form.cleaned_data["what"], "reason": form.cleaned_data["reason"]}
        return commands.open_subject(mediation=row, **said, by=request.actor, now=timezone.now())

    return ask(
        request, form, act, words, said=_("Open for 15 minutes, for you alone. The opening is written down."), to=row
    )


@login_required
@require_http_methods(["GET", "POST"])
def paper(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The agreement with both names, to be signed: each printing is a line of the trail."""
    row = found_acting(request, pk)
    if not page_of(row, request.actor).may_print:
        return redirect(row)
    form = PaperForm(posted(request), initial={"kind": "docx"})
    if request.method == "POST" and form.is_valid():
        try:
            reason, kind = form.cleaned_data["reason"], form.cleaned_data["kind"]
            commands.note_paper(mediation=row, reason=reason, by=request.actor, now=timezone.now())
            return _file(row, kind)
        except RuleBroken as broken:
            show_refusal(form, broken)
    hint = _("The paper names both sides. The printing and your reason are written down.")
    context = {"form": form, "page": page(row, _("Print the agreement"), _("Print"), hint=hint)}
    return render(request, "core/ask.html", context, status=422 if form.errors else 200)


def _file(row: papers.Mediation, kind: str) -> HttpResponse:
    agreement = last_agreement(row)
    assert agreement is not None
    content = papers.agreement_pdf(row, agreement) if kind == "pdf" else papers.agreement_docx(row, agreement)
    return file_answer(content, name=_("Mediation agreement %(number)s") % {"number": row.number}, kind=kind)
