"""Claiming, confirming, taking up, ending: nobody is assigned, no place is held twice, ended stays ended."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from guangcai.commitments import rules as shared
from guangcai.commitments.enums import CommitmentState, EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import Skill, SkillKind
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Policy
from guangcai.posts import commands
from guangcai.posts.enums import PostEnd
from guangcai.posts.models import Post, PostClaim
from tests.cast import DISTRICT, Cast


def refusal(post: Post, member: Any, by: Actor, now: datetime) -> str:
    with pytest.raises(RuleBroken) as refused:
        commands.claim_post(post=post, member=member, by=by, now=now)
    return refused.value.code


def held(claim: PostClaim, actor: Actor, desk: Actor, now: datetime) -> PostClaim:
    commands.confirm_claim(claim=claim, by=desk, now=now)
    return commands.take_up(claim=claim, by=actor, now=now)


def test_the_four_steps(make_post: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    post = make_post()
    (member, actor), (other, other_actor) = neighbours(2)
    key = new_id()
    claim = commands.claim_post(post=post, member=member, by=actor, now=now, id=key)
    assert (claim.pk, claim.place_no, claim.state) == (key, 1, CommitmentState.OFFERED)
    assert commands.claim_post(post=post, member=member, by=actor, now=now, id=key) == claim
    with pytest.raises(Conflict):
        commands.claim_post(post=post, member=other, by=other_actor, now=now, id=key)
    with pytest.raises(RuleBroken):
        commands.take_up(claim=claim, by=actor, now=now)
    with pytest.raises(Forbidden):
        commands.confirm_claim(claim=claim, by=actor, now=now)
    assert commands.confirm_claim(claim=claim, by=desk, now=now).state == CommitmentState.CONFIRMED
    with pytest.raises(Forbidden):
        commands.take_up(claim=claim, by=other_actor, now=now)
    with pytest.raises(RuleBroken) as forced:
        commands.take_up(claim=claim, by=desk, now=now)
    assert forced.value.code == "asked_missing"
    claim = commands.take_up(claim=claim, by=actor, now=now)
    assert (claim.state, claim.held_since) == (CommitmentState.HELD, now.date())
    said = AuditEvent.objects.filter(tag__startswith="posts:claim:").order_by("number").values_list("tag", flat=True)
    assert [tag.rpartition(":")[2] for tag in said] == ["add", "confirm", "take_up"]


def test_the_waiting_list_moves_up(make_post: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    post = make_post(places=1)
    (one, by_one), (two, by_two), (three, by_three) = neighbours(3)
    first = commands.claim_post(post=post, member=one, by=by_one, now=now)
    second = commands.claim_post(post=post, member=two, by=by_two, now=now + timedelta(minutes=1))
    third = commands.claim_post(post=post, member=three, by=by_three, now=now + timedelta(minutes=2))
    assert (second.place_no, third.state) == (None, CommitmentState.WAITING)
    with pytest.raises(RuleBroken) as refused:
        commands.confirm_claim(claim=second, by=desk, now=now)
    assert refused.value.code == "no_place"
    ended = commands.end_claim(claim=first, reason=EndReason.NO_TIME, note="", by=by_one, now=now)
    assert ended.state == CommitmentState.ENDED
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.place_no, third.place_no) == (1, None)
    with pytest.raises(RuleBroken):
        commands.confirm_claim(claim=first, by=desk, now=now)
    again = commands.claim_post(post=post, member=one, by=by_one, now=now + timedelta(minutes=5))
    assert again.pk != first.pk


def test_every_refusal_has_its_name(cast: Cast, make_post: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    law = SkillKind.objects.get(code="law")
    post = make_post(skills=(law,))
    ((member, actor),) = neighbours(1)
    assert refusal(post, member, actor, now) == "no_skill"
    skill = Skill.objects.create(member=member, kind=law, district_code=DISTRICT)
    assert refusal(post, member, actor, now) == "no_certificate"
    skill.certificate, skill.expires_on = "A1", now.date() - timedelta(days=1)
    skill.save()
    assert refusal(post, member, actor, now) == "certificate_expired"
    skill.expires_on = None
    skill.save()
    commands.claim_post(post=post, member=member, by=actor, now=now)
    assert refusal(post, member, actor, now) == "already_claimed"
    assert refusal(post, cast.police_member, desk, now) == "other_area"
    veterans = make_post(category="veteran")
    assert refusal(veterans, member, actor, now) == "other_category"
    commands.end_post(post=veterans, reason=PostEnd.DONE, note="", by=desk, now=now)
    assert refusal(veterans, member, actor, now) == "not_open"


def test_whose_claim_it_may_be(cast: Cast, make_post: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    post = make_post()
    (member, _actor), (_other, other_actor) = neighbours(2)
    with pytest.raises(Forbidden):
        commands.claim_post(post=post, member=member, by=other_actor, now=now)
    with pytest.raises(OutOfScope):
        commands.claim_post(post=post, member=cast.police_member, by=cast.actor("member_next_door"), now=now)
    assert commands.claim_post(post=post, member=member, by=desk, now=now).offered_by == desk.user_id


def set_rule(cast: Cast, order: str, days: int) -> None:
    Policy.objects.filter(key=PolicyKey.CLAIM_RULE).update(value={"order": order, "days": days})


def test_a_lot_can_be_worked_out_again(cast: Cast, make_post: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    set_rule(cast, "lot", 3)
    post = make_post(places=2)
    seal = post.lot_seal
    (late, by_late), *people = neighbours(6)
    claims = [commands.claim_post(post=post, member=m, by=a, now=now) for m, a in people]
    assert {claim.place_no for claim in claims} == {None}
    with pytest.raises(RuleBroken) as refused:
        commands.allot_places(post=post, by=desk, now=now)
    assert refused.value.code == "still_collecting"
    later = now + timedelta(days=4)
    with pytest.raises(RuleBroken) as refused:
        commands.claim_post(post=post, member=late, by=by_late, now=later)
    assert refused.value.code == "claims_over"
    placed = commands.allot_places(post=post, by=desk, now=later)
    post.refresh_from_db()
    seed = bytes(post.lot_seed or b"")
    assert shared.is_sealed_seed(seed, seal=seal)
    order = sorted(claims, key=lambda claim: shared.lot_of(claim.pk, seed=seed))
    assert [claim.pk for claim in placed] == [claim.pk for claim in order[:2]]
    assert list(PostClaim.objects.waiting().filter(post=post)) == order[2:]
    assert {c.pk for c in commands.allot_places(post=post, by=desk, now=later)} == {c.pk for c in placed}
    # What is given out is open again: the late one waits behind the others.
    assert commands.claim_post(post=post, member=late, by=by_late, now=later).place_no is None


def test_whoever_holds_the_fewest_goes_first(
    cast: Cast, make_post: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    people = neighbours(3)
    busy, by_busy = people[0]
    held(commands.claim_post(post=make_post(), member=busy, by=by_busy, now=now), by_busy, desk, now)
    set_rule(cast, "fewest_first", 1)
    post = make_post(places=2, title="绿化岗")
    for minutes, (member, actor) in enumerate(people):
        commands.claim_post(post=post, member=member, by=actor, now=now + timedelta(minutes=minutes))
    placed = commands.allot_places(post=post, by=desk, now=now + timedelta(days=3))
    assert [claim.member_id for claim in placed] == [member.pk for member, _actor in people[1:]]


def test_work_under_a_post_becomes_an_entry(
    cast: Cast, make_post: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    ((member, actor),) = neighbours(1)
    claim = commands.claim_post(post=make_post(), member=member, by=actor, now=now - timedelta(days=3))
    work = commands.Work(
        now - timedelta(hours=3), now - timedelta(hours=1), minutes=110, content="巡看三遍", is_deed=True, id=new_id()
    )
    with pytest.raises(RuleBroken) as refused:
        commands.log_work(claim=claim, work=work, by=actor, now=now)
    assert refused.value.code == "not_held"
    held(claim, actor, desk, now - timedelta(days=2))
    entry = commands.log_work(claim=claim, work=work, by=actor, now=now)
    assert commands.log_work(claim=claim, work=work, by=actor, now=now).pk == entry.pk
    assert (entry.minutes, entry.deeds, entry.origin) == (110, 1, "claim")
    assert ServiceEntry.objects.count() == 1
    week = timedelta(days=7)
    earlier = replace(work, starts_at=work.starts_at - week, ends_at=work.ends_at - week, id=new_id())
    with pytest.raises(RuleBroken) as early:
        commands.log_work(claim=claim, work=earlier, by=actor, now=now)
    assert early.value.code == "before_held"


def test_ending_a_post_ends_its_claims_and_nothing_is_lost(
    make_post: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    post = make_post(places=1)
    people = neighbours(2)
    for member, actor in people:
        commands.claim_post(post=post, member=member, by=actor, now=now)
    commands.end_post(post=post, reason=PostEnd.DONE, note="任务完成", by=desk, now=now)
    assert not PostClaim.objects.live().exists()
    assert PostClaim.objects.filter(end_reason=EndReason.NOT_NEEDED).count() == 2


def test_fewer_places_than_are_taken_are_refused_and_more_go_to_who_waits(
    make_post: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    from tests.posts.conftest import draft

    post = make_post(places=2)
    claims = [commands.claim_post(post=post, member=m, by=a, now=now) for m, a in neighbours(4)]
    with pytest.raises(RuleBroken) as refused:
        commands.change_post(post=post, draft=draft(places=1), by=desk, now=now)
    assert refused.value.code == "places_taken"
    commands.change_post(post=post, draft=draft(places=3), by=desk, now=now)
    assert sorted(c.place_no or 0 for c in PostClaim.objects.filter(pk__in=[c.pk for c in claims])) == [0, 1, 2, 3]
