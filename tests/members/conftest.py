"""What the tests of the roster share: acting persons and a filled-in slip."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from guangcai.core.actor import Actor
from guangcai.members import commands
from guangcai.members.enums import Channel
from guangcai.members.models import ReportIn
from guangcai.members.slips import SlipForm
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    """The cast, with the shipped lists: a browser test before may have emptied them."""
    commands.load_lists(by=Actor.system(), now=now)
    return make_cast(now)


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture
def desk_next_door(cast: Cast) -> Actor:
    return cast.actor("desk_next_door")


@pytest.fixture
def overseer(cast: Cast) -> Actor:
    return cast.actor("overseer")


@pytest.fixture
def slip(cast: Cast, now: datetime) -> Callable[..., ReportIn]:
    """`slip(name="...", phone="...")`: a slip handed in by phone to 南园."""

    def hand_in(
        *, community: str = "nanyuan", channel: Channel = Channel.PHONE, id: UUID | None = None, **form: Any
    ) -> ReportIn:
        filled = SlipForm(**{"name": "周明远", "phone": "13900000201", "notice": "2026-01", **form})
        by = Actor() if channel == Channel.PHONE else cast.actor("desk")
        place = cast.nodes[community]
        return commands.report_in_submit(id=id, community=place, form=filled, channel=channel, by=by, now=now)

    return hand_in
