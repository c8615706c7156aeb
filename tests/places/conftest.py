"""A school that lives in 南园 and 公园 and lends a hall; a centre, stations and outlets of the street."""

from datetime import date, datetime, time
from typing import Any

import pytest
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.orgs.models import Node, ResidentUnit
from guangcai.places import commands
from guangcai.places.commands import PointContent, ResourceContent, Wanted
from guangcai.places.enums import PointKind, ResourceKind
from guangcai.places.models import Booking, ServicePoint, SharedResource
from guangcai.places.rules import Slot
from tests.cast import SINCE, Cast

# Monday to Friday 09:00 to 11:30, Saturday 14:00 to 17:00.
SLOTS = (*(Slot(day, 540, 690) for day in range(1, 6)), Slot(6, 840, 1020))
MONDAY = date(2026, 11, 23)


def at(day: date, clock: str) -> datetime:
    """A local time as an instant."""
    hour, _colon, minute = clock.partition(":")
    return timezone.make_aware(datetime.combine(day, time(int(hour), int(minute))))


def wanted(day: date = MONDAY, begins: str = "09:00", ends: str = "10:00", **other: Any) -> Wanted:
    texts = {"purpose": "居民议事", "contact_name": "南园社工", "contact_phone": "13800000103"} | other
    return Wanted(starts_at=at(day, begins), ends_at=at(day, ends), **texts)


def hall(**other: Any) -> ResourceContent:
    return ResourceContent(
        **{
            "kind": ResourceKind.VENUE,
            "name": "学校礼堂",
            "since": SINCE,
            "slots": SLOTS,
            "place": "教学楼一层",
            "capacity": 120,
            "conditions": "用后打扫",
        }
        | other
    )


def content(kind: PointKind = PointKind.OUTLET, name: str = "便民菜店", **other: Any) -> PointContent:
    return PointContent(**{"kind": kind, "name": name, "since": SINCE} | other)


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture
def next_door(cast: Cast) -> Actor:
    return cast.actor("desk_next_door")


@pytest.fixture
def liaison(cast: Cast) -> Actor:
    return cast.actor("liaison")


@pytest.fixture(autouse=True)
def _resident(cast: Cast) -> None:
    for community in (cast.nanyuan, cast.gongyuan):
        ResidentUnit.objects.create(work_unit=cast.school, community=community, path=community.path, since=SINCE)


@pytest.fixture
def resource(cast: Cast, liaison: Actor, now: datetime) -> SharedResource:
    return commands.add_resource(community=cast.nanyuan, work_unit=cast.school, content=hall(), by=liaison, now=now)


@pytest.fixture
def asked(cast: Cast, resource: SharedResource, desk: Actor, now: datetime) -> Booking:
    return commands.ask(resource=resource, community=cast.nanyuan, wanted=wanted(), by=desk, now=now)


@pytest.fixture
def point(cast: Cast, desk: Actor, now: datetime) -> ServicePoint:
    said = content(PointKind.STATION, "南园社区服务站", address="南园路1号", services="代缴水电\n法律咨询")
    return commands.add_point(node=cast.nanyuan, content=said, by=desk, now=now)


def point_at(node: Node, kind: PointKind, name: str, by: Actor, now: datetime) -> ServicePoint:
    return commands.add_point(node=node, content=content(kind, name), by=by, now=now)


def broken() -> list[str]:
    """What the invariants of places find."""
    from guangcai.places import checks

    found: list[Any] = [checks.no_booking_outlives_its_resource, checks.bookings_lie_where_their_resource_does]
    found += [checks.resources_have_free_slots, checks.bookings_are_answered_in_time]
    found += [checks.no_point_has_a_host_that_ended]
    return [line for check in found for line in check()]
