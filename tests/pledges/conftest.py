"""Templates under the district, and a pledge of the cast's member."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.ledger.commands import Service, confirm, record_many
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import Member, ServiceKind
from guangcai.pledges import commands
from guangcai.pledges.commands import Content
from guangcai.pledges.enums import Measure
from guangcai.pledges.models import Pledge, Template, Version
from guangcai.pledges.rules import Promise
from tests.cast import Cast

YEAR_END = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture(autouse=True)
def _templates(cast: Cast, now: datetime) -> None:
    from guangcai.members.commands import load_lists

    load_lists(by=Actor.system(), now=now)
    commands.load_pledge_templates(node=cast.district, by=Actor.system(), now=now)


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


def version_of(code: str) -> Version:
    return Version.objects.get(template=Template.objects.get(code=code))


def promises(*extra: Promise) -> list[Promise]:
    """Two that count by confirmed patrols and by the member's own word."""
    safety = ServiceKind.objects.get(code="public_safety")
    return [
        Promise("带头维护社会治安", Measure.KIND, safety.pk, times=2),
        Promise("带头创建文明楼组"),
        *extra,
    ]


def content(**other: Any) -> Content:
    return Content(**({"promises": promises(), "year": 2026, "due_on": YEAR_END, "is_public": True} | other))


@pytest.fixture
def pledged(cast: Cast, now: datetime) -> Callable[..., Pledge]:
    """`pledged(member=..., by=...)`: a six-leads pledge, of the cast's member unless told otherwise."""

    def make(
        *, member: Member | None = None, by: Actor | None = None, at: datetime | None = None, **other: Any
    ) -> Pledge:
        who = member or cast.teacher_member
        own = by or Actor(member_id=who.pk, user_id=cast.member.pk, holdings=cast.actor("member").holdings)
        version = other.pop("version", None) or version_of("six_leads")
        return commands.make_pledge(version=version, member=who, content=content(**other), by=own, now=at or now)

    return make


def serve(cast: Cast, member: Member, *, days_ago: int, now: datetime, kind: str = "public_safety") -> ServiceEntry:
    """An hour of confirmed service."""
    start = now - timedelta(days=days_ago)
    service = Service(
        member=member,
        community=member.community,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        minutes=60,
        deeds=1,
        kind=ServiceKind.objects.get(code=kind),
        activity_name="夜间巡看",
        content="巡看3号楼",
        place="3号楼",
        lead_name="王建国",
        source=f"attendance:{new_id()}",
        id=new_id(),
    )
    entry = record_many(services=[service], by=cast.actor("desk"), now=now)[0]
    confirm(entries=[entry], by=cast.actor("secretary"), now=now)
    return entry
