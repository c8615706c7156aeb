"""Calendar feeds: what stands behind a link: title, time and place, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext, override
from icalendar import Calendar, Event, vText

from guangcai.accounts.models import User
from guangcai.accounts.queries import hash_of_token
from guangcai.activities.models import Shift, SignUp
from guangcai.api.models import FeedKind, FeedLink
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.councils.models import BodyMember, Meeting
from guangcai.orgs.models import Node
from guangcai.orgs.queries import actor_of
from guangcai.places.queries.bookings import of_contact

BACK: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=180)
MOST_EVENTS: Final = 500
# Whoever calls a meeting says when it begins; without an end calendar programs show a point that hides in the day.
MEETING_LASTS: Final = timedelta(minutes=90)


@dataclass(frozen=True)
class Date:
    """One entry of a calendar."""

    key: UUID
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime


def link_behind(secret: str) -> FeedLink | None:
    """The link of an address; None when it is unknown, revoked, or of a closed account. One query."""
    rows = FeedLink.objects.in_force().select_related("user", "node")
    return rows.filter(token_hash=hash_of_token(secret)).first()


def dates_of(link: FeedLink, *, now: datetime) -> list[Date] | None:
    """What the link's owner may read today; None when he may not see the community any more."""
    if link.kind == FeedKind.OWN:
        return _in_order(_own_shifts(link.user, now), _own_bookings(link.user, now), _own_meetings(link.user, now))
    actor = actor_of(user_id=link.user_id, member_id=link.user.member_id, on=localdate(now))
    assert link.node is not None
    paths = [path for path in _paths_of(link.node) if actor.can(Permission.ACTIVITY_VIEW, path)]
    if not paths:
        return None
    rows = _planned(now).filter(under("path", paths), activity__published_at__isnull=False)
    shifts = [_of_shift(row) for row in rows.filter(starts_at__lt=now + AHEAD)[:MOST_EVENTS]]
    return _in_order(shifts, _meetings(actor, paths, now))


def _in_order(*found: list[Date]) -> list[Date]:
    return sorted((one for dates in found for one in dates), key=lambda one: (one.starts_at, one.key))


def _paths_of(node: Node) -> list[str]:
    """The community and, where it was merged, those it became: what goes on there is what its people come to."""
    paths = [node.path]
    while node.successor is not None:
        node = node.successor
        paths.append(node.path)
    return paths


def _planned(now: datetime) -> QuerySet[Shift]:
    rows = Shift.objects.filter(cancelled_at=None, activity__cancelled_at=None, ends_at__gt=now - BACK)
    return rows.select_related("activity").order_by("starts_at", "pk")


def _own_shifts(user: User, now: datetime) -> list[Date]:
    if user.member_id is None:
        return []
    mine = SignUp.objects.placed().filter(member=user.member_id)
    return [_of_shift(row) for row in _planned(now).filter(pk__in=mine.values("shift"))[:MOST_EVENTS]]


def _of_shift(row: Shift) -> Date:
    return Date(row.pk, row.activity.title, row.activity.place, row.starts_at, row.ends_at)


def _own_meetings(user: User, now: datetime) -> list[Date]:
    """Meetings of the bodies in which the member has a seat, or the unit whose liaison he is."""
    actor = actor_of(user_id=user.pk, member_id=user.member_id, on=localdate(now))
    units = actor.units_with(Permission.PROPOSAL_ANSWER)
    if user.member_id is None and not units:
        return []
    own = Q(member=user.member_id) if user.member_id else Q(pk=None)
    seats = BodyMember.objects.open().filter(own | Q(work_unit__in=units))
    return _of_meetings(Meeting.objects.filter(body__in=seats.values("body")), now)


def _meetings(actor: Actor, paths: list[str], now: datetime) -> list[Date]:
    return _of_meetings(Meeting.objects.visible_to(actor).filter(under("path", paths)), now)


def _of_meetings(rows: QuerySet[Meeting], now: datetime) -> list[Date]:
    span = {"starts_at__gt": now - BACK, "starts_at__lt": now + AHEAD}
    told = rows.filter(called_off_at=None, **span).order_by("starts_at", "pk")
    return [
        Date(row.pk, row.title, row.place, row.starts_at, row.starts_at + MEETING_LASTS) for row in told[:MOST_EVENTS]
    ]


def _own_bookings(user: User, now: datetime) -> list[Date]:
    return [
        Date(row.pk, row.purpose, f"{row.resource.name} {row.resource.place}".strip(), row.starts_at, row.ends_at)
        for row in of_contact(user.pk, since=now - BACK)[:MOST_EVENTS]
    ]


def as_calendar(link: FeedLink, dates: Iterable[Date], *, now: datetime, language: str) -> bytes:
    """The dates as iCalendar (RFC 5545), instants in UTC."""
    calendar = Calendar()
    with override(language):
        name = link.node.name if link.node else gettext("My own dates")
    # The library escapes what it knows to be text; the name of a calendar it does not know.
    for key, value in (("prodid", "-//Guangcai//feed//"), ("version", "2.0"), ("x-wr-calname", vText(name))):
        calendar.add(key, value)
    for one in dates:
        event = Event()
        event.add("uid", f"{one.key}@guangcai")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("summary", one.title)
        event.add("dtstart", one.starts_at.astimezone(UTC))
        event.add("dtend", one.ends_at.astimezone(UTC))
        if one.place:
            event.add("location", one.place)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
