"""One case: its page, and who asked for it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from guangcai.cases import commands
from guangcai.cases.models import Case
from guangcai.cases.queries.askers import asker_for
from guangcai.cases.queries.board import rows_of, with_names
from guangcai.cases.queries.life import life_of
from guangcai.cases.queries.likeness import like_this
from guangcai.cases.queries.page import page_of
from guangcai.cases.queries.photos import photos_for
from guangcai.cases.views.finding import found
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest


@login_required
@require_safe
def case(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What was asked, who has it, what happened, and what can be done next."""
    return answer(request, found(request, pk))


def answer(
    request: ActorRequest, row: Case, *, opened: commands.Opened | None = None, problem: RuleBroken | None = None
) -> HttpResponse:
    """The page of a case; with a refusal on top it is a 422. opened: the asker in full, for this answer only."""
    now = timezone.now()
    shown = rows_of(with_names(Case.objects.filter(pk=row.pk)), now=now)[0]
    page = page_of(row, request.actor)
    context = {
        "case": row,
        "row": shown,
        "page": page,
        "asker": opened or asker_for(row, request.actor),
        "is_opened": opened is not None,
        "lines": life_of(row, request.actor),
        "photos": photos_for(row, request.actor),
        "like": _like(request, row) if page.may_dispatch else [],
        "problem": problem,
    }
    response = render(request, "cases/case.html", context, status=422 if problem else 200)
    if opened is not None:
        response["Cache-Control"] = "no-store"
    return response


def _like(request: ActorRequest, row: Case) -> list[Case]:
    """The same look as while typing, for whoever types with scripts off."""
    about = {"community": row.community, "item": row.item, "what": row.what, "place": row.place}
    cases = like_this(request.actor, now=timezone.now(), **about)
    return [one for one in cases if one.pk != row.pk]


@login_required
@require_POST
def asker(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who asked, in full; the opening is a line of the trail."""
    row = found(request, pk)
    reason = request.POST.get("reason", "")
    try:
        opened = commands.open_asker(case=row, reason=reason, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row, problem=broken)
    return answer(request, row, opened=opened)
