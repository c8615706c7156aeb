"""The review of a round: accept, skip, pin, choose another, propose the rest anew; then one message to all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids, key_in
from guangcai.core.listing import listing
from guangcai.invitations import commands, rules
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.filters import filter_for
from guangcai.invitations.models import Proposal, Round
from guangcai.invitations.queries import rounds as queries
from guangcai.invitations.queries.others import others_for
from guangcai.members.models import Member

SORTS = {"urgency": "urgency", "points": "points", "member": "member__name_sort"}
VERBS = {"accepted": Decision.ACCEPTED, "skipped": Decision.SKIPPED, "open": None}
PER_PAGE = 50


def found(request: ActorRequest, pk: UUID) -> Round:
    """The round, if the actor asks people there; 404 else."""
    return get_object_or_404(queries.with_numbers(Round.objects.visible_to(request.actor)), pk=pk)


@login_required
@require_safe
def round_(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Every pair with its reason, what was decided, and the needs nobody was found for."""
    return answer(request, found(request, pk))


def answer(request: ActorRequest, row: Any, *, error: RuleBroken | None = None) -> HttpResponse:
    """The page of a round; with a refusal on top it is a 422."""
    shown = _listing(request, row)
    context = {
        "round": row,
        "listing": shown,
        "rows": shown.page,
        "is_open": row.closed_at is None,
        "query": request.GET.urlencode(),
        "error": error,
        "of_households": row.subject == Subject.HOUSEHOLDS,
    }
    return render(request, "invitations/round.html", context, status=422 if error else 200)


def _listing(request: ActorRequest, row: Round) -> Any:
    rows = queries.pairs_of(row, actor=request.actor)
    return listing(request, rows, sorts=SORTS, default="urgency", filterset=filter_for(row), per_page=PER_PAGE)


@login_required
@require_POST
def decisions(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What was decided about the ticked pairs, or about every undecided one that the filters show."""
    row = found(request, pk)
    verb = request.POST.get("decision", "")
    try:
        chosen = _every(request, row) if request.POST.get("every") else chosen_ids(request)
        rules.check_verb(verb, known=(*VERBS, "pinned"))
        if verb == "pinned":
            count = commands.pin(round_=row, proposals=chosen, by=request.actor, now=timezone.now())
        else:
            count = commands.decide(
                round_=row, proposals=chosen, decision=VERBS[verb], by=request.actor, now=timezone.now()
            )
    except RuleBroken as broken:
        return answer(request, row, error=broken)
    messages.success(request, _said(verb, count))
    return redirect(f"{row.get_absolute_url()}?{request.GET.urlencode()}")


def _every(request: ActorRequest, row: Round) -> list[UUID]:
    rows = _listing(request, row).rows
    return list(rows.filter(member__isnull=False, decision="").values_list("pk", flat=True))


def _said(verb: str, count: int) -> str:
    words = {
        "accepted": ngettext(
            "%(n)d accepted. Nobody is told before you send.", "%(n)d accepted. Nobody is told before you send.", count
        ),
        "skipped": ngettext(
            "%(n)d skipped; it is not proposed again.", "%(n)d skipped; they are not proposed again.", count
        ),
        "pinned": ngettext(
            "%(n)d pinned; it stays when the rest is proposed anew.",
            "%(n)d pinned; they stay when the rest is proposed anew.",
            count,
        ),
    }
    return words.get(verb, ngettext("%(n)d is to be decided again.", "%(n)d are to be decided again.", count)) % {
        "n": count
    }


@login_required
@require_POST
def revision(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Propose the rest anew: accepted and pinned pairs stay, skipped ones do not come again."""
    row = found(request, pk)
    try:
        _row, refused = commands.propose_again(round_=row, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row, error=broken)
    messages.success(request, _("Proposed anew. What was accepted or pinned stays."))
    for why in dict.fromkeys(refused):
        messages.warning(request, _("One of the pairs you kept cannot be sent: %(why)s") % {"why": why})
    return redirect(row)


@login_required
@require_http_methods(["GET", "POST"])
def sending(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who will be asked for what; then one message to each of them."""
    row = found(request, pk)
    if request.method == "POST":
        try:
            done = commands.send(round_=row, by=request.actor, now=timezone.now())
        except RuleBroken as broken:
            return answer(request, row, error=broken)
        words = ngettext("%(n)d was asked.", "%(n)d were asked, each with one message.", done.sent or 0)
        messages.success(request, words % {"n": done.sent or 0})
        return redirect(row)
    pairs = queries.pairs_of(row, actor=request.actor).filter(decision=Decision.ACCEPTED).order_by("urgency", "pk")
    if row.closed_at is not None or not pairs:
        return redirect(row)
    people = len({pair.member_id for pair in pairs})
    return render(request, "invitations/sending.html", {"round": row, "rows": pairs, "people": people})


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Drop a round: nobody is asked."""
    row = found(request, pk)
    if request.method == "POST":
        commands.drop(round_=row, by=request.actor, now=timezone.now())
        messages.success(request, _("Dropped. Nobody was asked."))
        return redirect("invitations:rounds")
    return render(request, "invitations/round_end.html", {"round": row}) if row.closed_at is None else redirect(row)


@login_required
@require_http_methods(["GET", "POST"])
def others(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Somebody else than the one proposed: the next best, and what each would cost."""
    rows = Proposal.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("round", "post", "shift__activity", "household", "member"), pk=pk)
    error = None
    if row.round.closed_at is not None:
        return redirect(row.round)
    if request.method == "POST":
        member = get_object_or_404(Member.objects.visible_to(request.actor), pk=key_in(request, "member"))
        try:
            commands.choose(proposal=row, member=member, by=request.actor, now=timezone.now())
        except RuleBroken as broken:
            error = broken
        else:
            messages.success(request, _("%(name)s is pinned for this. Accept the pair to ask.") % {"name": member.name})
            return redirect(row.round)
    context = {"proposal": row, "others": others_for(row, by=request.actor, now=timezone.now()), "error": error}
    return render(request, "invitations/others.html", context, status=422 if error else 200)
