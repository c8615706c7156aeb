"""The kinds of values that bodies and addresses hold: exact, so that nothing is guessed and nothing breaks later."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

# One line of text; NUL is refused everywhere, because the database cannot hold it.
NO_NUL = r"^[^\x00]*$"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII | re.IGNORECASE)
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)


def _exactly(pattern: re.Pattern[str], kind: type) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, kind) or (isinstance(value, str) and pattern.fullmatch(value)):
            return value
        raise ValueError("not as written in the description")

    return BeforeValidator(check)


def _reasonable(value: datetime) -> datetime:
    """Moments that a calendar of people can hold, so that arithmetic with them cannot leave it."""
    if not 1900 <= value.year <= 2200:
        raise ValueError("between the years 1900 and 2200")
    return value


def line(most: int, *, least: int = 0) -> Any:
    """A string of at most `most` characters, spaces around it taken off."""
    return Annotated[
        str, StringConstraints(strict=True, strip_whitespace=True, min_length=least, max_length=most, pattern=NO_NUL)
    ]


def words(most: int) -> Any:
    """A search or a code in an address."""
    return Annotated[str, StringConstraints(max_length=most, pattern=NO_NUL)]


def number(least: int, most: int) -> Any:
    return Annotated[int, Field(strict=True, ge=least, le=most)]


def counted(least: int, most: int) -> Any:
    """A whole number in an address."""
    return Annotated[int, Field(ge=least, le=most), _exactly(_NUMBER, int)]


Key = Annotated[UUID, _exactly(_KEY, UUID)]
Day = Annotated[date, _exactly(_DAY, date)]
Moment = Annotated[AwareDatetime, _exactly(_MOMENT, datetime), AfterValidator(_reasonable)]
Yes = Annotated[bool, Field(strict=True)]


def _shown_at(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


# A moment in an answer.
At = Annotated[
    datetime,
    PlainSerializer(_shown_at, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Body(BaseModel):
    """What is sent: a field nobody knows is refused, never dropped."""

    model_config = ConfigDict(extra="forbid")


class Asked(BaseModel):
    """What an address asks after the question mark."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What is answered."""

    model_config = ConfigDict(from_attributes=True)


class Place(Shown):
    """A node of the tree."""

    code: str
    name: str


class Named(Shown):
    """A row that has a number and a name."""

    id: int
    name: str
