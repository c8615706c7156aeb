"""A request is given to a team: its leader answers, one of the team did it, and a team that ends gives it back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guangcai.cases import commands
from guangcai.cases.enums import CaseState, WorkerKind
from guangcai.cases.models import Case
from guangcai.cases.queries.jobs import own_jobs
from guangcai.cases.queries.proposals import Proposal, proposals
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import Outbox
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import load_lists
from guangcai.members.models import Member, SkillKind
from guangcai.teams import commands as teams
from guangcai.teams.enums import LeaderRole, TeamEnd
from guangcai.teams.models import Team, TeamField, TeamLeader
from tests.cases.conftest import PHONE, Raise
from tests.cases.test_life import broken
from tests.cast import Cast, make_member

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def mate(cast: Cast) -> Member:
    row: Member = make_member(cast, "mate", "周大勇", "13900000177", community=cast.nanyuan, unit=cast.school)
    return row


@pytest.fixture
def team(cast: Cast, mate: Member, now: datetime) -> Team:
    """Led by the teacher, with one more in it."""
    by = Actor.system()
    load_lists(by=by, now=now)
    teams.load_team_lists(by=by, now=now)
    draft = teams.TeamDraft(
        kind="team",
        name="便民维修队",
        field=TeamField.objects.get(code="public_safety"),
        basis="skill",
        skill=SkillKind.objects.get(code="fire_safety"),
    )
    row = teams.add_team(node=cast.nanyuan, draft=draft, by=by, now=now)
    for one in (cast.teacher_member, mate):
        place = teams.ask_to_join(team=row, member=one, by=by, now=now, asked="本人提出")
        teams.confirm_joining(membership=place, by=by, now=now)
    teams.appoint_leader(team=row, member=cast.teacher_member, role=LeaderRole.LEADER, by=by, now=now)
    return row


def given(case: Case, team: Team, by: Actor, now: datetime) -> Case:
    return commands.dispatch(case=case, worker=commands.Worker(team=team), by=by, now=now)


def test_the_leader_answers_and_one_of_the_team_did_it(
    cast: Cast, desk: Actor, raised: Raise, team: Team, mate: Member, now: datetime
) -> None:
    case, leader = given(raised(), team, desk, now), cast.actor("member")
    step = case.steps.get(number=2)
    assert (step.worker, step.team_id, step.worker_name, step.member_id) == (
        WorkerKind.TEAM,
        team.pk,
        "便民维修队",
        None,
    )
    assert Outbox.objects.filter(template="case_asked").count() == 1
    (job,) = own_jobs(leader, now=now)
    assert job.asker is not None
    assert job.asker.phone == PHONE
    assert not Case.objects.visible_to(Actor(member_id=mate.pk)).exists()
    with pytest.raises(OutOfScope):
        commands.accept(case=case, by=Actor(member_id=mate.pk), now=now)
    commands.accept(case=case, by=leader, now=now)
    time = commands.JobTime(now - timedelta(minutes=30), 30)
    for doer, code in ((None, "doer_missing"), (cast.police_member, "doer_elsewhere")):
        with pytest.raises(RuleBroken) as refused:
            commands.finish(case=case, note="修好了", time=time, done_by=doer, by=leader, now=now)
        assert refused.value.code == code
    commands.finish(case=case, note="修好了", time=time, done_by=mate, by=leader, now=now)
    entry = ServiceEntry.objects.get()
    assert (entry.member_id, entry.minutes) == (mate.pk, 30)
    assert not own_jobs(leader, now=now)
    assert broken() == []


def test_the_leader_declines_and_another_of_the_team_may_not(
    cast: Cast, desk: Actor, raised: Raise, team: Team, now: datetime
) -> None:
    case = given(raised(), team, desk, now)
    commands.decline(case=case, reason="no_time", by=cast.actor("member"), now=now)
    assert Case.objects.get().state == CaseState.TO_DISPATCH
    given(case, team, desk, now)
    TeamLeader.objects.update(until=timezone.localdate(now), ended_at=now)
    with pytest.raises(OutOfScope):
        commands.accept(case=case, by=cast.actor("member"), now=now)
    commands.accept(case=case, by=desk, now=now)
    assert broken() == []


def test_who_led_or_did_it_does_not_call_back(
    cast: Cast, desk: Actor, raised: Raise, team: Team, mate: Member, now: datetime
) -> None:
    case = given(raised(), team, desk, now)
    commands.accept(case=case, by=desk, now=now)
    commands.finish(case=case, note="好了", done_by=mate, by=desk, now=now)
    for member in (mate.pk, cast.teacher_member.pk):
        both = Actor(user_id=desk.user_id, member_id=member, holdings=desk.holdings)
        with pytest.raises(RuleBroken) as refused:
            commands.call_back(case=case, outcome="solved", is_satisfied=True, by=both, now=now)
        assert refused.value.code == "own_job"


def test_a_team_is_not_asked_about_its_own_people(
    cast: Cast, desk: Actor, raised: Raise, team: Team, mate: Member, now: datetime
) -> None:
    with pytest.raises(RuleBroken) as refused:
        given(raised("他答应来没有来", about_member=mate), team, desk, now)
    assert refused.value.code == "worker_complained_of"
    own = commands.AskerDraft(name="林晓岚", member=cast.teacher_member)
    with pytest.raises(RuleBroken) as refused:
        given(raised("自家的灯", asker=own), team, desk, now)
    assert refused.value.code == "worker_is_asker"


def test_a_team_that_ends_gives_everything_back(
    cast: Cast, desk: Actor, raised: Raise, team: Team, now: datetime
) -> None:
    running, over = given(raised(), team, desk, now), given(raised("另一件"), team, desk, now)
    commands.accept(case=running, by=desk, now=now)
    commands.accept(case=over, by=desk, now=now)
    commands.finish(case=over, note="好了", by=desk, now=now)
    due = Case.objects.get(pk=running.pk).due_solution
    for _twice in range(2):
        teams.end_team(team=team, reason=TeamEnd.DONE, note="", by=desk, now=now)
    kept = Case.objects.get(pk=running.pk)
    assert (kept.state, kept.assignment, kept.returns, kept.due_solution) == (CaseState.TO_DISPATCH, None, 0, due)
    assert kept.steps.filter(kind="released").count() == 1
    assert Case.objects.get(pk=over.pk).state == CaseState.DONE
    with pytest.raises(RuleBroken) as refused:
        given(running, team, desk, now)
    assert refused.value.code == "worker_gone"
    assert not own_jobs(cast.actor("member"), now=now)
    assert broken() == []


def test_the_street_decides_for_a_team_too(cast: Cast, desk: Actor, raised: Raise, team: Team, now: datetime) -> None:
    case = given(raised(), team, desk, now)
    commands.escalate(case=case, note="推诿", by=desk, now=now)
    with pytest.raises(Forbidden):
        commands.rule_worker(case=case, worker=commands.Worker(team=team), note="由队里修", by=desk, now=now)
    commands.rule_worker(
        case=case, worker=commands.Worker(team=team), note="由队里修", by=cast.actor("overseer"), now=now
    )
    assert Case.objects.get().assignment.team_id == team.pk


def test_on_the_screens(cast: Cast, signed_in: SignIn, raised: Raise, team: Team, mate: Member, queries: Any) -> None:
    case, desk = raised(at=timezone.now()), signed_in(cast.desk)
    at = lambda name: reverse(f"cases:{name}", args=[case.pk])  # noqa: E731
    assert f"team:{team.pk}" in desk.get(at("dispatch")).content.decode()
    assert desk.post(at("dispatch"), {"worker": f"team:{case.pk}"}).status_code == 404
    assert desk.post(at("dispatch"), {"worker": f"team:{team.pk}"}).status_code == 302
    leader = signed_in(cast.member)
    assert case.number in leader.get(reverse("cases:mine")).content.decode()
    assert leader.post(at("acceptance")).status_code == 302
    assert mate.name in leader.get(at("done")).content.decode()
    assert leader.post(at("done"), {"note": "好了", "minutes": "30"}).status_code == 422
    told = {"note": "好了", "minutes": "30", "done_by": str(mate.pk)}
    assert leader.post(at("done"), told | {"done_by": str(cast.police_member.pk)}).status_code == 422
    assert leader.post(at("done"), told).status_code == 302
    assert ServiceEntry.objects.get().member_id == mate.pk


def test_my_jobs_of_a_team_ask_as_often_for_three_as_for_one(
    cast: Cast, signed_in: SignIn, raised: Raise, desk: Actor, team: Team, queries: Any
) -> None:
    browser, counts = signed_in(cast.member), []
    for number in (1, 2, 3):
        given(raised(f"第{number}件", at=timezone.now()), team, desk, timezone.now())
        browser.get(reverse("cases:mine"))
        with queries() as seen:
            assert browser.get(reverse("cases:mine")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[2]


def proposed(case: Case, now: datetime) -> list[Proposal]:
    return [one for one in proposals(case, here=case.path, now=now) if one.kind == "team"]


def test_a_team_of_the_trade_is_proposed_with_its_reason(
    cast: Cast, desk: Actor, raised: Raise, team: Team, mate: Member, now: datetime
) -> None:
    """Its name or skill says the trade; what it did and has open is told, and moves it up or down."""
    (told,) = proposed(raised(), now)
    assert (told.id, told.name) == (str(team.pk), "便民维修队")
    assert told.why == "会这门手艺的队伍，本社区的，手上没有活儿。"
    case, leader = given(raised(), team, desk, now), cast.actor("member")
    (busy,) = proposed(raised(), now)
    assert busy.why == "会这门手艺的队伍，本社区的，手上有1件。"
    assert busy.score > told.score
    commands.accept(case=case, by=leader, now=now)
    commands.finish(case=case, note="修好了", done_by=mate, by=leader, now=now)
    (proven,) = proposed(raised(), now)
    assert proven.why == "会这门手艺的队伍，办过同类诉求1件，本社区的，手上没有活儿。"
    assert proven.score < told.score
    # Another name and no skill: what it did still speaks for it.
    Team.objects.update(name="老街坊")
    (renamed,) = proposed(raised(), now)
    assert renamed.why == "队伍，办过同类诉求1件，本社区的，手上没有活儿。"
    assert proven.score < renamed.score


def test_a_team_that_may_not_be_asked_is_not_proposed(
    cast: Cast, desk: Actor, raised: Raise, team: Team, mate: Member, now: datetime
) -> None:
    """One it complains of is in it; the asker leads it; nobody leads it; it has ended, or has another trade."""
    assert proposed(raised(), now)
    assert proposed(raised(about_member=mate), now) == []
    asker = commands.AskerDraft(member=cast.teacher_member)
    assert proposed(raised(asker=asker), now) == []
    assert proposed(raised(asker=commands.AskerDraft(member=mate)), now), "he does not lead it"
    Team.objects.update(name="读书会")
    assert proposed(raised(), now) == []
    Team.objects.update(name="便民维修队")
    TeamLeader.objects.update(until=now.date(), ended_at=now)
    assert proposed(raised(), now) == []


def test_proposing_teams_asks_as_much_for_three(cast: Cast, raised: Raise, team: Team, now: datetime) -> None:
    case = raised()
    with CaptureQueriesContext(connection) as one:
        assert len(proposed(case, now)) == 1
    for name in ("维修二队", "维修三队"):
        other = Team.objects.get(pk=team.pk)
        other.pk, other.name = new_id(), name
        other.save(force_insert=True)
        led = TeamLeader.objects.filter(team=team).first()
        led.pk, led.team = new_id(), other
        led.save(force_insert=True)
    with CaptureQueriesContext(connection) as three:
        assert len(proposed(case, now)) == 3
    assert len(three) == len(one)
