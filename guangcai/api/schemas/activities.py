"""Activities, shifts, sign-ups and attendance as programs send and read them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from guangcai.activities.enums import ActivityKind, CancelReason, HolidayRule, Method, Presence
from guangcai.api.fields import At, Body, Day, Key, Moment, Place, Shown, Yes, line, number, words
from guangcai.api.paging import Paged

# More than a launch day's thousand; a longer list is sent in parts.
MOST_ARRIVALS = 5000


class ActivitiesAsked(Paged):
    """community: its code."""

    community: words(40) = ""  # type: ignore[valid-type]


class ActivityShown(Shown):
    """A recruitment notice."""

    id: UUID
    community: Place
    title: str
    kind: str
    service_kind: str | None = Field(description="Code of the kind of service.")
    place: str
    content: str
    conditions: str
    sign_up_method: str
    risk_note: str
    guarantee: str
    minimum_age: int | None
    skills: list[str] = Field(description="Codes of the skills asked for.")
    is_deed: bool
    lead_name: str
    insurance_ref: str
    published_at: At | None
    cancelled_at: At | None
    cancel_reason: str


class ActivityPage(Shown):
    rows: list[ActivityShown]
    next: str | None


class ActivityNew(Body):
    """What the notice says, besides times and numbers, which its shifts say."""

    id: Key | None = None
    community: line(40, least=1) = Field(description="Code of the community.")  # type: ignore[valid-type]
    title: line(120, least=1)  # type: ignore[valid-type]
    kind: ActivityKind = ActivityKind.SERVICE
    service_kind: line(30, least=1) | None = None  # type: ignore[valid-type]
    place: line(120) = ""  # type: ignore[valid-type]
    content: line(2000) = ""  # type: ignore[valid-type]
    conditions: line(300) = ""  # type: ignore[valid-type]
    sign_up_method: line(200) = ""  # type: ignore[valid-type]
    risk_note: line(500) = ""  # type: ignore[valid-type]
    guarantee: line(500) = ""  # type: ignore[valid-type]
    minimum_age: number(1, 80) | None = None  # type: ignore[valid-type]
    skills: Annotated[list[line(30, least=1)], Field(max_length=20)] = []  # type: ignore[valid-type]
    is_deed: Yes = False
    lead_name: line(60) = ""  # type: ignore[valid-type]
    insurance_ref: line(80) = ""  # type: ignore[valid-type]


class Cancellation(Body):
    """Why something is called off; everybody who signed up reads it."""

    reason: CancelReason
    note: line(200) = ""  # type: ignore[valid-type]


class Nothing(Body):
    """Nothing to say: an empty object."""


class ShiftsAsked(Paged):
    """since, until: days on which shifts begin, both included. community: its code."""

    activity: Key = None  # type: ignore[assignment]
    community: words(40) = ""  # type: ignore[valid-type]
    since: Day = None  # type: ignore[assignment]
    until: Day = None  # type: ignore[assignment]


class ShiftShown(Shown):
    """A shift with its numbers."""

    id: UUID
    activity: UUID
    title: str
    community: Place
    starts_at: At
    ends_at: At
    places: int
    placed: int
    waiting: int
    present: int
    state: str = Field(description="planned, running, to_close, closed, cancelled or draft")


class ShiftPage(Shown):
    rows: list[ShiftShown]
    next: str | None


class ShiftNew(Body):
    id: Key | None = None
    activity: Key
    starts_at: Moment
    ends_at: Moment
    places: number(1, 5000)  # type: ignore[valid-type]


class OutcomeSent(Body):
    """What the shift achieved: 1000 leaflets removed."""

    name: line(60, least=1)  # type: ignore[valid-type]
    quantity: number(0, 10_000_000)  # type: ignore[valid-type]
    unit: line(12, least=1)  # type: ignore[valid-type]
    note: line(200) = ""  # type: ignore[valid-type]


class Closing(Body):
    """Heads counted on site, the real end when it was earlier, and what was achieved."""

    head_count: number(0, 5000)  # type: ignore[valid-type]
    ended_at: Moment | None = None
    outcomes: Annotated[list[OutcomeSent], Field(max_length=20)] = []


class Closed(Shown):
    """What closing did; `entries` is 0 when it was closed before."""

    shift: UUID
    present: int
    absent: int
    entries: int
    minutes: int


class SeriesAsked(Paged):
    """community: its code."""

    activity: Key = None  # type: ignore[assignment]
    community: words(40) = ""  # type: ignore[valid-type]


class SeriesShown(Shown):
    """A repeat rule that made shifts of an activity."""

    id: UUID
    activity: UUID
    title: str
    community: Place
    rule: str = Field(description="RRULE of RFC 5545: FREQ=WEEKLY;BYDAY=TH.")
    starts_on: date
    ends_on: date
    start_time: str = Field(description="HH:MM in the time of the place.")
    minutes: int = Field(description="Length of a shift.")
    places: int
    on_holiday: HolidayRule
    either: bool = Field(description="The dates of one week are alternatives: one held satisfies it.")


class SeriesPage(Shown):
    rows: list[SeriesShown]
    next: str | None


class SignUpsAsked(Paged):
    shift: Key = None  # type: ignore[assignment]
    member: Key = None  # type: ignore[assignment]


class SignUpShown(Shown):
    """place_no null: on the waiting list."""

    id: UUID
    shift: UUID
    member: UUID
    place_no: int | None
    signed_up_at: At
    cancelled_at: At | None
    cancelled_in_time: bool | None


class SignUpPage(Shown):
    rows: list[SignUpShown]
    next: str | None


class SignUpNew(Body):
    """wait: take a turn on the waiting list when no place is free. clash_accepted: although another shift overlaps."""

    id: Key | None = None
    shift: Key
    member: Key
    wait: Yes = False
    clash_accepted: Yes = False


class AttendanceAsked(Paged):
    shift: Key = None  # type: ignore[assignment]
    member: Key = None  # type: ignore[assignment]


class AttendanceShown(Shown):
    id: UUID
    shift: UUID
    member: UUID
    presence: Presence
    method: Method
    arrived_at: At | None
    left_at: At | None
    minutes: int | None
    is_late_arrival: bool


class AttendancePage(Shown):
    rows: list[AttendanceShown]
    next: str | None


class AttendanceNew(Body):
    """Somebody was here. By the desk; or by the member himself with the code shown on site.

    was_kept: the phone had no network and hands the code in late. minutes: actually given, where they differ.
    """

    id: Key | None = None
    shift: Key
    member: Key
    code: line(200, least=1) | None = None  # type: ignore[valid-type]
    was_kept: Yes = False
    minutes: number(1, 1440) | None = None  # type: ignore[valid-type]


class ArrivalSent(Body):
    id: Key | None = None
    member: Key
    arrived_at: Moment | None = None
    minutes: number(1, 1440) | None = None  # type: ignore[valid-type]
    is_late: Yes = False


class BatchNew(Body):
    """A whole list of people present: what phones kept while offline, or a paper list with its reason and witness."""

    shift: Key
    method: Method = Method.BOARD
    arrivals: Annotated[list[ArrivalSent], Field(min_length=1, max_length=MOST_ARRIVALS)]
    reason: line(200) = ""  # type: ignore[valid-type]
    witnessed_by: Key | None = None


class BatchShown(Shown):
    """Rows written, rows that were there, and people who are not on the roster here."""

    made: int
    known: int
    unknown: list[UUID]
