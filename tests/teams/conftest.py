"""Teams of 南园, made through the commands, and neighbours enough to fill them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from guangcai.core.actor import Actor
from guangcai.members.commands import load_lists
from guangcai.members.models import Member, SkillKind
from guangcai.orgs.models import Node
from guangcai.orgs.roles import Role
from guangcai.teams import commands
from guangcai.teams.models import Team, TeamField, TeamMembership
from tests.cast import Cast, grant, make_member, make_user

Neighbours = Callable[[int], list[tuple[Member, Actor]]]


def draft(**other: Any) -> commands.TeamDraft:
    """A complete draft of a team of people."""
    words: dict[str, Any] = {
        "kind": "team",
        "name": "社区治安队",
        "field": TeamField.objects.get(code="public_safety"),
        "basis": "skill",
        "skill": SkillKind.objects.get(code="fire_safety"),
    }
    return commands.TeamDraft(**(words | other))


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture(autouse=True)
def _lists(cast: Cast, now: datetime) -> None:
    load_lists(by=Actor.system(), now=now)
    commands.load_team_lists(by=Actor.system(), now=now)


@pytest.fixture
def make_team(cast: Cast, now: datetime) -> Callable[..., Team]:
    """`make_team(name="...")`: at 南园, or at `node`."""

    def make(*, node: Node | None = None, **other: Any) -> Team:
        return commands.add_team(node=node or cast.nanyuan, draft=draft(**other), by=Actor.system(), now=now)

    return make


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """`neighbours(3)`: members of 南园 with their own sign-in."""

    def make(count: int) -> list[tuple[Member, Actor]]:
        found = []
        for number in range(count):
            phone = f"1371235{number:04d}"
            member = make_member(cast, f"t{number}", f"邻居{number}", phone, community=cast.nanyuan, unit=cast.school)
            user = make_user(cast, f"tu{number}", member.name, phone, member=member)
            grant(user, Role.MEMBER, node=cast.nanyuan)
            found.append((member, cast.actor(user)))
        return found

    return make


def joined(team: Team, member: Member, by: Actor, now: datetime) -> TeamMembership:
    """A place in the team that both sides agreed to."""
    made = commands.ask_to_join(team=team, member=member, by=by, now=now)
    return commands.confirm_joining(membership=made, by=Actor.system(), now=now)
