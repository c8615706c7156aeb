"""Calendar feeds: links made and revoked, and what stands behind them: title, time and place, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string
from django.utils.timezone import localdate
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Event

from guangcai.accounts.models import User
from guangcai.accounts.queries import hash_of_token
from guangcai.activities.models import Shift, SignUp
from guangcai.api.models import FeedKind, FeedLink
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.models import Node
from guangcai.orgs.queries import actor_of
from guangcai.places.queries.bookings import of_contact

MOST_LINKS: Final = 10
BACK: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=180)
MOST_EVENTS: Final = 500
SECRET_LENGTH: Final = 43


@dataclass(frozen=True)
class Date:
    """One entry of a calendar."""

    key: UUID
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime


@transaction.atomic
def add_link(
    *, user: User, kind: FeedKind, node: Node | None, by: Actor, now: datetime, id: UUID | None = None
) -> tuple[FeedLink, str]:
    """A link of one's own; returns the row and its secret, which nobody can read again ("" when `id` was made before).

    Only for oneself, and a community's only where one sees its activities. Raises RuleBroken(field="kind").
    """
    if by.user_id != user.pk:
        raise Forbidden()
    if kind == FeedKind.COMMUNITY:
        if node is None:
            raise RuleBroken(_("Choose the community."), field="node", code="node_missing")
        by.require(Permission.ACTIVITY_VIEW, node.path)
    User.objects.select_for_update().get(pk=user.pk)
    node = node if kind == FeedKind.COMMUNITY else None
    if before := already(FeedLink, id, user_id=user.pk, kind=kind, node_id=node.pk if node else None):
        return before, ""
    if FeedLink.objects.in_force().filter(user=user).count() >= MOST_LINKS:
        raise RuleBroken(_("You already have ten links. Revoke one that is not used."), field="kind", code="links_many")
    secret = get_random_string(SECRET_LENGTH)
    row = FeedLink.objects.create(
        id=id or new_id(),
        user=user,
        kind=kind,
        node=node,
        token_hash=hash_of_token(secret),
        made_at=now,
    )
    audit.record(Tag.FEED_ADD, by=by, on=row, now=now, kind=kind.value)
    return row, secret


@transaction.atomic
def revoke_link(*, link: FeedLink, by: Actor, now: datetime) -> FeedLink:
    """Nothing stands behind the address any more. Twice is harmless. Raises OutOfScope for somebody else's."""
    row = FeedLink.objects.select_for_update().get(pk=link.pk)
    if by.user_id != row.user_id:
        raise OutOfScope()
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        audit.record(Tag.FEED_REVOKE, by=by, on=row, now=now)
    return row


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
