"""Feedback sheets: the community prepares and sends them, the work unit reads and answers them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guangcai.appraisal import commands
from guangcai.appraisal.enums import Answer
from guangcai.appraisal.forms import AnswerForm, HandOverForm, TextForm
from guangcai.appraisal.models import FeedbackSheet
from guangcai.appraisal.queries import printing
from guangcai.appraisal.queries import sheets as queries
from guangcai.appraisal.queries.behind import behind
from guangcai.appraisal.rules import QUARTER, Quarter
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids, file_answer, posted, respond, show_refusal
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission

SORTS = {"unit": "work_unit__name", "minutes": "minutes", "members": "members", "number": "number"}


def _seen(request: ActorRequest, pk: UUID) -> FeedbackSheet:
    found: FeedbackSheet = get_object_or_404(queries.sheets(request.actor), pk=pk)
    return found


@login_required
@require_safe
def sheets(request: ActorRequest) -> HttpResponse:
    """The desk's and the overseer's list, and the liaison's: the same rows, as far as each may see."""
    return _list(request)


def _list(request: ActorRequest, *, error: RuleBroken | None = None) -> HttpResponse:
    request.actor.require_any(Permission.FEEDBACK_VIEW)
    rows = queries.sheets(request.actor)
    if quarter := request.GET.get("quarter", ""):
        rows = rows.filter(quarter=quarter)
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(work_unit__name__icontains=text)
    shown = listing(request, rows.order_by("-quarter", "work_unit__name", "supplement_no"), sorts=SORTS, default="unit")
    context = {
        "listing": shown,
        "rows": [(sheet, *queries.state_of(sheet)) for sheet in shown.page],
        "quarter": quarter,
        "quarter_in_words": Quarter.parse(quarter).in_words if QUARTER.fullmatch(quarter) else "",
        "may_approve": request.actor.holds(Permission.FEEDBACK_APPROVE),
        "error": error,
    }
    return render(request, "appraisal/sheets.html", context, status=422 if error else 200)


@login_required
@require_POST
def approvals(request: ActorRequest) -> HttpResponse:
    """The secretary approves what was ticked, after a look at who gets it: numbered, frozen, sent."""
    if not request.actor.holds(Permission.FEEDBACK_APPROVE):
        raise Forbidden()
    rows = queries.sheets(request.actor).filter(pk__in=chosen_ids(request)).order_by("work_unit__name", "pk")
    if not rows:
        return _list(request, error=RuleBroken(_("Tick the drafts you approve."), code="nobody"))
    then = request.POST.get("next", "")
    then = then if _is_own(then) else reverse("appraisal:sheets")
    drafts = [row for row in rows if row.approved_at is None]
    for draft in drafts:
        request.actor.require(Permission.FEEDBACK_APPROVE, draft.path)
    if drafts and "confirmed" not in request.POST:
        return render(request, "appraisal/confirm.html", _what_approval_does(drafts, then))
    approved = commands.approve_sheets(sheets=drafts, by=request.actor, now=timezone.now())
    if approved:
        messages.success(request, _("%(count)s sheets approved; the units can read them now.") % {"count": approved})
    else:
        messages.info(request, _("These sheets are approved already."))
    return redirect(then)


def _what_approval_does(drafts: list[FeedbackSheet], then: str) -> dict[str, object]:
    words = _("Each of these sheets gets its number and goes to its unit. It cannot be changed after that.")
    online, paper = _("reads it online"), _("has no account: print it and hand it over")
    return {
        "submit": _("Approve and send"),
        "action": reverse("appraisal:approvals"),
        "cancel": then,
        "back_text": _("Feedback sheets"),
        "words": words,
        "hidden": [*(("ids", draft.pk) for draft in drafts), ("next", then)],
        "concerned": [
            (draft.work_unit.name, f"{draft.quarter_in_words} · {online if draft.has_liaison else paper}")  # type: ignore[attr-defined]
            for draft in drafts
        ],
        "held_up": (),
    }


def _is_own(address: str) -> bool:
    return address.startswith("/appraisal/")


@login_required
@require_safe
def sheet(request: ActorRequest, pk: UUID) -> HttpResponse:
    return render(request, "appraisal/sheet.html", _page(request, _seen(request, pk)))


