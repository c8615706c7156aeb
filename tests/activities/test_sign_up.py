"""Signing up: every refusal has a name, the waiting list moves by itself, sent twice is done once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from guangcai.activities import commands
from guangcai.activities.models import RequiredSkill, Shift, ShiftNotice, SignUp
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.members.models import Skill, SkillKind
from tests.cast import DISTRICT, Cast


def refusal(shift: Shift, member: Any, by: Actor, now: datetime, **other: Any) -> str:
    with pytest.raises(RuleBroken) as refused:
        commands.sign_up(shift=shift, member=member, by=by, now=now, **other)
    return refused.value.code


def test_a_place_is_numbered_and_audited(make_shift: Any, neighbours: Any, now: datetime) -> None:
    shift = make_shift()
    (member, actor), (other, other_actor) = neighbours(2)
    key = new_id()
    row = commands.sign_up(shift=shift, member=member, by=actor, now=now, id=key)
    assert (row.pk, row.place_no, row.placed_at, row.path) == (key, 1, now, shift.path)
    assert commands.sign_up(shift=shift, member=member, by=actor, now=now, id=key) == row
    with pytest.raises(Conflict):
        commands.sign_up(shift=shift, member=other, by=other_actor, now=now, id=key)
    line = AuditEvent.objects.get(tag="activities:sign_up:add")
    assert (line.subject_id, line.actor_id, line.details) == (str(key), actor.user_id, {"place_no": 1})


def test_who_may_sign_whom_up(cast: Cast, make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift()
    (member, _actor), (_other, other_actor) = neighbours(2)
    with pytest.raises(Forbidden):
        commands.sign_up(shift=shift, member=member, by=other_actor, now=now)
    with pytest.raises(OutOfScope):
        commands.sign_up(shift=shift, member=cast.police_member, by=cast.actor("member_next_door"), now=now)
    assert refusal(shift, cast.police_member, desk, now) == "other_area"
    assert commands.sign_up(shift=shift, member=member, by=desk, now=now).signed_up_by == desk.user_id


def test_full_offers_the_waiting_list_which_moves_up(
    make_shift: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    shift = make_shift(places=1)
    people = neighbours(3)
    first = commands.sign_up(shift=shift, member=people[0][0], by=people[0][1], now=now)
    assert refusal(shift, people[1][0], people[1][1], now) == "full"
    second, third = (
        commands.sign_up(shift=shift, member=m, by=a, now=now + timedelta(minutes=n), wait=True)
        for n, (m, a) in enumerate(people[1:])
    )
    assert (second.place_no, third.place_no) == (None, None)
    commands.cancel_sign_up(sign_up=first, by=people[0][1], now=now)
    commands.cancel_sign_up(sign_up=first, by=people[0][1], now=now)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.place_no, third.place_no) == (1, None)
    assert [(n.member_id, n.occasion) for n in ShiftNotice.objects.all()] == [(people[1][0].pk, "moved_up")]
    # Nobody jumps the queue while somebody waits.
    assert refusal(shift, people[0][0], people[0][1], now) == "full"


def test_cancelled_in_time_or_not(make_shift: Any, neighbours: Any, now: datetime) -> None:
    shift = make_shift(starts_in=timedelta(hours=25))
    (member, actor), (other, other_actor) = neighbours(2)
    early = commands.sign_up(shift=shift, member=member, by=actor, now=now)
    late = commands.sign_up(shift=shift, member=other, by=other_actor, now=now)
    assert commands.cancel_sign_up(sign_up=early, by=actor, now=now + timedelta(hours=1)).cancelled_in_time is True
    late = commands.cancel_sign_up(sign_up=late, by=other_actor, now=now + timedelta(hours=1, seconds=1))
    assert late.cancelled_in_time is False
    # He may come back.
    assert commands.sign_up(shift=shift, member=member, by=actor, now=now).place_no == 1
    assert SignUp.objects.live().count() == 1


def test_every_refusal_has_a_name(
    cast: Cast, make_shift: Any, make_activity: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    (member, actor), *_ = neighbours(1)
    shift = make_shift()
    commands.sign_up(shift=shift, member=member, by=actor, now=now)
    assert refusal(shift, member, actor, now) == "already_signed_up"
    same_time = make_shift()
    assert refusal(same_time, member, actor, now) == "clash"
    commands.sign_up(shift=same_time, member=member, by=actor, now=now, clash_accepted=True)
    assert refusal(make_shift(starts_in=timedelta(days=3)), member, actor, now + timedelta(days=3)) == "begun"
    called_off = make_shift(starts_in=timedelta(days=4))
    commands.cancel_shift(shift=called_off, reason="weather", by=desk, now=now)
    assert refusal(called_off, member, actor, now) == "cancelled"
    hidden = commands.add_shift(
        activity=make_activity(),
        starts_at=now + timedelta(days=5),
        ends_at=now + timedelta(days=5, hours=1),
        places=1,
        by=desk,
        now=now,
    )
    assert refusal(hidden, member, actor, now) == "not_published"


def test_age(make_shift: Any, neighbours: Any, now: datetime) -> None:
    (member, actor), *_ = neighbours(1)
    adults = make_shift(minimum_age=18)
    commands.sign_up(shift=adults, member=member, by=actor, now=now)
    older = make_shift(minimum_age=30, starts_in=timedelta(days=5))
    assert refusal(older, member, actor, now) == "age_unknown"
    member.birth_date = date(1996, 11, 26)
    member.save(update_fields=["birth_date"])
    assert refusal(older, member, actor, now) == "too_young"
    member.birth_date = date(1996, 11, 25)
    member.save(update_fields=["birth_date"])
    commands.sign_up(shift=older, member=member, by=actor, now=now)


def test_certificates(make_shift: Any, neighbours: Any, now: datetime) -> None:
    (member, actor), *_ = neighbours(1)
    law = SkillKind.objects.get(code="law")
    shift = make_shift()
    RequiredSkill.objects.create(activity=shift.activity, skill=law)
    assert refusal(shift, member, actor, now) == "no_skill"
    skill = Skill.objects.create(member=member, kind=law, district_code=DISTRICT)
    assert refusal(shift, member, actor, now) == "no_certificate"
    skill.certificate, skill.expires_on = "A-1", date(2026, 11, 21)
    skill.save()
    assert refusal(shift, member, actor, now) == "certificate_expired"
    skill.expires_on = date(2026, 11, 22)
    skill.save()
    commands.sign_up(shift=shift, member=member, by=actor, now=now)
