"""Service entries as programs send and read them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from guangcai.api.fields import At, Body, Day, Key, Moment, Place, Shown, line, number, words
from guangcai.api.paging import Paged
from guangcai.ledger.enums import EntryOrigin, EntryState, Refusal

MOST_CONFIRMED = 1000


class EntriesAsked(Paged):
    """since, until: days of service, both included. q: a person or an activity. community: its code."""

    q: words(60) = ""  # type: ignore[valid-type]
    member: Key = None  # type: ignore[assignment]
    community: words(40) = ""  # type: ignore[valid-type]
    state: EntryState = None  # type: ignore[assignment]
    since: Day = None  # type: ignore[assignment]
    until: Day = None  # type: ignore[assignment]


class EntryShown(Shown):
    """The seven fields of a service record (Order 67 art 7), and what became of it."""

    id: UUID
    member: UUID
    member_name: str
    community: Place
    activity_name: str
    kind: str = Field(description="Code of the kind of service.")
    content: str
    place: str
    recording_unit: str
    lead_name: str
    served_on: date
    starts_at: At
    ends_at: At
    minutes: int
    deeds: int
    origin: EntryOrigin
    state: EntryState
    reason: str
    reverses: UUID | None
    in_office_hours: bool
    is_late: bool
    has_objection: bool
    recorded_at: At


class EntryPage(Shown):
    rows: list[EntryShown]
    next: str | None


class BackFill(Body):
    """A service that no shift recorded. It counts once somebody with the right to approve has confirmed it."""

    id: Key
    member: Key
    community: line(40, least=1) = Field(description="Code of the recording community.")  # type: ignore[valid-type]
    starts_at: Moment
    ends_at: Moment
    minutes: number(1, 1440)  # type: ignore[valid-type]
    deeds: number(0, 1) = 0  # type: ignore[valid-type]
    kind: line(30, least=1)  # type: ignore[valid-type]
    activity_name: line(120, least=1)  # type: ignore[valid-type]
    content: line(300, least=1)  # type: ignore[valid-type]
    place: line(120, least=1)  # type: ignore[valid-type]
    lead_name: line(60, least=1)  # type: ignore[valid-type]
    reason: line(200, least=1)  # type: ignore[valid-type]


class Declined(Body):
    entry: Key
    reason: line(200, least=1)  # type: ignore[valid-type]


class Confirming(Body):
    """Entries to confirm, and those among the same list that are not, each with its reason."""

    entries: Annotated[list[Key], Field(min_length=1, max_length=MOST_CONFIRMED)]
    declined: Annotated[list[Declined], Field(max_length=MOST_CONFIRMED)] = []


class RefusedEntry(Shown):
    entry: UUID
    code: Refusal
    message: str


class Confirmed(Shown):
    """What became of each entry; one that does not fit is named and the rest goes through."""

    confirmed: list[UUID]
    declined: list[UUID]
    already: list[UUID]
    refused: list[RefusedEntry]


class Reversal(Body):
    reason: line(200, least=1)  # type: ignore[valid-type]


class ObjectionNew(Body):
    id: Key
    text: line(300, least=1)  # type: ignore[valid-type]


class ObjectionShown(Shown):
    id: UUID
    entry: UUID
    text: str
    raised_at: At
    answered_at: At | None
    outcome: str
    answer: str
