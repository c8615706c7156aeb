"""The year: the community drafts and judges, the member reads and may object, the unit gets what was sent."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guangcai.appraisal import commands
from guangcai.appraisal.enums import ExemptionKind, Opinion, Verdict
from guangcai.appraisal.forms import DutyElsewhereForm, ExemptionForm, OpinionForm, TextForm
from guangcai.appraisal.models import Appraisal
from guangcai.appraisal.queries import printing, yearly
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted, show_refusal
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission

SORTS = {"name": "member__name_pinyin", "unit": "work_unit__name"}


def _seen(request: ActorRequest, pk: UUID) -> Appraisal:
    found: Appraisal = get_object_or_404(yearly.appraisals(request.actor), pk=pk)
    return found


def year_asked(request: ActorRequest) -> int:
    text = request.GET.get("year") or request.POST.get("year") or ""
    return int(text) if text.isdecimal() and len(text) == 4 else timezone.localdate().year


@login_required
@require_safe
def appraisals(request: ActorRequest) -> HttpResponse:
    return the_list(request)


def the_list(request: ActorRequest, *, error: RuleBroken | None = None) -> HttpResponse:
    """The year's appraisals; with `error` the refusal of what was asked for some of them stands on top (422)."""
    request.actor.require_any(Permission.APPRAISAL_VIEW)
    year = year_asked(request)
    rows = yearly.appraisals_of_area(request.actor).filter(year=year)
    if (verdict := request.GET.get("verdict", "")) in Verdict.values:
        rows = rows.filter(verdict=verdict)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(member__name__icontains=text)
    shown = listing(request, rows, sorts=SORTS, default="name")
    context = {
        "listing": shown,
        "rows": [(row, yearly.TONES[Verdict(row.verdict)], yearly.state_of(row)) for row in shown.page],
        "year": year,
        "years": range(timezone.localdate().year, timezone.localdate().year - 4, -1),
        "verdict": verdict,
        "verdicts": Verdict.choices,
        "opinions": Opinion.choices,
        "may_edit": request.actor.holds(Permission.APPRAISAL_EDIT),
        "may_approve": request.actor.holds(Permission.APPRAISAL_APPROVE),
        "error": error,
    }
    return render(request, "appraisal/appraisals.html", context, status=422 if error else 200)


@login_required
@require_POST
def drafts(request: ActorRequest) -> HttpResponse:
    """Draft the year wherever the actor may."""
    request.actor.require_any(Permission.APPRAISAL_VIEW)
    if not request.actor.holds(Permission.APPRAISAL_EDIT):
        raise Forbidden()
    year = year_asked(request)
    drafted = commands.draft_appraisals(year=year, by=request.actor, now=timezone.now())
    messages.success(request, _("%(count)s appraisals are drafted or up to date.") % {"count": drafted})
    return redirect(f"{reverse('appraisal:appraisals')}?year={year}")


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """A member's own appraisals, newest first."""
    rows = yearly.appraisals(request.actor).own(request.actor).order_by("-year")
    return render(request, "appraisal/mine.html", {"rows": rows})


@login_required
@require_safe
def appraisal(request: ActorRequest, pk: UUID) -> HttpResponse:
    return render(request, "appraisal/appraisal.html", _page(request, _seen(request, pk)))


def _page(request: ActorRequest, seen: Appraisal, **forms: Form) -> dict[str, object]:
    actor = request.actor
    is_own = actor.member_id is not None and actor.member_id in (seen.member_id, seen.member.merged_into_id)
    edits = actor.can(Permission.APPRAISAL_EDIT, seen.path)
    approves = actor.can(Permission.APPRAISAL_APPROVE, seen.path)
    is_draft = seen.approved_at is None
    objection = yearly.objection_to(seen)
    context: dict[str, object] = {
        "appraisal": seen,
        "tone": yearly.TONES[Verdict(seen.verdict)],
        "state": yearly.state_of(seen),
        "is_own": is_own,
        "shows_opinion": not is_draft or edits or actor.can(Permission.APPRAISAL_VIEW, seen.path),
        "postings": yearly.postings_behind(seen) if is_own or actor.can(Permission.ENTRY_VIEW, seen.path) else None,
        "exemptions": yearly.exemptions_of(seen) if edits else (),
        "duties_elsewhere": yearly.duties_elsewhere_of(seen) if edits or is_own else (),
        "may_edit": edits and is_draft,
        "may_write": (is_own or edits) and is_draft,
        "objection": objection,
        "may_object": is_own and not is_draft and objection is None,
        "may_answer": approves and objection is not None and objection.answered_at is None and not is_own,
        "words_form": TextForm(label=_("Own words"), initial={"text": seen.own_words}, required=False, most=1000),
        "opinion_form": OpinionForm(initial={"opinion": seen.opinion, "text": seen.opinion_text}),
        "objection_form": TextForm(label=_("What is wrong")),
        "answer_form": TextForm(label=_("What the community found")),
        "exemption_form": ExemptionForm(),
        "elsewhere_form": DutyElsewhereForm(),
    }
    context |= forms
    for name, form in context.items():
        if isinstance(form, Form):
            # Several forms on one page have a field of the same name: each label finds its own.
            form.auto_id = f"{name}_%s"
    return context


