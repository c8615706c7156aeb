"""What other rooms show of studios: timeline, plate, home screens, the nightly job."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from guangcai.activities.models import Shift
from guangcai.commitments import shown
from guangcai.portal.queries import community
from guangcai.portal.queries.member import member_day
from guangcai.portal.queries.own import asked
from guangcai.studios import commands, tasks
from guangcai.studios.enums import Way
from guangcai.studios.models import Studio, Ticket
from guangcai.studios.queries.life import timeline_of
from tests.cast import Cast
from tests.studios.conftest import session

pytestmark = pytest.mark.django_db


def test_a_sitting_stands_on_timeline_and_plate(cast: Cast, studio: Studio, sitter: Any) -> None:
    member, actor = sitter
    (line,) = timeline_of(member, actor)
    assert (line.title, line.text) == ("南园法律工作室", "在册 · 法律")
    assert list(timeline_of(member, cast.actor("desk_next_door"))) == []
    assert shown.lines(member.pk) == ["南园法律工作室 · 坐班"]
    commands.end_studio(studio=studio, reason="装修", by=cast.actor("desk"), now=cast.now)
    assert shown.lines(member.pk) == []
    (line,) = timeline_of(member, actor)
    assert line.text == "不再需要 · 法律"


def test_home_screens_tell_of_today(
    cast: Cast, today: Shift, sitter: Any, number: Any, neighbours: Any, now: datetime
) -> None:
    number()
    number()
    found = {row.key: (row.count, row.url) for row in community.due(cast.actor("desk"), now=now)}
    assert found["studio_line"] == (2, f"/studios/sessions/{today.pk}/")
    assert "studio_offers" not in found
    assert "studio_line" not in {row.key for row in community.due(cast.actor("desk_next_door"), now=now)}
    day = member_day(sitter[1], now=now)
    assert day is not None
    assert "您今天在南园法律工作室坐班" in [line.label for line in asked(day)]


def test_the_nightly_job_forgets_phones(number: Any, studio: Studio) -> None:
    later = session(studio, 1)
    number(Way.SLOT, shift=later, slot_at=later.starts_at, phone="13912345678")
    with time_machine.travel(later.starts_at + timedelta(days=9), tick=False):
        tasks.nightly()
    assert Ticket.objects.get().phone is None
