"""A member's pledge: chosen, made, marked, ended, answered."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.commitments.enums import EndReason
from guangcai.commitments.forms import EndForm
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, key_or_none, posted, show_refusal
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.members.models import Member
from guangcai.pledges import commands
from guangcai.pledges.forms import AnswerForm, DoneForm, PledgeForm
from guangcai.pledges.models import Pledge, PledgeLine, PledgeMark, Template
from guangcai.pledges.queries import pledges as queries
from guangcai.pledges.queries.fulfilment import entries_behind, fulfilment
from guangcai.pledges.views.asking import check_year, found, is_own, own_member, year_of

ENTRIES_SHOWN = 200


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """My pledges and how far they are, then what I could pledge this year or next."""
    member, today = own_member(request), timezone.localdate()
    year = today.year + 1 if year_of(request) == today.year + 1 else today.year
    here = reverse("pledges:mine")
    tabs = [Tab(str(one), f"{here}?year={one}#choose", one == year) for one in (today.year, today.year + 1)]
    shown = queries.own_pledges(request.actor) if member else []
    context = {
        "member": member,
        "pledges": [(row, row.state_on(today), done) for row, done in shown],
        "choices": queries.choices_for(member, year=year) if member and member.community else [],
        "tabs": tabs,
        "year": year,
        "sees_list": request.actor.holds(Permission.PLEDGE_EDIT),
    }
    return render(request, "pledges/mine.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, code: str, year: int) -> HttpResponse:
    """Pledge for a year: oneself, or for somebody who asked the desk to (`member`)."""
    member = _member(request)
    own = request.actor.member_id == member.pk
    request.actor.require(Permission.PLEDGE_MAKE if own else Permission.PLEDGE_EDIT, member.path)
    template = get_object_or_404(Template, code=code)
    version = queries.versions_in_force(member.path, year=check_year(year)).get(template.pk)
    if version is None:
        raise Http404
    form = PledgeForm(posted(request), version=version, year=year, own=own)
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.make_pledge(
                version=version,
                member=member,
                content=form.content(),
                by=request.actor,
                now=timezone.now(),
                id=form.cleaned_data["id"],
                asked=form.cleaned_data.get("asked", ""),
            )
            messages.success(request, _("Pledged. It can be printed and signed."))
            return redirect(made)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "template": template, "year": year, "member": member, "own": own}
    return render(request, "pledges/new.html", context, status=422 if form.errors else 200)


def _member(request: ActorRequest) -> Member:
    text = request.GET.get("member", "")
    key = key_or_none(text) if text else request.actor.member_id
    seen = Member.objects.visible_to(request.actor).current().select_related("community")
    return get_object_or_404(seen.exclude(community=None), pk=key)


@login_required
@require_safe
def pledge(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One pledge: its lines with what was done, the review, and what can be done now."""
    row = found(request, pk)
    return render(request, "pledges/pledge.html", context_of(request, row))


def context_of(request: ActorRequest, row: Pledge) -> dict[str, object]:
    own, today = is_own(request, row), timezone.localdate()
    state, review = row.state_on(today), row.outcome
    done = fulfilment([row])[row.pk]
    is_open = row.ended_at is None and review is None
    may_review = not own and review is None and state != "ended" and (state == "to_review" or done.is_whole)
    return {
        "pledge": row,
        "state": state,
        "review": review,
        "done": done,
        "own": own,
        "is_open": is_open,
        "may_end": row.ended_at is None and review is None and state == "running",
        "may_review": may_review,
        "may_answer": own and review is not None and review.answered_at is None,
    }


def _line(request: ActorRequest, pk: UUID) -> tuple[PledgeLine, Pledge]:
    line = get_object_or_404(PledgeLine, pk=pk)
    return line, found(request, line.pledge_id)


@login_required
@require_safe
def line(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The confirmed records that count for a line."""
    one, row = _line(request, pk)
    entries = list(entries_behind(one, row).select_related("kind", "community")[:ENTRIES_SHOWN])
    state = next(state for state in fulfilment([row])[row.pk].lines if state.line.pk == one.pk)
    context = {"line": state, "pledge": row, "entries": entries, "own": is_own(request, row)}
    return render(request, "pledges/line.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def marks(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Mark a line as done, with a note."""
    one, row = _line(request, pk)
    form = DoneForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.mark_done(line=one, **form.cleaned_data, by=request.actor, now=timezone.now())
            messages.success(request, _("Marked as done."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "line": one, "pledge": row}
    return render(request, "pledges/mark.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def mark_removal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a mark back that was set by mistake."""
    mark = get_object_or_404(PledgeMark.objects.select_related("line"), pk=pk)
    row = found(request, mark.line.pledge_id)
    try:
        commands.withdraw_mark(mark=mark, by=request.actor, now=timezone.now())
        messages.success(request, _("The mark is taken back."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect(row)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a pledge before its day: by either side, with a reason."""
    row = found(request, pk)
    own = is_own(request, row)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = EndForm(posted(request), own=own)
    if request.method == "POST" and form.is_valid():
        reason, note = EndReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        try:
            commands.end_pledge(pledge=row, reason=reason, note=note, by=request.actor, now=timezone.now())
            messages.success(request, _("The pledge is ended. Service given until now stays on record."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "pledge": row, "own": own}
    return render(request, "pledges/end.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The member answers the review, once."""
    row = found(request, pk)
    review = row.outcome
    if request.method != "POST" and (review is None or review.answered_at is not None or not is_own(request, row)):
        return redirect(row)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            text = form.cleaned_data["answer"]
            commands.answer_review(pledge=row, answer=text, by=request.actor, now=timezone.now())
            messages.success(request, _("Your answer stands beside the review."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "pledge": row, "review": review}
    return render(request, "pledges/answer.html", context, status=422 if form.errors else 200)
