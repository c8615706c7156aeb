"""A studio of 南园 that opens on Fridays, its roster, and the session that is open at the moment of the tests."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from guangcai.activities.commands import Repeat
from guangcai.activities.models import Shift
from guangcai.cases.commands import load_case_catalogue
from guangcai.cases.models import Item
from guangcai.core.actor import Actor
from guangcai.members.commands import load_lists
from guangcai.members.models import Member, Occupation
from guangcai.orgs.roles import Role
from guangcai.studios import commands
from guangcai.studios.enums import Way
from guangcai.studios.models import RotaPlace, Studio, StudioKind, Ticket
from tests.cast import Cast, grant, make_member, make_user

DAY = timedelta(days=1)
Neighbours = Callable[[int], list[tuple[Member, Actor]]]


def draft(**other: Any) -> commands.StudioDraft:
    words: dict[str, Any] = {
        "kind": StudioKind.objects.get(code="law"),
        "name": "南园法律工作室",
        "lead_name": "南园社工",
        "place": "南园社区一楼大厅",
        "services": "法律咨询\n代写文书",
        "slot_minutes": 30,
    }
    return commands.StudioDraft(**(words | other))


def fridays(**other: Any) -> Repeat:
    words: dict[str, Any] = {
        "rule": "FREQ=WEEKLY;BYDAY=FR",
        "starts_on": date(2026, 11, 20),
        "ends_on": date(2026, 12, 31),
        "start_time": time(9, 30),
        "minutes": 150,
        "places": 3,
    }
    return Repeat(**(words | other))


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture(autouse=True)
def _lists(cast: Cast, now: datetime) -> None:
    load_lists(by=Actor.system(), now=now)
    load_case_catalogue(by=Actor.system(), now=now)
    commands.load_studio_kinds(by=Actor.system(), now=now)


@pytest.fixture
def make_studio(cast: Cast, desk: Actor, now: datetime) -> Callable[..., Studio]:
    """`make_studio(name=...)`: opened two days ago; `repeat` as the opening rule."""

    def make(repeat: Repeat | None = None, **other: Any) -> Studio:
        return commands.open_studio(
            community=cast.nanyuan, draft=draft(**other), repeat=repeat or fridays(), by=desk, now=now - 2 * DAY
        )

    return make


@pytest.fixture
def studio(make_studio: Callable[..., Studio]) -> Studio:
    return make_studio()


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """`neighbours(3)`: members of 南园 with their own sign-in."""

    def make(count: int) -> list[tuple[Member, Actor]]:
        found = []
        for number in range(count):
            phone = f"1371236{number:04d}"
            member = make_member(cast, f"s{number}", f"邻居{number}", phone, community=cast.nanyuan, unit=cast.school)
            user = make_user(cast, f"su{number}", member.name, phone, member=member)
            grant(user, Role.MEMBER, node=cast.nanyuan)
            found.append((member, cast.actor(user)))
        return found

    return make


@pytest.fixture
def sit(desk: Actor, now: datetime) -> Callable[..., RotaPlace]:
    """`sit(studio, member)`: on the roster since two days."""

    def make(studio: Studio, member: Member, *, background: str = "law", at: datetime | None = None) -> RotaPlace:
        return commands.offer_to_sit(
            studio=studio,
            member=member,
            background=Occupation.objects.get(code=background),
            asked="当面说的",
            by=desk,
            now=at or now - 2 * DAY,
        )

    return make


@pytest.fixture
def today(studio: Studio) -> Shift:
    """The session that is open at `now`."""
    return session(studio)


def session(studio: Studio, at: int = 0) -> Shift:
    return studio.activity.shifts.select_related("activity", "community").order_by("starts_at")[at]


@pytest.fixture
def sitter(
    cast: Cast, studio: Studio, sit: Any, neighbours: Neighbours, desk: Actor, now: datetime
) -> tuple[Member, Actor]:
    """A member who sits at the session of today."""
    found = neighbours(1)[0]
    sit(studio, found[0])
    commands.fill_seats(studio=studio, by=desk, now=now - DAY)
    return found


@pytest.fixture
def number(today: Shift, now: datetime) -> Callable[..., Ticket]:
    """`number()`: the next number, taken on a phone."""

    def take(way: Way = Way.PHONE, *, shift: Shift | None = None, by: Actor | None = None, **other: Any) -> Ticket:
        at = other.pop("at", now)
        wanted = commands.Wanted(way=way, **other)
        return commands.give_number(shift=shift or today, wanted=wanted, by=by or Actor(), now=at)

    return take


@pytest.fixture
def law(db: None, _lists: None) -> Item:
    return Item.objects.get(code="law")
