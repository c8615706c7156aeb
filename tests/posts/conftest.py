"""Posts of 南园, made through the commands, and members enough to fill them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from guangcai.core.actor import Actor
from guangcai.members.models import Member
from guangcai.orgs.roles import Role
from guangcai.posts import commands
from guangcai.posts.models import Post, PostKind
from tests.cast import Cast, grant, make_member, make_user

Neighbours = Callable[[int], list[tuple[Member, Actor]]]


def draft(**other: Any) -> commands.Draft:
    """A complete draft."""
    words: dict[str, Any] = {
        "kind": PostKind.objects.get(code="public_safety"),
        "title": "3号楼夜间巡看岗",
        "places": 2,
        "duties": "巡看门窗和消防通道",
        "place": "3号楼",
        "risk_note": "夜间两人同行",
        "guarantee": "反光背心和手电",
    }
    return commands.Draft(**(words | other))


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture(autouse=True)
def _kinds(cast: Cast, now: datetime) -> None:
    from guangcai.members.commands import load_lists

    load_lists(by=Actor.system(), now=now)
    commands.load_post_kinds(by=Actor.system(), now=now)


@pytest.fixture
def make_post(cast: Cast, desk: Actor, now: datetime) -> Callable[..., Post]:
    """`make_post(places=1)`: established and open."""

    def make(**other: Any) -> Post:
        row = commands.propose_post(community=cast.nanyuan, draft=draft(**other), reason="", by=desk, now=now)
        row = commands.establish_post(post=row, by=desk, now=now)
        return commands.open_post(post=row, by=desk, now=now)

    return make


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """`neighbours(3)`: members of 南园 with their own sign-in."""

    def make(count: int) -> list[tuple[Member, Actor]]:
        found = []
        for number in range(count):
            phone = f"1371234{number:04d}"
            member = make_member(cast, f"n{number}", f"邻居{number}", phone, community=cast.nanyuan, unit=cast.school)
            user = make_user(cast, f"nu{number}", member.name, phone, member=member)
            grant(user, Role.MEMBER, node=cast.nanyuan)
            found.append((member, cast.actor(user)))
        return found

    return make
