"""Quarterly feedback sheets as programs read and answer them."""

from uuid import UUID

from pydantic import Field

from guangcai.api.fields import At, Body, Named, Place, Shown, line, words
from guangcai.api.paging import Paged
from guangcai.appraisal.enums import Answer


class SheetsAsked(Paged):
    """quarter: as 2026Q3."""

    quarter: words(6) = ""  # type: ignore[valid-type]


class SheetShown(Shown):
    """A sheet without its lines. A supplement_no above 0 carries what came after the freeze."""

    id: UUID
    quarter: str
    number: str
    supplement_no: int
    community: Place
    work_unit: Named
    as_of: At
    members: int
    minutes: int
    deeds: int
    approved_at: At | None
    read_at: At | None
    answer: str = Field(description="acknowledged, disputed or empty")
    answer_text: str
    answered_at: At | None
    reply: str
    replied_at: At | None


class SheetPage(Shown):
    rows: list[SheetShown]
    next: str | None


class LineShown(Shown):
    member: UUID
    name: str
    minutes: int
    deeds: int
    services: int
    posts: str
    remark: str
    is_exempt: bool


class SheetWithLines(SheetShown):
    lines: list[LineShown]


class AnswerNew(Body):
    """A dispute says what is wrong."""

    answer: Answer
    text: line(300) = ""  # type: ignore[valid-type]