def _said(request: ActorRequest, seen: Appraisal, name: str, form: Form, carry_out: object, done: str) -> HttpResponse:
    """Carry out what a form says, or redraw the page with its refusal (422)."""
    if form.is_valid():
        try:
            carry_out(form.cleaned_data)  # type: ignore[operator]
        except RuleBroken as broken:
            show_refusal(form, broken)
        else:
            messages.success(request, done)
            return redirect(seen)
    return render(request, "appraisal/appraisal.html", _page(request, seen, **{name: form}), status=422)


@login_required
@require_POST
def own_words(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen = _seen(request, pk)
    form = TextForm(posted(request), label=_("Own words"), required=False, most=1000)
    return _said(
        request,
        seen,
        "words_form",
        form,
        lambda typed: commands.write_own_words(
            appraisal=seen, text=typed["text"], by=request.actor, now=timezone.now()
        ),
        _("Your words are written down."),
    )


@login_required
@require_POST
def opinion(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen = _seen(request, pk)
    return _said(
        request,
        seen,
        "opinion_form",
        OpinionForm(posted(request)),
        lambda typed: commands.give_opinion(
            appraisal=seen,
            opinion=Opinion(typed["opinion"]),
            text=typed["text"],
            by=request.actor,
            now=timezone.now(),
        ),
        _("The opinion is written down."),
    )


@login_required
@require_POST
def objection(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen = _seen(request, pk)
    return _said(
        request,
        seen,
        "objection_form",
        TextForm(posted(request), label=_("What is wrong")),
        lambda typed: commands.object_to_appraisal(
            appraisal=seen, text=typed["text"], by=request.actor, now=timezone.now()
        ),
        _("Your objection is with the community. You are told when it is answered."),
    )


@login_required
@require_POST
def objection_answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen = _seen(request, pk)
    return _said(
        request,
        seen,
        "answer_form",
        TextForm(posted(request), label=_("What the community found")),
        lambda typed: commands.answer_objection(
            appraisal=seen, answer=typed["text"], by=request.actor, now=timezone.now()
        ),
        _("The answer stands beside the objection."),
    )


@login_required
@require_POST
def exemptions(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen = _seen(request, pk)
    return _said(
        request,
        seen,
        "exemption_form",
        ExemptionForm(posted(request)),
        lambda typed: commands.add_exemption(
            member=seen.member,
            kind=ExemptionKind(typed["kind"]),
            since=typed["since"],
            until=typed["until"],
            by=request.actor,
            now=timezone.now(),
        ),
        _("Exempted. Draft the year again to see what is owed now."),
    )


@login_required
@require_POST
def duties_elsewhere(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen = _seen(request, pk)
    return _said(
        request,
        seen,
        "elsewhere_form",
        DutyElsewhereForm(posted(request)),
        lambda typed: commands.add_duty_elsewhere(
            member=seen.member,
            year=seen.year,
            minutes=int(typed["hours"] * 60),
            deeds=typed["deeds"],
            proof=typed["proof"],
            by=request.actor,
            now=timezone.now(),
        ),
        _("Written down. Draft the year again to see it counted."),
    )


@login_required
@require_safe
def paper(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One appraisal as a Word file."""
    seen = _seen(request, pk)
    return file_answer(printing.appraisal_document(seen), name=f"{seen.year}-{seen.member.name}", kind="docx")
