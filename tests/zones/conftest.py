"""Zones of 南园: two buildings with stairwells, members enough to hold them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from guangcai.core.actor import Actor
from guangcai.members.models import Member
from guangcai.orgs.enums import Level
from guangcai.orgs.roles import Role
from guangcai.zones import commands
from guangcai.zones.enums import ZoneKind
from guangcai.zones.models import Zone, ZoneAgreement
from tests.cast import Cast, grant, make_member, make_node, make_user

Neighbours = Callable[[int], list[tuple[Member, Actor]]]
DUTIES = "每周巡看楼道一次"
STAIRWELLS = 3


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture(autouse=True)
def _town(cast: Cast, now: datetime) -> None:
    """Three stairwells under the building of the cast, a second building, and the shipped duties."""
    from guangcai.members.commands import load_lists

    load_lists(by=Actor.system(), now=now)
    commands.load_zone_duties(by=Actor.system(), now=now)
    for number in range(1, STAIRWELLS + 1):
        code = f"210802001002-03-{number}"
        cast.nodes[f"stairwell{number}"] = make_node(cast.building, Level.STAIRWELL, code, f"{number}单元")
    cast.nodes["other_building"] = make_node(cast.nanyuan, Level.BUILDING, "210802001002-04", "4号楼")


@pytest.fixture
def zones(cast: Cast, desk: Actor, now: datetime) -> dict[str, Zone]:
    """Every place of 南园 as a zone, by name."""
    kinds = (ZoneKind.BUILDING, ZoneKind.STAIRWELL)
    commands.add_zones(community=cast.nanyuan, kinds=kinds, by=desk, now=now)
    return {zone.name: zone for zone in Zone.objects.all()}


@pytest.fixture
def zone(zones: dict[str, Zone]) -> Zone:
    return zones["3号楼1单元"]


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


def signed(zone: Zone, member: Member, actor: Actor, desk: Actor, now: datetime) -> ZoneAgreement:
    """An agreement all the way to the signature on the screen."""
    row = commands.offer_zone(zone=zone, member=member, by=actor, now=now)
    row = commands.confirm_agreement(agreement=row, duties=DUTIES, by=desk, now=now)
    return commands.sign_agreement(agreement=row, name=member.name, by=actor, now=now)


@pytest.fixture
def held(cast: Cast, zone: Zone, desk: Actor, now: datetime) -> ZoneAgreement:
    """The cast's member holds 3号楼1单元 since two days."""
    return signed(zone, cast.teacher_member, cast.actor("member"), desk, now - timedelta(days=2))


def broken() -> list[str]:
    """What the invariants of zones find."""
    from guangcai.commitments.checks import work_belongs_to_a_commitment
    from guangcai.zones import checks

    found: list[Any] = [checks.no_agreement_outlives_its_zone, checks.agreements_lie_where_their_zone_does]
    found += [checks.zones_lie_below_their_community, checks.renewals_follow_what_they_renew]
    found += [checks.numbers_have_no_gaps, work_belongs_to_a_commitment]
    return [line for check in found for line in check()]
