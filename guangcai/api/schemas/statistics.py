"""Statistics as programs ask for them: the same names and the same numbers as `guangcai stats`."""

from datetime import date
from typing import Annotated

from pydantic import Field

from guangcai.api.fields import Asked, Day, Shown, words
from guangcai.reports.statistics import STATISTICS


class StatisticShown(Shown):
    """What a statistic may be broken down by, and what it is broken down by when nothing is said."""

    name: str
    title: str
    dimensions: list[str]
    default: list[str]
    measures: list[str]
    has_period: bool


class StatisticList(Shown):
    rows: list[StatisticShown]


class FiguresAsked(Asked):
    """node: code or name of a place (the caller's first). by: dimensions, separated by commas. on: the day."""

    node: words(80) = ""  # type: ignore[valid-type]
    by: words(120) = ""  # type: ignore[valid-type]
    on: Day = None  # type: ignore[assignment]
    since: Day = Field(None, alias="from")  # type: ignore[assignment]
    until: Day = Field(None, alias="to")  # type: ignore[assignment]


class FiguresShown(Shown):
    """One row per combination of dimensions, each with its `count`."""

    name: str
    node: str
    as_of: date
    rows: list[dict[str, str | int | None]]
    total: int


Name = Annotated[str, Field(json_schema_extra={"enum": list(STATISTICS)})]
