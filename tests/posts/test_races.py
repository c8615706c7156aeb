"""Real threads on the real database: the last place has one holder, both sides may end at once, nothing is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from guangcai.commitments.checks import work_belongs_to_a_commitment
from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import merge_members
from guangcai.posts import checks, commands
from guangcai.posts.enums import PostEnd
from guangcai.posts.models import PostClaim
from tests.activities.test_races import at_once
from tests.posts.test_claims import held

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def broken() -> list[str]:
    found = [checks.no_post_over_its_places, checks.the_waiting_list_moved_up, checks.no_claim_outlives_its_post]
    found += [work_belongs_to_a_commitment, checks.the_turns_are_those_of_the_lot]
    return [line for check in found for line in check()]


def test_the_last_place_has_one_holder(make_post: Any, neighbours: Any, now: datetime) -> None:
    people = neighbours(CLIENTS)
    for number in range(3):
        post = make_post(places=1, title=f"岗位{number}")
        claims = at_once(
            [lambda m=m, a=a, p=post: commands.claim_post(post=p, member=m, by=a, now=now) for m, a in people]
        )
        assert sorted(claim.place_no or 0 for claim in claims) == [0] * (CLIENTS - 1) + [1]
    assert broken() == []


def test_one_phone_claims_many_times(make_post: Any, neighbours: Any, now: datetime) -> None:
    post, ((member, actor),), key = make_post(), neighbours(1), new_id()
    same = at_once(
        [lambda: commands.claim_post(post=post, member=member, by=actor, now=now, id=key) for _ in range(CLIENTS)]
    )
    assert {claim.pk for claim in same} == {key}
    other = at_once([lambda: commands.claim_post(post=post, member=member, by=actor, now=now) for _ in range(CLIENTS)])
    assert set(other) == {"already_claimed"}
    assert PostClaim.objects.count() == 1


def test_both_sides_end_and_one_place_is_given_once(
    make_post: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    post, people = make_post(places=1), neighbours(3)
    first, *_others = (commands.claim_post(post=post, member=m, by=a, now=now) for m, a in people)
    by = [(people[0][1], EndReason.MOVED), (desk, EndReason.AGREED)] * 3
    at_once([lambda a=a, r=r: commands.end_claim(claim=first, reason=r, note="", by=a, now=now) for a, r in by])
    assert AuditEvent.objects.filter(tag="posts:claim:end").count() == 1
    assert PostClaim.objects.placed().count() == 1
    assert broken() == []


def test_ending_the_post_against_claiming_and_confirming(
    make_post: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    people = neighbours(4)
    for number in range(3):
        post = make_post(places=2, title=f"岗位{number}")
        claim = commands.claim_post(post=post, member=people[0][0], by=people[0][1], now=now)
        at_once(
            [
                lambda p=post: commands.end_post(post=p, reason=PostEnd.DONE, note="", by=desk, now=now),
                lambda c=claim: commands.confirm_claim(claim=c, by=desk, now=now),
                *(lambda m=m, a=a, p=post: commands.claim_post(post=p, member=m, by=a, now=now) for m, a in people[1:]),
            ]
        )
        assert not PostClaim.objects.live().filter(post=post).exists()
    assert broken() == []


def test_a_merge_keeps_one_claim_and_gives_the_other_place_away(
    make_post: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    post, people = make_post(places=2), neighbours(3)
    claims = [commands.claim_post(post=post, member=m, by=a, now=now) for m, a in people]
    held(claims[1], people[1][1], desk, now)
    merge_members(kept=people[0][0], gone=people[1][0], by=desk, now=now)
    rows = PostClaim.objects.live().filter(post=post).order_by("place_no")
    assert [(row.member_id, row.place_no) for row in rows] == [(people[2][0].pk, 1), (people[0][0].pk, 2)]
    assert broken() == []


def test_work_sent_many_times_is_one_entry(make_post: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    ((member, actor),) = neighbours(1)
    claim = commands.claim_post(post=make_post(), member=member, by=actor, now=now - timedelta(days=1))
    held(claim, actor, desk, now - timedelta(days=1))
    work = commands.Work(now - timedelta(hours=2), now - timedelta(hours=1), 60, "巡看", is_deed=False, id=new_id())
    sent = at_once([lambda: commands.log_work(claim=claim, work=work, by=actor, now=now) for _ in range(CLIENTS)])
    assert {entry.pk for entry in sent} == {work.id}
    assert ServiceEntry.objects.count() == 1
    assert broken() == []
