"""Posts, shifts and households of 南园 that want people, and neighbours who could be asked."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from guangcai.care import commands as care
from guangcai.core.actor import Actor
from guangcai.members.models import Member
from guangcai.orgs.commands import add_node
from guangcai.orgs.enums import Level
from guangcai.posts import commands as posts
from tests.activities.conftest import make_activity, make_shift
from tests.care.conftest import desk, make_household, neighbours
from tests.cast import Cast
from tests.posts.conftest import make_post

__all__ = ["desk", "make_activity", "make_household", "make_post", "make_shift", "neighbours"]


@pytest.fixture(autouse=True)
def _lists(cast: Cast, now: datetime) -> None:
    from guangcai.members.commands import load_lists

    load_lists(by=Actor.system(), now=now)
    care.load_care_lists(by=Actor.system(), now=now)
    posts.load_post_kinds(by=Actor.system(), now=now)


@pytest.fixture
def stairwell(cast: Cast, now: datetime) -> Any:
    return add_node(parent=cast.building, level=Level.STAIRWELL, name="2单元", by=Actor.system(), now=now)


@pytest.fixture
def living() -> Callable[[Member, Any], Member]:
    """`living(member, stairwell)`: where he lives."""

    def set_place(member: Member, place: Any) -> Member:
        member.building = place
        member.save(update_fields=["building"])
        return member

    return set_place
