"""Calendar feeds: what stands behind a link: title, time and place, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext, override
from icalendar import Calendar, Event

from guangcai.accounts.models import User
from guangcai.accounts.queries import hash_of_token
from guangcai.activities.models import Shift, SignUp
from guangcai.api.models import FeedKind, FeedLink
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.queries import actor_of
from guangcai.places.queries.bookings import of_contact

BACK: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=180)
MOST_EVENTS: Final = 500


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
        return sorted([*_own_shifts(link.user, now), *_own_bookings(link.user, now)], key=lambda one: one.starts_at)
    actor = actor_of(user_id=link.user_id, member_id=link.user.member_id, on=localdate(now))
    assert link.node is not None
    if not actor.can(Permission.ACTIVITY_VIEW, link.node.path):
        return None
    rows = _planned(now).filter(under("path", [link.node.path]), activity__published_at__isnull=False)
    return [_of_shift(row) for row in rows.filter(starts_at__lt=now + AHEAD)[:MOST_EVENTS]]


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
    for key, value in (("prodid", "-//Guangcai//feed//"), ("version", "2.0"), ("x-wr-calname", name)):
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
