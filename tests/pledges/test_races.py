"""Real threads on the real database: pledged once, marked once, reviewed once."""

from datetime import datetime
from typing import Any

import pytest

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.members.commands import merge_members
from guangcai.pledges import commands
from guangcai.pledges.enums import Finding
from guangcai.pledges.models import Pledge, PledgeMark, PledgeReview
from guangcai.pledges.rules import Promise
from tests.activities.test_races import at_once
from tests.cast import Cast, make_member
from tests.pledges.conftest import content, version_of
from tests.pledges.test_pledges import NEW_YEAR, broken, note_line

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def test_pledging_twice_at_once_is_one_pledge(cast: Cast, now: datetime) -> None:
    own, version, key = cast.actor("member"), version_of("six_leads"), new_id()
    made = {"version": version, "member": cast.teacher_member, "content": content(), "by": own, "now": now}
    same = at_once([lambda: commands.make_pledge(**made, id=key) for _ in range(CLIENTS)])
    assert {one.pk for one in same} == {key}
    assert set(at_once([lambda: commands.make_pledge(**made) for _ in range(CLIENTS)])) == {"already_pledged"}
    assert (Pledge.objects.count(), AuditEvent.objects.filter(tag="pledges:pledge:make").count()) == (1, 1)


def test_marked_reviewed_and_ended_once(cast: Cast, pledged: Any, desk: Actor, now: datetime) -> None:
    pledge, own = pledged(), cast.actor("member")
    line = note_line(pledge)
    at_once(
        [
            lambda: commands.mark_done(line=line, done_on=now.date(), note="做了", by=own, now=now)
            for _ in range(CLIENTS)
        ]
    )
    assert PledgeMark.objects.count() == 1
    review = {"pledge": pledge, "finding": Finding.PARTLY, "words": "还差一项", "by": desk, "now": NEW_YEAR}
    end = {"pledge": pledge, "reason": EndReason.NO_TIME, "note": "", "by": own, "now": NEW_YEAR}
    at_once([lambda: commands.review(**review), lambda: commands.end_pledge(**end)] * 3)
    assert PledgeReview.objects.count() <= 1
    assert AuditEvent.objects.filter(tag="pledges:pledge:end").count() == 1
    assert broken() == []


def test_a_merge_while_both_records_pledge(cast: Cast, pledged: Any, desk: Actor, now: datetime) -> None:
    gone = make_member(cast, "gone", "林晓兰", "13712340002", community=cast.nanyuan, unit=cast.school)
    plain = content(promises=[Promise("带头创建文明楼组")])
    make = {"version": version_of("six_leads"), "content": plain, "by": desk, "now": now, "asked": "本人提出"}
    at_once(
        [
            lambda: commands.make_pledge(member=cast.teacher_member, **make),
            lambda: commands.make_pledge(member=gone, **make),
            lambda: merge_members(kept=cast.teacher_member, gone=gone, by=desk, now=now),
        ]
    )
    assert not Pledge.objects.filter(member=gone).exists()
    assert Pledge.objects.live().count() <= 1
    assert broken() == []
