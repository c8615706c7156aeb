"""Studios as screens show them: in a list, on their own page, to residents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.activities import recurrence
from guangcai.activities.models import Series, Shift, SignUp
from guangcai.commitments.belonging import paths_of
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.templatetags.core import moment
from guangcai.orgs.models import FormerPath, Node
from guangcai.places.models import ServicePoint
from guangcai.places.openings import Opening
from guangcai.studios import rules
from guangcai.studios.enums import TicketState
from guangcai.studios.models import RotaPlace, Studio, Ticket

SHOWN = 8


@dataclass(frozen=True)
class StudioRow:
    """A studio in a list: when it opens in words, when next, how many sit, how many wait to sit."""

    studio: Studio
    opens: str
    next_at: datetime | None
    sitters: int
    offers: int


def with_numbers(studios: QuerySet[Studio], *, now: datetime) -> QuerySet[Studio]:
    """Studios with what a row shows of them; two statements with their opening rules."""
    coming = Shift.objects.planned().filter(activity=OuterRef("activity"), ends_at__gt=now)
    live = Q(rota__ended_at=None)
    return (
        studios.select_related("kind", "community", "point", "host")
        .prefetch_related(Prefetch("activity__series", Series.objects.order_by("starts_on", "pk")))
        .annotate(
            next_at=Subquery(coming.order_by("starts_at").values("starts_at")[:1]),
            sitters=Count("rota", filter=live & Q(rota__held_since__isnull=False)),
            offers=Count("rota", filter=live & Q(rota__held_since=None)),
        )
    )


def rows_of(studios: Iterable[Studio]) -> list[StudioRow]:
    """Rows of studios that came out of `with_numbers`."""
    return [
        StudioRow(row, opens_of(row), row.next_at, row.sitters, row.offers)  # type: ignore[attr-defined]
        for row in studios
    ]


def opens_of(studio: Studio) -> str:
    """The opening rule in words, the last one that was made: "every Thursday". "" for single sessions."""
    series = list(studio.activity.series.all())
    return recurrence.in_words(series[-1].rule, either=series[-1].either) if series else ""


@dataclass(frozen=True)
class SessionRow:
    """One session: when, how many sit and came. state: of `state_of`, or spared: held on the other day of its week."""

    shift: Shift
    state: str
    seated: int
    tickets: int
    received: int


def sessions_of(studio: Studio, *, now: datetime, coming: bool) -> list[SessionRow]:
    """Sessions to come, the next first; or held and called off, the last first. One statement."""
    shifts = Shift.objects.filter(activity=studio.activity_id).select_related("activity")
    rows = (
        shifts.filter(ends_at__gt=now).order_by("starts_at", "pk")
        if coming
        else (shifts.filter(ends_at__lte=now).order_by("-starts_at", "pk"))
    )
    placed = SignUp.objects.placed().filter(shift=OuterRef("pk")).order_by().values("shift")
    taken = Ticket.objects.filter(shift=OuterRef("pk")).order_by().values("shift")
    received = taken.filter(state=TicketState.RECEIVED)
    rows = rows.annotate(
        seated=Subquery(placed.annotate(n=Count("pk")).values("n")),
        taken=Subquery(taken.annotate(n=Count("pk")).values("n")),
        received=Subquery(received.annotate(n=Count("pk")).values("n")),
        is_spared=_held_on_the_other_day(),
    )
    return [
        SessionRow(row, _told_of(row, now=now), row.seated or 0, row.taken or 0, row.received or 0)
        for row in rows[:SHOWN]
    ]


def _held_on_the_other_day() -> Q:
    """Of alternatives of one week another one was held: this one need not be (A20)."""
    group = {"activity": OuterRef("activity"), "alternative_group": OuterRef("alternative_group")}
    return ~Q(alternative_group="") & Q(Exists(Shift.objects.filter(**group, closed_at__isnull=False)))


def _told_of(row: Any, *, now: datetime) -> str:
    state = state_of(row, now=now)
    return "spared" if state == "over" and row.is_spared else state


def state_of(shift: Shift, *, now: datetime) -> str:
    """off, closed, open (numbers are given), over (to be closed) or planned."""
    if shift.cancelled_at is not None or shift.activity.cancelled_at is not None:
        return "off"
    if shift.closed_at is not None:
        return "closed"
    if now >= shift.ends_at:
        return "over"
    return "open" if now >= shift.starts_at - rules.OPENS_BEFORE else "planned"


def session_today(studio: Studio, *, now: datetime) -> Shift | None:
    """The session of today: the one that is on or next, else the last one that was. None on other days."""
    on = Q(starts_at__date=localdate(now)) | Q(starts_at__lte=now, ends_at__gt=now)
    shifts = Shift.objects.filter(on, activity=studio.activity_id, cancelled_at=None)
    rows = list(shifts.select_related("activity", "community").order_by("starts_at", "pk"))
    return next((row for row in rows if row.ends_at > now and row.closed_at is None), rows[-1] if rows else None)


def next_session(studio: Studio, *, now: datetime) -> Shift | None:
    """The session that is on, or the next one."""
    shifts = Shift.objects.planned().filter(activity=studio.activity_id, activity__cancelled_at=None, ends_at__gt=now)
    return shifts.select_related("activity", "community").order_by("starts_at", "pk").first()


def rota_of(studio: Studio, actor: Actor) -> list[RotaPlace]:
    """The roster as far as the actor sees it: his own place, all of them with the roster of the community. Who waits
    for the desk stands first. One statement."""
    rows = RotaPlace.objects.visible_to(actor).live().filter(studio=studio)
    waits_first = F("held_since").asc(nulls_first=True)
    return list(rows.select_related("member__community", "background").order_by(waits_first, "offered_at", "pk"))


@dataclass(frozen=True)
class Background:
    """How many of a profession sit: all that residents are told of the roster (A22)."""

    name: str
    count: int


def backgrounds_of(studio: Studio, *, on: date) -> list[Background]:
    rows = RotaPlace.objects.held().filter(studio=studio).exclude(until__lt=on)
    counted = rows.order_by().values("background__name").annotate(n=Count("pk")).order_by("-n", "background__name")
    return [Background(one["background__name"], one["n"]) for one in counted]


# --- residents ------------------------------------------------------------------------------------------------------


def communities() -> "QuerySet[Node]":
    """Communities that have a studio."""
    before = FormerPath.objects.filter(node=OuterRef(OuterRef("pk"))).values("path")
    here = Studio.objects.open().filter(Q(community=OuterRef("pk")) | Q(path__in=before))
    return Node.objects.in_force(localdate()).communities().filter(Exists(here)).order_by("code")


def open_to_all(community: Node) -> QuerySet[Studio]:
    rows = Studio.objects.open().filter(path__in=paths_of(community.path))
    return rows.order_by("kind__position", "name", "pk")


def openings_at(point: ServicePoint, now: datetime) -> Iterator[Opening]:
    """The studios of a home, a club or a station, for its public page. Two statements."""
    rows = with_numbers(Studio.objects.open().filter(point=point), now=now).order_by("name", "pk")
    for row in rows_of(rows):
        next_at = _("next %(at)s") % {"at": moment(row.next_at)} if row.next_at else ""
        when = " · ".join(words for words in (row.opens, next_at) if words)
        yield Opening(row.studio.name, when, reverse("studios:public_studio", args=[row.studio.pk]))


@dataclass(frozen=True)
class Bookable:
    """A session for which appointments can be made, with the times that are free."""

    shift: Shift
    free: list[datetime]


def bookable_sessions(studio: Studio, *, now: datetime) -> list[Bookable]:
    """Sessions to come with a free appointment, the next first. Two statements."""
    if not studio.takes_appointments or studio.ended_at is not None:
        return []
    shifts = Shift.objects.planned().filter(
        activity=studio.activity_id, activity__cancelled_at=None, ends_at__gt=now,
        starts_at__lte=now + rules.BOOKED_AHEAD,
    )  # fmt: skip
    rows = list(shifts.select_related("activity").order_by("starts_at", "pk")[:SHOWN])
    taken: dict[UUID, list[datetime]] = {row.pk: [] for row in rows}
    held = Ticket.objects.filter(shift__in=rows, slot_at__isnull=False).exclude(state=TicketState.LEFT)
    for shift, slot_at in held.values_list("shift", "slot_at"):
        if slot_at is not None:
            taken[shift].append(slot_at)
    found = []
    for row in rows:
        session = rules.Session(row.starts_at, row.ends_at, row.places)
        free = rules.free_slots(session, minutes=studio.slot_minutes, taken=taken[row.pk], now=now)
        if free:
            found.append(Bookable(row, free))
    return found


# --- home screens ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DueNow:
    """What waits for the desk: residents in line today and one session they wait at; offers to sit."""

    in_line: int
    session: UUID | None
    offers: int


def due(actor: Actor, *, now: datetime) -> DueNow:
    """Residents who wait at today's sessions of one's desk, members who offered to sit. Two statements."""
    here = under("path", actor.paths_with(Permission.STUDIO_EDIT))
    tickets = Ticket.objects.waiting().filter(here, shift__starts_at__date=localdate(now), shift__closed_at=None)
    sessions = list(tickets.order_by().values("shift").annotate(n=Count("pk")).order_by("-n", "shift"))
    offers = RotaPlace.objects.live().filter(here, held_since=None, studio__ended_at=None).count()
    in_line = sum(one["n"] for one in sessions)
    return DueNow(in_line, sessions[0]["shift"] if sessions else None, offers)


def sitting_today(member: UUID, *, now: datetime) -> Shift | None:
    """The session at which a member sits today. One statement; the sessions to come stand among his shifts."""
    seats = SignUp.objects.placed().filter(member=member).values("shift")
    shifts = Shift.objects.planned().filter(pk__in=seats, activity__studio__isnull=False, ends_at__gt=now)
    today = shifts.filter(starts_at__date=localdate(now))
    return today.select_related("activity").order_by("starts_at", "pk").first()
