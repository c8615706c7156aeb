"""The verbs of teams: both sides agree, the leader may as long as he leads, the log grows, the plate is his own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.members.commands import merge_members
from guangcai.members.models import Member
from guangcai.teams import checks, commands
from guangcai.teams.enums import LeaderRole, TeamEnd
from guangcai.teams.models import Plate, PlateFeedback, Team, TeamLeader, TeamLog, TeamMembership
from guangcai.teams.queries.load import commitments_of
from guangcai.teams.queries.plates import plate_of, shown_by
from guangcai.teams.queries.teams import tree
from tests.cast import Cast
from tests.teams.conftest import draft, joined

pytestmark = pytest.mark.django_db


def broken() -> list[str]:
    found = [checks.leaders_are_in_their_team, checks.no_place_outlives_its_team]
    found += [checks.no_team_hangs_in_the_air, checks.kinds_stand_in_their_order]
    return [line for check in found for line in check()]


def sent(code: str) -> int:
    return Outbox.objects.filter(template=code).count()


def refused(call: Any) -> str:
    with pytest.raises(RuleBroken) as caught:
        call()
    return caught.value.code


def test_the_tiers_stand_in_their_order(cast: Cast, make_team: Any, desk: Actor, now: datetime) -> None:
    none = {"field": None, "basis": "", "skill": None}
    top = make_team(node=cast.street, kind="association", name="协会", **none)
    brigade = make_team(node=cast.street, kind="brigade", name="大队", parent=top, **none)
    detachment = make_team(kind="detachment", name="分队", parent=brigade, **none)
    team = make_team(parent=detachment)
    assert refused(lambda: make_team(name="x", parent=team)) == "wrong_parent"
    assert refused(lambda: make_team(kind="brigade", name="x", **none)) == "wrong_level"
    assert refused(lambda: make_team(node=cast.gongyuan, name="x", parent=detachment)) == "parent_elsewhere"
    assert refused(lambda: make_team(name="x", basis="")) == "basis_missing"
    assert refused(lambda: make_team(name="x", skill=None)) == "skill_missing"
    assert refused(lambda: make_team()) == "name_taken"
    change = draft(kind="association", name="协会", parent=top, **none)
    with pytest.raises((RuleBroken, IntegrityError)), transaction.atomic():
        commands.change_team(team=top, draft=change, by=Actor.system(), now=now)
    with pytest.raises(OutOfScope):
        commands.add_team(node=cast.gongyuan, draft=draft(), by=desk, now=now)
    with pytest.raises(Forbidden):
        commands.add_team(node=cast.nanyuan, draft=draft(name="y"), by=cast.actor("overseer"), now=now)
    assert (
        refused(lambda: commands.end_team(team=detachment, reason=TeamEnd.DONE, note="", by=desk, now=now))
        == "has_children"
    )
    assert [(line.team.name, line.depth, line.below) for line in tree(desk)] == [
        ("协会", 0, 3),
        ("大队", 1, 2),
        ("分队", 2, 1),
        ("社区治安队", 3, 0),
    ]
    assert broken() == []


def test_the_same_form_is_one_team(cast: Cast, desk: Actor, now: datetime) -> None:
    key = new_id()
    for _twice in range(2):
        commands.add_team(node=cast.nanyuan, draft=draft(), by=desk, now=now, id=key)
    assert Team.objects.get().pk == key
    assert AuditEvent.objects.filter(tag="teams:team:add").count() == 1


def test_a_team_is_found_by_every_name_it_had(make_team: Any, desk: Actor, now: datetime) -> None:
    team = make_team()
    commands.change_team(team=team, draft=draft(name="社会治安队"), by=desk, now=now)
    for _twice in range(2):
        commands.add_alias(team=team, name="公检法队", source="001", by=desk, now=now)
    for text in ("社区治安", "社会治安", "公检法"):
        assert Team.objects.called(text).get() == team
    assert not Team.objects.called("代理家长").exists()
    assert team.aliases.count() == 2


def test_asked_and_confirmed(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    team, ((member, own), (_other, second)) = make_team(), neighbours(2)
    row = commands.ask_to_join(team=team, member=member, by=own, now=now)
    assert commands.ask_to_join(team=team, member=member, by=own, now=now) == row
    assert row.state == "offered"
    assert (
        refused(lambda: commands.confirm_joining(membership=row, by=own_desk(desk, own), now=now)) == "own_commitment"
    )
    with pytest.raises(Forbidden):
        commands.confirm_joining(membership=row, by=second, now=now)
    for _twice in range(2):
        row = commands.confirm_joining(membership=row, by=desk, now=now)
    assert (row.state, sent("team_confirmed")) == ("held", 1)
    assert commitments_of([member.pk, second.member_id]) == {member.pk: 1}


def own_desk(desk: Actor, own: Actor) -> Actor:
    """Somebody who runs the desk and is the member himself."""
    return Actor(user_id=own.user_id, member_id=own.member_id, holdings=desk.holdings + own.holdings)


def test_invited_once_and_never_assigned(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    team, people = make_team(), neighbours(3)
    members = [member for member, _own in people]
    assert len(commands.invite_members(team=team, members=members, by=desk, now=now)) == 3
    assert commands.invite_members(team=team, members=members, by=desk, now=now) == []
    assert sent("team_invited") == 3
    assert not TeamMembership.objects.held().exists()
    first, second, _third = (TeamMembership.objects.get(member=member) for member in members)
    with pytest.raises(Forbidden):
        commands.accept_invitation(membership=first, by=people[1][1], now=now)
    assert refused(lambda: commands.accept_invitation(membership=first, by=desk, now=now)) == "asked_missing"
    commands.accept_invitation(membership=first, by=people[0][1], now=now)
    commands.accept_invitation(membership=second, by=desk, now=now, asked="到窗口说的")
    assert TeamMembership.objects.held().count() == 2


def test_who_declined_is_not_asked_again(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    team, ((member, own),) = make_team(), neighbours(1)
    (row,) = commands.invite_members(team=team, members=[member], by=desk, now=now)
    commands.end_membership(membership=row, reason=EndReason.NO_TIME, note="", by=own, now=now)
    assert commands.invite_members(team=team, members=[member], by=desk, now=now) == []
    assert sent("team_invited") == 1
    assert commands.ask_to_join(team=team, member=member, by=own, now=now).state == "offered"


def test_an_invitation_that_crosses_a_request(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    team, ((first, own_one), (second, own_two)) = make_team(), neighbours(2)
    commands.ask_to_join(team=team, member=first, by=own_one, now=now)
    commands.invite_members(team=team, members=[first, second], by=desk, now=now)
    commands.ask_to_join(team=team, member=second, by=own_two, now=now)
    assert {row.state for row in TeamMembership.objects.all()} == {"held"}
    assert TeamMembership.objects.count() == 2


def test_only_whom_the_team_serves(cast: Cast, make_team: Any, now: datetime) -> None:
    team, street = (
        make_team(),
        make_team(node=cast.street, kind="brigade", name="大队", field=None, basis="", skill=None),
    )
    own = cast.actor("member_next_door")
    found = Member.objects.get(pk=own.member_id)
    assert refused(lambda: commands.ask_to_join(team=team, member=found, by=own, now=now)) == "other_area"
    row = commands.ask_to_join(team=street, member=found, by=own, now=now)
    # The team is the street's, the place in it is seen by the desk of the member's own community.
    assert row.community_id == found.community_id
    desk_there = Actor(holdings=cast.actor("desk_next_door").holdings)
    assert commands.confirm_joining(membership=row, by=desk_there, now=now).state == "held"


def test_what_a_leader_may_ends_with_his_role(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    team, ((leader, lead), (deputy, stand_in), (asker, ask)) = make_team(), neighbours(3)
    assert (
        refused(lambda: commands.appoint_leader(team=team, member=leader, role=LeaderRole.LEADER, by=desk, now=now))
        == "not_in_team"
    )
    place = joined(team, leader, lead, now)
    joined(team, deputy, stand_in, now)
    row = commands.appoint_leader(team=team, member=leader, role=LeaderRole.LEADER, by=desk, now=now)
    commands.appoint_leader(team=team, member=deputy, role=LeaderRole.DEPUTY, by=desk, now=now)
    assert commands.appoint_leader(team=team, member=leader, role=LeaderRole.LEADER, by=desk, now=now) == row
    entry = commands.LogDraft(now.date(), "夜间巡看", 3)
    request = commands.ask_to_join(team=team, member=asker, by=ask, now=now)
    assert TeamMembership.objects.visible_to(lead).count() == 3
    commands.write_log(team=team, draft=entry, by=stand_in, now=now)
    with pytest.raises(Forbidden):
        commands.confirm_joining(membership=request, by=stand_in, now=now)
    with pytest.raises(Forbidden):
        commands.write_log(team=team, draft=entry, by=ask, now=now)
    commands.end_leadership(leader=row, by=desk, now=now)
    assert [one.member_id for one in TeamMembership.objects.visible_to(lead)] == [leader.pk]
    for call in (
        lambda: commands.confirm_joining(membership=request, by=lead, now=now),
        lambda: commands.write_log(team=team, draft=entry, by=lead, now=now),
    ):
        with pytest.raises(Forbidden):
            call()
    again = commands.appoint_leader(team=team, member=leader, role=LeaderRole.LEADER, by=desk, now=now)
    commands.confirm_joining(membership=request, by=lead, now=now)
    # Leaving the team ends the role in it.
    commands.end_membership(membership=place, reason=EndReason.OWN_WISH, note="", by=lead, now=now)
    again.refresh_from_db()
    assert again.until is not None
    assert broken() == []


def test_one_open_leader_by_constraint(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    team, people = make_team(), neighbours(2)
    for member, own in people:
        joined(team, member, own, now)
    common = {"team": team, "district_code": team.district_code, "role": "leader", "since": now.date(), "added_at": now}
    TeamLeader.objects.create(member=people[0][0], **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamLeader.objects.create(member=people[1][0], **common)
    assert (
        refused(
            lambda: commands.appoint_leader(team=team, member=people[1][0], role=LeaderRole.LEADER, by=desk, now=now)
        )
        == "has_leader"
    )


def test_the_log_only_grows(make_team: Any, desk: Actor, now: datetime) -> None:
    team, key = make_team(), new_id()
    first = commands.LogDraft(now.date(), "巡看3号楼", 40)
    for _twice in range(2):
        entry = commands.write_log(team=team, draft=first, by=desk, now=now, id=key)
    right = commands.LogDraft(now.date(), "巡看3号楼", 4)
    assert (
        refused(lambda: commands.correct_log(entry=entry, draft=right, reason=" ", by=desk, now=now))
        == "reason_missing"
    )
    fixed = commands.correct_log(entry=entry, draft=right, reason="人数写错", by=desk, now=now)
    assert refused(lambda: commands.correct_log(entry=entry, draft=right, reason="x", by=desk, now=now)) == "corrected"
    assert [(row.pk, row.people) for row in TeamLog.objects.in_force()] == [(fixed.pk, 4)]
    assert TeamLog.objects.count() == 2
    for sql in ("UPDATE teams_teamlog SET people = 1", "DELETE FROM teams_teamlog"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    late = commands.LogDraft(now.date() + timedelta(days=1), "x", 1)
    assert refused(lambda: commands.write_log(team=team, draft=late, by=desk, now=now)) == "day_ahead"


def test_a_team_ends_with_everybodys_place(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    team, ((member, own), (other, _two)) = make_team(), neighbours(2)
    joined(team, member, own, now)
    commands.appoint_leader(team=team, member=member, role=LeaderRole.LEADER, by=desk, now=now)
    commands.invite_members(team=team, members=[other], by=desk, now=now)
    for _twice in range(2):
        commands.end_team(team=team, reason=TeamEnd.NOT_NEEDED, note="", by=desk, now=now)
    assert not TeamMembership.objects.live().exists()
    assert not TeamLeader.objects.open().exists()
    assert sent("team_ended") == 2
    assert refused(lambda: commands.ask_to_join(team=team, member=member, by=own, now=now)) == "team_ended"
    assert broken() == []


def test_a_plate_is_hung_out_by_himself_alone(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    """Promise T22: nobody hangs it out or takes it in for him, and an old code is dead."""
    team, ((member, own), (_other, second)) = make_team(), neighbours(2)
    joined(team, member, own, now)
    for somebody in (desk, second, Actor.system()):
        with pytest.raises(Forbidden):
            commands.show_plate(member=member, by=somebody, now=now)
    plate = commands.show_plate(member=member, by=own, now=now)
    assert commands.show_plate(member=member, by=own, now=now) == plate
    told = shown_by(plate)
    assert (told.name, told.lines) == ("邻同志", ("社区治安队 · 队员",))
    with pytest.raises(Forbidden):
        commands.withdraw_plate(plate=plate, by=desk, now=now)
    commands.withdraw_plate(plate=plate, by=own, now=now)
    assert plate_of(plate.code) == (plate, False)
    assert commands.show_plate(member=member, by=own, now=now).code != plate.code


def test_feedback_lands_with_the_community(neighbours: Any, desk: Actor, now: datetime) -> None:
    ((member, own),) = neighbours(1)
    plate = commands.show_plate(member=member, by=own, now=now)
    words = commands.Feedback(id=new_id(), tone="praise", text="<b>谢谢</b>", phone="13912345678")
    for _twice in range(2):
        row = commands.add_plate_feedback(plate=plate, feedback=words, by=Actor(), now=now)
    assert PlateFeedback.objects.visible_to(desk).get() == row
    assert not PlateFeedback.objects.told_to(member.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM teams_platefeedback")
        assert "13912345678" not in str(cursor.fetchone()[0])
    # Signs nobody sees are no words.
    nothing = commands.Feedback(id=new_id(), tone="praise", text="\u200b\u200e ")
    with pytest.raises(RuleBroken):
        commands.add_plate_feedback(plate=plate, feedback=nothing, by=Actor(), now=now)
    with pytest.raises((Forbidden, OutOfScope)):
        commands.note_feedback(feedback=row, note="", by=own, now=now)
    for _twice in range(2):
        commands.note_feedback(feedback=row, note="已转达", by=desk, now=now)
    with pytest.raises(Conflict):
        commands.note_feedback(feedback=row, note="别的", by=desk, now=now)
    assert PlateFeedback.objects.told_to(member.pk).get().note == "已转达"


def test_a_merge_keeps_one_place_one_role_one_plate(
    cast: Cast, make_team: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    team, ((kept, own), (gone, other)) = make_team(), neighbours(2)
    for member, by in ((kept, own), (gone, other)):
        joined(team, member, by, now)
        commands.show_plate(member=member, by=by, now=now)
    commands.appoint_leader(team=team, member=gone, role=LeaderRole.LEADER, by=desk, now=now)
    merge_members(kept=kept, gone=gone, by=desk, now=now)
    assert TeamMembership.objects.live().get().member_id == kept.pk
    assert TeamLeader.objects.open().get().member_id == kept.pk
    assert Plate.objects.in_use().get().member_id == kept.pk
    assert broken() == []


def test_what_stands_at_a_community_is_run_by_it_and_never_from_above(
    cast: Cast, make_team: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    team, ((member, _actor),) = make_team(), neighbours(1)
    administrator = cast.actor("administrator")
    calls: list[Any] = [
        lambda: commands.change_team(team=team, draft=draft(name="别的名字"), by=administrator, now=now),
        lambda: commands.end_team(team=team, reason=TeamEnd.DONE, note="", by=administrator, now=now),
        lambda: commands.add_team(node=cast.nanyuan, draft=draft(name="新队"), by=administrator, now=now),
        lambda: commands.invite_members(team=team, members=[member], by=administrator, now=now),
        lambda: commands.ask_to_join(team=team, member=member, asked="电话", by=administrator, now=now),
        lambda: commands.write_log(
            team=team, draft=commands.LogDraft(now.date(), "巡逻", 2), by=administrator, now=now
        ),
    ]
    for call in calls:
        with pytest.raises(Forbidden):
            call()
    top = make_team(node=cast.district, kind="association", name="志愿者协会", basis="", skill=None)
    (asked,) = commands.invite_members(team=top, members=[member], by=desk, now=now)
    assert commands.invite_members(team=top, members=[member], by=administrator, now=now) == []
    assert asked.team_id == top.pk


def test_a_leader_asks_whom_he_knows_by_name_and_phone(
    cast: Cast, make_team: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    team, ((lead, lead_actor), (other, other_actor)) = make_team(), neighbours(2)
    joined(team, lead, lead_actor, now)
    commands.appoint_leader(team=team, member=lead, role=LeaderRole.LEADER, by=desk, now=now)

    def ask(name: str, phone: str, by: Actor = lead_actor) -> list[TeamMembership]:
        return commands.invite_known(team=team, name=name, phone=phone, by=by, now=now)

    for name, phone in ((other.name, "13900009999"), ("别人", "13712350001"), (other.name, " ")):
        with pytest.raises(RuleBroken) as refused:
            ask(name, phone)
        assert refused.value.code == "unknown"
    with pytest.raises(Forbidden):
        ask(other.name, "13712350001", by=other_actor)
    (row,) = ask(other.name, "137 1235 0001")
    assert row.held_since is None, "he answers himself"
    assert ask(other.name, "13712350001") == []
    commands.end_membership(membership=row, reason=EndReason.OWN_WISH, note="", by=other_actor, now=now)
    assert ask(other.name, "13712350001") == [], "who declined is not asked again"
