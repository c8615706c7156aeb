"""Giving and ending rights: by whom, to whom, once, and never the last administrator."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.orgs import commands
from guangcai.orgs.models import Grant
from guangcai.orgs.queries import actor_of, openings_of, readers_of
from guangcai.orgs.roles import Role
from tests.cast import grant, make_cast, make_user

ON = date(2026, 11, 20)


def give(cast, giver, user, role, **where):
    return commands.grant_role(user=cast.users[user], role=role, by=cast.actor(giver), now=cast.now, **where)


def test_secretary_gives_the_desk_to_a_member(cast):
    given = give(cast, "secretary", "member", Role.DESK_WORKER, node=cast.nanyuan)
    assert (given.role, given.path, given.since, given.until) == ("desk_worker", cast.nanyuan.path, ON, None)
    assert given.granted_by == cast.secretary.pk
    assert cast.actor("member").roles == {"member", "desk_worker"}
    line = AuditEvent.objects.get(tag="orgs:grant:add")
    assert (line.actor_id, line.subject_id, line.path) == (cast.secretary.pk, str(given.pk), cast.nanyuan.path)
    assert line.details == {"role": "desk_worker", "user": str(cast.member.pk), "since": "2026-11-20"}


def test_giving_twice_is_one_right(cast):
    first = give(cast, "secretary", "member", Role.DESK_WORKER, node=cast.nanyuan)
    again = give(cast, "secretary", "member", Role.DESK_WORKER, node=cast.nanyuan)
    assert again.pk == first.pk
    assert AuditEvent.objects.filter(tag="orgs:grant:add").count() == 1
    prolonged = give(cast, "secretary", "member", Role.DESK_WORKER, node=cast.nanyuan, until=date(2027, 1, 1))
    assert (prolonged.pk, prolonged.until) == (first.pk, date(2027, 1, 1))


def test_a_right_whose_time_ran_out_is_given_anew(cast):
    first = give(cast, "secretary", "member", Role.DESK_WORKER, node=cast.nanyuan, until=date(2026, 12, 1))
    later = cast.now + timedelta(days=30)
    second = commands.grant_role(
        user=cast.member, role=Role.DESK_WORKER, node=cast.nanyuan, by=cast.actor("secretary"), now=later
    )
    first.refresh_from_db()
    assert second.pk != first.pk
    assert first.ended_at == later
    assert first.until == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("giver", "role", "place", "error"),
    [
        ("secretary", Role.COMMUNITY_SECRETARY, "nanyuan", RuleBroken),
        ("secretary", Role.DESK_WORKER, "gongyuan", OutOfScope),
        ("desk", Role.DESK_WORKER, "nanyuan", Forbidden),
        ("overseer", Role.DESK_WORKER, "nanyuan", Forbidden),
        ("overseer", Role.STREET_OVERSEER, "other_street", OutOfScope),
        ("administrator", Role.SYSTEM_ADMINISTRATOR, "district", RuleBroken),
        ("administrator", Role.DESK_WORKER, "street", RuleBroken),
        ("system", Role.DESK_WORKER, "nanyuan", RuleBroken),
        ("auditor", Role.DESK_WORKER, "nanyuan", Forbidden),
        ("member", Role.MEMBER, "nanyuan", Forbidden),
        ("liaison", Role.MEMBER, "nanyuan", OutOfScope),
    ],
)
def test_who_may_not_give(cast, giver, role, place, error):
    before = Grant.objects.count()
    with pytest.raises(error):
        give(cast, giver, "desk_next_door", role, node=cast.nodes[place])
    assert Grant.objects.count() == before


def test_administrator_names_a_liaison(cast):
    given = give(cast, "administrator", "desk_colleague", Role.UNIT_LIAISON, work_unit=cast.school)
    assert (given.work_unit, given.node, given.path) == (cast.school, None, cast.district.path)
    with pytest.raises(RuleBroken):
        give(cast, "administrator", "desk_colleague", Role.UNIT_LIAISON, node=cast.nanyuan)
    with pytest.raises(RuleBroken):
        give(cast, "administrator", "desk_colleague", Role.DESK_WORKER, work_unit=cast.school)


def test_administrative_roles_exclude_each_other(cast):
    with pytest.raises(RuleBroken) as refused:
        give(cast, "administrator", "auditor", Role.DISTRICT_ADMINISTRATOR, node=cast.district)
    assert refused.value.code == "role_exclusive"


def test_nobody_gives_himself_a_right(cast):
    with pytest.raises(Forbidden):
        give(cast, "administrator", "administrator", Role.COMMUNITY_SECRETARY, node=cast.nanyuan)


def test_no_right_into_the_past_to_a_closed_account_or_an_ended_place(cast):
    with pytest.raises(RuleBroken) as refused:
        give(cast, "secretary", "member", Role.DESK_WORKER, node=cast.nanyuan, since=date(2026, 11, 19))
    assert refused.value.field == "since"
    with pytest.raises(RuleBroken) as refused:
        give(cast, "secretary", "member", Role.DESK_WORKER, node=cast.nanyuan, until=ON)
    assert refused.value.field == "until"
    User.objects.filter(pk=cast.member.pk).update(closed_at=cast.now)
    with pytest.raises(RuleBroken):
        give(cast, "secretary", "member", Role.DESK_WORKER, node=cast.nanyuan)
    cast.building.__class__.objects.filter(pk=cast.gongyuan.pk).update(valid_to=ON)
    with pytest.raises(Conflict):
        give(cast, "administrator", "desk", Role.DESK_WORKER, node=cast.gongyuan)


def test_ending_ends_at_once_and_stays_on_record(cast):
    held = Grant.objects.get(user=cast.desk)
    ended = commands.end_grant(grant=held, reason="调离", by=cast.actor("secretary"), now=cast.now)
    assert (ended.until, ended.ended_at, ended.ended_by, ended.end_reason) == (ON, cast.now, cast.secretary.pk, "调离")
    assert cast.actor("desk").holdings == ()
    again = commands.end_grant(grant=held, reason="再次", by=cast.actor("secretary"), now=cast.now + timedelta(days=1))
    assert (again.ended_at, again.end_reason) == (cast.now, "调离")
    assert AuditEvent.objects.filter(tag="orgs:grant:end").count() == 1
    with pytest.raises(RuleBroken):
        commands.end_grant(grant=held, reason=" ", by=cast.actor("secretary"), now=cast.now)
    with pytest.raises(OutOfScope):
        commands.end_grant(grant=held, reason="x", by=cast.actor("desk_next_door"), now=cast.now)


def test_a_grant_is_never_deleted(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(user=cast.desk).delete()


def test_the_last_administrator_stays(cast):
    held = Grant.objects.get(user=cast.administrator)
    for by in (cast.actor("administrator"), Actor.system()):
        with pytest.raises(RuleBroken) as refused:
            commands.end_grant(grant=held, reason="退休", by=by, now=cast.now)
        assert refused.value.code == "last_administrator"
    give(cast, "administrator", "overseer", Role.DISTRICT_ADMINISTRATOR, node=cast.district, until=date(2027, 1, 1))
    with pytest.raises(RuleBroken):
        # The other one's right has an end: the day after nobody would be left.
        commands.end_grant(grant=held, reason="退休", by=Actor.system(), now=cast.now)
    with pytest.raises(RuleBroken):
        commands.grant_role(
            user=cast.administrator,
            role=Role.DISTRICT_ADMINISTRATOR,
            node=cast.district,
            until=date(2027, 1, 1),
            by=Actor.system(),
            now=cast.now,
        )
    give(cast, "administrator", "overseer", Role.DISTRICT_ADMINISTRATOR, node=cast.district)
    assert commands.end_grant(grant=held, reason="退休", by=Actor.system(), now=cast.now).ended_at == cast.now


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_end_each_other_at_once(now):
    cast = make_cast(now)
    second = make_user(cast, "second_administrator", "区管理员二", "13800000301")
    grants = [
        Grant.objects.get(user=cast.administrator),
        grant(second, Role.DISTRICT_ADMINISTRATOR, node=cast.district),
    ]
    actors = [cast.actor("second_administrator"), cast.actor("administrator")]
    together, outcomes = Barrier(2), []

    def end(held, by):
        try:
            together.wait(timeout=20)
            commands.end_grant(grant=held, reason="同时", by=by, now=now)
            outcomes.append("ended")
        except RuleBroken as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [Thread(target=end, args=pair) for pair in zip(grants, actors, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ended", "last_administrator"]
    assert Grant.objects.filter(role=Role.DISTRICT_ADMINISTRATOR, ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_exclusive_roles_given_at_once(now):
    cast = make_cast(now)
    make_user(cast, "new", "新人", "13800000302")
    together, outcomes = Barrier(2), []

    def give_role(role):
        try:
            together.wait(timeout=20)
            commands.grant_role(user=cast.new, role=role, node=cast.district, by=Actor.system(), now=now)
            outcomes.append("given")
        except RuleBroken as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [Thread(target=give_role, args=[role]) for role in (Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["given", "role_exclusive"]


def test_who_can_see_a_member(cast, queries):
    connection.ensure_connection()
    with queries() as seen:
        readers = readers_of(path=cast.nanyuan.path, unit_ids=[cast.school.pk], on=ON)
    assert len(seen) == 2
    assert [(reader.name, reader.role, reader.place) for reader in readers] == [
        ("南园社工", "社区工作者", "南园社区"),
        ("南园社工二", "社区工作者", "南园社区"),
        ("南园书记", "社区书记", "南园社区"),
        ("街道督导", "街道督导员", "东风街道"),
        ("区管理员", "区管理员", "站前区"),
        ("学校联系人", "单位联系人", "站前区实验小学"),
    ]
    assert all(reader.reason for reader in readers)
    assert openings_of(cast.teacher_member.pk) == []


def test_an_actor_of_yesterday_has_nothing_tomorrow(cast):
    Grant.objects.filter(user=cast.desk).update(until=date(2026, 11, 21))
    assert actor_of(user_id=cast.desk.pk, member_id=None, on=ON).roles == {"desk_worker"}
    assert actor_of(user_id=cast.desk.pk, member_id=None, on=date(2026, 11, 21)).roles == frozenset()
