"""Activities of 南园, made through the commands, and members enough to fill them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from guangcai.activities import commands
from guangcai.activities.models import Activity, Shift
from guangcai.core.actor import Actor
from guangcai.members.models import Member, ServiceKind
from guangcai.orgs.roles import Role
from tests.cast import Cast, grant, make_member, make_user


def text(**other: Any) -> commands.ActivityText:
    """A complete notice."""
    words: dict[str, Any] = {
        "title": "周末义务清扫",
        "service_kind": ServiceKind.objects.get(code="convenience"),
        "place": "南园社区3号楼前",
        "content": "清扫院落",
        "conditions": "身体适合户外劳动",
        "sign_up_method": "手机报名",
        "risk_note": "可能滑倒",
        "guarantee": "手套和饮用水",
        "lead_name": "南园社工",
        "is_deed": True,
    }
    return commands.ActivityText(**(words | other))


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture
def make_activity(cast: Cast, desk: Actor, now: datetime) -> Callable[..., Activity]:
    """`make_activity(kind="study")`: not published, without shifts."""

    def make(**other: Any) -> Activity:
        return commands.add_activity(community=cast.nanyuan, text=text(**other), by=desk, now=now)

    return make


@pytest.fixture
def make_shift(make_activity: Callable[..., Activity], desk: Actor, now: datetime) -> Callable[..., Shift]:
    """`make_shift(places=2)`: published, two hours, beginning in two days; `starts_in` as timedelta."""

    def make(
        places: int = 10,
        starts_in: timedelta = timedelta(days=2),
        minutes: int = 120,
        activity: Activity | None = None,
        **other: Any,
    ) -> Shift:
        activity = activity or make_activity(**other)
        starts_at = now + starts_in
        shift = commands.add_shift(
            activity=activity,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            places=places,
            by=desk,
            now=now,
        )
        commands.publish_activity(activity=activity, by=desk, now=min(now, starts_at - timedelta(hours=1)))
        return Shift.objects.select_related("activity", "community").get(pk=shift.pk)

    return make


@pytest.fixture
def neighbours(cast: Cast) -> Callable[[int], list[tuple[Member, Actor]]]:
    """`neighbours(3)`: members of 南园 with sign-ins, and the actors they are."""

    def make(count: int) -> list[tuple[Member, Actor]]:
        people = []
        for number in range(count):
            key, phone = f"neighbour{number}", f"1391000{number:04d}"
            member = make_member(
                cast, f"{key}_member", f"邻居{number}", phone, community=cast.nanyuan, unit=cast.school
            )
            grant(make_user(cast, key, member.name, phone, member=member), Role.MEMBER, node=cast.nanyuan)
            people.append((member, cast.actor(key)))
        return people

    return make