def _page(request: ActorRequest, seen: FeedbackSheet, *, form: Form | None = None) -> dict[str, object]:
    actor = request.actor
    word, tone = queries.state_of(seen)
    edits = actor.can(Permission.FEEDBACK_EDIT, seen.path)
    answers = actor.can_for_unit(Permission.FEEDBACK_ANSWER, seen.work_unit_id)
    is_draft = seen.approved_at is None
    return {
        "sheet": seen,
        "state": word,
        "tone": tone,
        "lines": queries.lines(seen),
        "may_remark": edits and is_draft,
        "refused": None,
        "may_approve": is_draft and actor.can(Permission.FEEDBACK_APPROVE, seen.path),
        "may_open_figures": actor.can(Permission.ENTRY_VIEW, seen.path),
        "may_answer": answers and seen.answered_at is None,
        "reads_first": answers and seen.read_at is None,
        "may_reply": edits and seen.answer == Answer.DISPUTED and seen.replied_at is None,
        "may_hand_over": edits and not is_draft and not seen.has_liaison and seen.handed_over_on is None,  # type: ignore[attr-defined]
        "answer_form": form if isinstance(form, AnswerForm) else AnswerForm(),
        "reply_form": form if isinstance(form, TextForm) else TextForm(label=_("What the community found")),
        "hand_over_form": form if isinstance(form, HandOverForm) else HandOverForm(),
    }


@login_required
@require_safe
def figures(request: ActorRequest, pk: UUID, line: UUID) -> HttpResponse:
    """The services behind one line: every number opens to its rows."""
    seen = _seen(request, pk)
    request.actor.require(Permission.ENTRY_VIEW, seen.path)
    row = get_object_or_404(queries.lines(seen), pk=line)
    context = {"sheet": seen, "line": row, "behind": behind(row, seen)}
    return respond(request, "appraisal/figures.html#panel", context)


@login_required
@require_POST
def remark(request: ActorRequest, pk: UUID, line: UUID) -> HttpResponse:
    seen = _seen(request, pk)
    row = get_object_or_404(queries.lines(seen), pk=line)
    text = request.POST.get("remark", "")
    try:
        row = commands.write_remark(line=row, remark=text, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        context = _page(request, seen) | {"line": row, "refused": row.pk, "typed": text, "error": broken.message}
        return respond(request, "appraisal/sheet.html#remark_cell", context, status=422)
    context = {"sheet": seen, "line": row, "may_remark": True, "refused": None}
    return respond(request, "appraisal/sheet.html#remark_cell", context, to=seen)


@login_required
@require_POST
def reading(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The liaison has the sheet before him: noted once."""
    commands.mark_read(sheet=_seen(request, pk), by=request.actor, now=timezone.now())
    return HttpResponse(status=204)


@login_required
@require_POST
def answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen, form = _seen(request, pk), AnswerForm(posted(request))
    if form.is_valid():
        given = Answer(form.cleaned_data["answer"])
        text = form.cleaned_data["text"]
        try:
            commands.answer_sheet(sheet=seen, answer=given, text=text, by=request.actor, now=timezone.now())
        except RuleBroken as broken:
            show_refusal(form, broken)
        else:
            messages.success(request, _("Your answer is with the community."))
            return redirect(seen)
    return render(request, "appraisal/sheet.html", _page(request, seen, form=form), status=422)


@login_required
@require_POST
def reply(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen = _seen(request, pk)
    form = TextForm(posted(request), label=_("What the community found"))
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            commands.reply_to_dispute(sheet=seen, reply=text, by=request.actor, now=timezone.now())
        except RuleBroken as broken:
            form.add_error("text", str(broken.message))
        else:
            messages.success(request, _("Your reply is with the unit."))
            return redirect(seen)
    return render(request, "appraisal/sheet.html", _page(request, seen, form=form), status=422)


@login_required
@require_POST
def hand_over(request: ActorRequest, pk: UUID) -> HttpResponse:
    seen, form = _seen(request, pk), HandOverForm(posted(request))
    if form.is_valid():
        day = form.cleaned_data["on"]
        try:
            commands.hand_over_sheet(sheet=seen, on=day, by=request.actor, now=timezone.now())
        except RuleBroken as broken:
            form.add_error("on", str(broken.message))
        else:
            messages.success(request, _("Noted: handed over on paper."))
            return redirect(seen)
    return render(request, "appraisal/sheet.html", _page(request, seen, form=form), status=422)


@login_required
@require_safe
def paper(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """The sheet as Excel or Word, as it stands."""
    if kind not in ("xlsx", "docx"):
        raise Http404
    seen = _seen(request, pk)
    content = printing.sheet_workbook(seen) if kind == "xlsx" else printing.sheet_document(seen)
    return file_answer(content, name=f"{seen.quarter}-{seen.work_unit}", kind=kind)
