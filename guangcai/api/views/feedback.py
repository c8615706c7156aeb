"""Feedback sheets: read by the community, its overseers and the work unit, answered by the unit."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router

from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING, WRITING
from guangcai.api.schemas.feedback import AnswerNew, LineShown, SheetPage, SheetsAsked, SheetShown, SheetWithLines
from guangcai.api.sending import attempt
from guangcai.appraisal import commands
from guangcai.appraisal.models import FeedbackSheet
from guangcai.appraisal.queries import sheets as queries
from guangcai.core.actor import Actor
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission

router = Router(tags=["feedback"])
FIGURES = ("minutes", "deeds", "services", "posts", "remark", "is_exempt")


def _with_lines(actor: Actor, key: UUID) -> SheetWithLines:
    sheet = lookups.one(queries.sheets(actor), key)
    lines = [
        LineShown(member=line.member_id, name=line.member.name, **{name: getattr(line, name) for name in FIGURES})
        for line in queries.lines(sheet)
    ]
    return SheetWithLines(**SheetShown.model_validate(sheet).model_dump(mode="python"), lines=lines)


@router.get("/feedback", response={200: SheetPage, **READING})
def list_sheets(request: ActorRequest, asked: Query[SheetsAsked]) -> Any:
    """Sheets of the caller's area, or those sent to his work unit."""
    request.actor.require_any(Permission.FEEDBACK_VIEW)
    rows = queries.sheets(request.actor)
    if asked.quarter:
        rows = rows.filter(quarter=asked.quarter)
    return cut(rows, asked, SheetShown.model_validate)


@router.get("/feedback/{uuid:sheet}", response={200: SheetWithLines, **READING})
def read_sheet(request: ActorRequest, sheet: UUID) -> Any:
    """One sheet with its lines."""
    return _with_lines(request.actor, sheet)


@router.post("/feedback/{uuid:sheet}/answer", response={200: SheetWithLines, **WRITING})
def answer_sheet(request: ActorRequest, sheet: UUID, body: AnswerNew) -> Any:
    """The work unit acknowledges or disputes, once. The same answer again is harmless, another one 409."""
    row: FeedbackSheet = lookups.one(FeedbackSheet.objects.visible_to(request.actor), sheet)
    answer, text = body.answer, body.text
    attempt(lambda: commands.answer_sheet(sheet=row, answer=answer, text=text, by=request.actor, now=timezone.now()))
    return _with_lines(request.actor, sheet)
