"""Every screen of teams: does it, next door 404, read-only 403, bad input 422; a fixed number of statements."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from python_calamine import load_workbook

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.members.models import Employment, Member, Occupation
from guangcai.teams import commands, rules
from guangcai.teams.enums import LeaderRole
from guangcai.teams.models import OccupationTeam, Plate, PlateFeedback, Team, TeamLog, TeamMembership
from tests.cast import Cast
from tests.teams.conftest import joined

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def page(name: str, *args: Any) -> str:
    return reverse(f"teams:{name}", args=args)


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def led(cast: Cast, make_team: Any, now: datetime) -> TeamMembership:
    """A team that the cast's member leads."""
    team = make_team()
    row = joined(team, cast.teacher_member, cast.actor("member"), now)
    commands.appoint_leader(
        team=team, member=cast.teacher_member, role=LeaderRole.LEADER, by=cast.actor("desk"), now=now
    )
    return row


def on_team(team: Team) -> list[str]:
    return [page(name, team.pk) for name in ("team", "edit", "end", "people", "roles", "log")] + [
        page("roster", team.pk, kind) for kind in ("xlsx", "docx")
    ]


def test_the_desk_opens_every_page(cast: Cast, signed_in: SignIn, led: TeamMembership) -> None:
    browser = signed_in(cast.desk)
    pages = [*on_team(led.team), page("membership_end", led.pk)]
    pages += [page(name) for name in ("list", "export", "tree", "new", "proposals", "inbox", "feedback_export")]
    for address in pages:
        assert browser.get(address).status_code == 200, address
    assert browser.get(page("roster", led.team_id, "pdf")).status_code == 404
    assert browser.get(page("plate")).status_code == 404


def test_next_door_there_is_nothing(cast: Cast, signed_in: SignIn, led: TeamMembership) -> None:
    for who in ["desk_next_door", "overseer_next_door", "member_next_door", "liaison", "auditor"]:
        browser = signed_in(cast.users[who])
        for address in on_team(led.team):
            assert browser.get(address).status_code == 404, (who, address)
        assert browser.get(page("membership_end", led.pk)).status_code == 404
        assert browser.post(page("confirmation", led.pk)).status_code == 404
        assert browser.post(page("memberships", led.team_id), {"id": new_id()}).status_code == 404
    assert Client().get(page("list")).status_code == 302


def test_the_overseer_reads_and_changes_nothing(cast: Cast, signed_in: SignIn, led: TeamMembership) -> None:
    browser, team = signed_in(cast.overseer), led.team
    assert cast.teacher_member.name in words_of(browser.get(page("team", team.pk)))
    assert team.name in words_of(browser.get(page("tree")))
    for name in ("list", "export", "inbox"):
        assert browser.get(page(name)).status_code == 200
    for name in ("edit", "end", "people", "roles", "log"):
        assert browser.get(page(name, team.pk)).status_code == 403, name
    for name in ("confirmation", "acceptance", "membership_end"):
        assert browser.post(page(name, led.pk), {}).status_code == 403, name
    assert browser.post(page("aliases", team.pk), {"name": "x"}).status_code == 403
    assert browser.get(page("proposals")).status_code == 403
    assert browser.get(page("new")).status_code == 403


def test_a_member_sees_the_team_and_no_names(
    cast: Cast, signed_in: SignIn, led: TeamMembership, neighbours: Any, now: datetime
) -> None:
    ((member, own),) = neighbours(1)
    browser = Client()
    browser.force_login(cast.users["tu0"])
    told = words_of(browser.get(page("team", led.team_id)))
    assert led.team.name in told
    assert cast.teacher_member.name not in told
    for name in ("roster", "log"):
        address = page(name, led.team_id, "xlsx") if name == "roster" else page(name, led.team_id)
        assert browser.get(address).status_code == 403
    joined(led.team, member, own, now)
    # Who is in it reads who leads it, and nobody else.
    assert cast.teacher_member.name in words_of(browser.get(page("team", led.team_id)))


def test_the_leader_runs_his_team_on_the_phone(
    cast: Cast, signed_in: SignIn, led: TeamMembership, neighbours: Any, now: datetime
) -> None:
    ((member, _own),) = neighbours(1)
    leader, asker = signed_in(cast.member), Client()
    asker.force_login(cast.users["tu0"])
    key = new_id()
    for _twice in range(2):
        assert asker.post(page("memberships", led.team_id), {"id": key}).status_code == 302
    told = words_of(leader.get(page("team", led.team_id)))
    assert member.name in told
    assert page("confirmation", key) in told
    assert leader.post(page("confirmation", key)).status_code == 302
    assert TeamMembership.objects.get(pk=key).state == "held"
    sent = {"id": new_id(), "held_on": now.date(), "content": "巡看3号楼", "people": 2}
    for _twice in range(2):
        assert leader.post(page("log", led.team_id), sent).status_code == 302
    entry = TeamLog.objects.get()
    bad = leader.post(page("log", led.team_id), sent | {"id": new_id(), "held_on": "2026-12-30"})
    assert (bad.status_code, "还没到" in words_of(bad)) == (422, True)
    fixed = {"held_on": now.date(), "content": "巡看3号楼", "people": 3, "reason": "少写一人", "id": new_id()}
    assert leader.post(page("log_correction", entry.pk), fixed).status_code == 302
    assert "少写一人" in words_of(leader.get(page("log", led.team_id)))
    rows = load_workbook(BytesIO(leader.get(page("roster", led.team_id, "xlsx")).content)).get_sheet_by_index(0)
    cells = rows.to_python()
    assert [row[1] for row in cells[1:]] == [cast.teacher_member.name, member.name]
    assert all("****" in str(row[5]) for row in cells[1:])
    # The rights end with the role, in the same moment.
    role = led.team.leaders.get()
    signed_in(cast.desk).post(page("role_end", role.pk))
    assert leader.get(page("log", led.team_id)).status_code == 403
    assert member.name not in words_of(leader.get(page("team", led.team_id)))


def test_the_desk_opens_a_team_and_asks(cast: Cast, signed_in: SignIn, neighbours: Any) -> None:
    (first, _one), (second, _two) = neighbours(2)
    browser, key = signed_in(cast.desk), new_id()
    job = Occupation.objects.get(code="teacher").pk
    sent = {
        "id": key,
        "node": cast.nanyuan.pk,
        "kind": "team",
        "name": "陪读队",
        "basis": "occupation",
        "occupation": job,
    }
    refused = browser.post(page("new"), sent | {"occupation": ""})
    assert (refused.status_code, "请选择职业" in words_of(refused)) == (422, True)
    for _twice in range(2):
        assert browser.post(page("new"), sent).status_code == 302
    assert "邻居0" in words_of(browser.get(page("people", key), {"q": "邻居0"}))
    assert browser.post(page("people", key), {"ids": [first.pk, second.pk]}).status_code == 302
    assert browser.post(page("people", key), {}).status_code == 422
    row = TeamMembership.objects.get(member=first)
    assert browser.post(page("acceptance", row.pk), {"asked": ""}).status_code == 422
    assert browser.post(page("acceptance", row.pk), {"asked": "到窗口说的"}).status_code == 302
    other = TeamMembership.objects.get(member=second)
    member = Client()
    member.force_login(cast.users["tu1"])
    assert page("acceptance", other.pk) in words_of(member.get(page("team", key)))
    assert member.post(page("membership_end", other.pk), {"reason": "no_time"}).status_code == 302
    assert browser.post(page("roles", key), {"member": row.pk, "role": "leader"}).status_code == 302
    assert browser.post(page("aliases", key), {"name": "代理家长队"}).status_code == 302
    assert "陪读队" in words_of(browser.get(page("list"), {"q": "代理家长"}))
    assert browser.post(page("edit", key), sent | {"name": "陪读服务队"}).status_code == 302
    assert "陪读服务队" in words_of(browser.get(page("list"), {"q": "陪读队"}))
    assert browser.post(page("end", key), {"reason": "done"}).status_code == 302
    assert not Team.objects.live().exists()


def test_proposals_by_occupation(cast: Cast, signed_in: SignIn, neighbours: Any) -> None:
    people = [member for member, _own in neighbours(3)]
    Member.objects.filter(pk__in=[one.pk for one in people]).update(occupation=Occupation.objects.get(code="teacher"))
    browser, rule = signed_in(cast.desk), OccupationTeam.objects.get(occupation__code="teacher")
    told = words_of(browser.get(page("proposals")))
    assert "代理家长队" in told
    address = page("proposal", rule.pk, cast.nanyuan.pk)
    assert all(one.name in words_of(browser.get(address)) for one in people)
    assert browser.post(address, {}).status_code == 422
    for _twice in range(2):
        assert browser.post(address, {"ids": [people[0].pk, people[1].pk]}).status_code == 302
    team = Team.objects.get()
    assert (team.name, team.basis, team.occupation.code) == ("代理家长队", "occupation", "teacher")
    assert {row.state for row in TeamMembership.objects.all()} == {"confirmed"}
    assert TeamMembership.objects.count() == 2
    # Nobody next door, and nobody of another community, slips in by his key.
    assert browser.get(page("proposal", rule.pk, cast.gongyuan.pk)).status_code == 404


def statements(browser: Client, address: str, queries: Any) -> int:
    """How many a page needs that was asked for before."""
    browser.get(address)
    with queries() as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def test_lists_need_a_fixed_number_of_statements(
    cast: Cast, signed_in: SignIn, make_team: Any, neighbours: Any, queries: Any, now: datetime
) -> None:
    desk, member, people = signed_in(cast.desk), signed_in(cast.member), neighbours(3)
    first, by = make_team(), cast.actor("desk")
    of_desk = [page(name) for name in ("list", "tree", "export", "proposals", "inbox")]
    of_desk += [page(name, first.pk) for name in ("team", "roles", "log")]
    asked = [(desk, address) for address in of_desk] + [(member, page("mine")), (member, page("plate"))]

    def counts() -> list[int]:
        return [statements(browser, address, queries) for browser, address in asked]

    def one_more(who: tuple[Member, Any], role: LeaderRole) -> None:
        """One person, role, entry and word of a resident more."""
        joined(first, *who, now)
        commands.appoint_leader(team=first, member=who[0], role=role, by=by, now=now)
        commands.write_log(team=first, draft=commands.LogDraft(now.date(), "巡看", 2), by=by, now=now)
        told = commands.Feedback(new_id(), "praise", "谢谢", "13912345678")
        row = commands.add_plate_feedback(plate=plate, feedback=told, by=Actor(), now=now)
        commands.note_feedback(feedback=row, note="已阅", by=by, now=now)

    plate = commands.show_plate(member=cast.teacher_member, by=cast.actor("member"), now=now)
    one_more(people[0], LeaderRole.LEADER)
    one = counts()
    for number in range(2):
        commands.add_alias(team=make_team(name=f"队{number}"), name=f"别名{number}", by=by, now=now)
    for who in people[1:]:
        one_more(who, LeaderRole.DEPUTY)
    assert counts() == one


def test_a_plate_from_hanging_out_to_taking_in(cast: Cast, signed_in: SignIn) -> None:
    """Promise T22: what the page says and does not say, who reads what was written."""
    member, anybody, desk = signed_in(cast.member), Client(), signed_in(cast.desk)
    assert member.get(page("plate_paper")).status_code == 302
    for _twice in range(2):
        assert member.post(page("plate")).status_code == 302
    plate = Plate.objects.get()
    paper = member.get(page("plate_paper"))
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    told = words_of(anybody.get(plate.get_absolute_url()))
    assert "林同志" in told
    for secret in (cast.teacher_member.name, "13800009", cast.school.name):
        assert secret not in told
    sent = {"id": new_id(), "tone": "praise", "text": "<script>谢谢</script>", "phone": "13912345678"}
    assert anybody.post(plate.get_absolute_url(), sent | {"text": " "}).status_code == 422
    for _twice in range(2):
        assert anybody.post(plate.get_absolute_url(), sent).status_code == 302
    row = PlateFeedback.objects.get()
    assert "谢谢" not in words_of(member.get(page("plate")))
    read = words_of(desk.get(page("feedback", row.pk)))
    assert "&lt;script&gt;谢谢" in read
    assert "13912345678" in read
    assert "13912345678" not in words_of(signed_in(cast.overseer).get(page("feedback", row.pk)))
    assert desk.post(page("feedback", row.pk), {"note": "已转达"}).status_code == 302
    shown = words_of(member.get(page("plate")))
    assert "谢谢" in shown
    assert "已转达" in shown
    assert "13912345678" not in shown
    assert signed_in(cast.desk_next_door).get(page("feedback", row.pk)).status_code == 404
    assert member.get(page("inbox")).status_code == 403
    assert member.post(page("plate_withdrawal")).status_code == 302
    gone = anybody.get(plate.get_absolute_url())
    assert (gone.status_code, "已停用" in words_of(gone)) == (404, True)
    assert "林" not in words_of(gone)
    assert anybody.post(plate.get_absolute_url(), sent | {"id": new_id()}).status_code == 404


def test_a_plate_of_somebody_who_left_is_not_in_use(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    signed_in(cast.member).post(page("plate"))
    plate = Plate.objects.get()
    Member.objects.filter(pk=plate.member_id).update(ended_at=now, end_reason="x")
    assert Client().get(plate.get_absolute_url()).status_code == 404


def test_who_floods_a_plate_is_told(cast: Cast, signed_in: SignIn) -> None:
    signed_in(cast.member).post(page("plate"))
    address, anybody = Plate.objects.get().get_absolute_url(), Client()
    for _number in range(rules.FEEDBACK_OF_ADDRESS.most):
        sent = {"id": new_id(), "tone": "remark", "text": "路灯坏了"}
        assert anybody.post(address, sent).status_code == 302
    refused = anybody.post(address, {"id": new_id(), "tone": "remark", "text": "路灯坏了"})
    assert (refused.status_code, "明天再写" in words_of(refused)) == (422, True)


def test_figures_lead_to_the_teams_behind_them(cast: Cast, signed_in: SignIn, led: TeamMembership) -> None:
    browser = signed_in(cast.desk)
    told = browser.get(reverse("reports:statistic", args=["teams"]), {"by": ["kind", "field"]})
    assert told.status_code == 200
    assert f"{page('list')}?kind=team&amp;field={led.team.field_id}" in words_of(told)
    book = browser.get(reverse("reports:workbook", args=["teams"]), {"by": "basis"})
    rows = load_workbook(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[1][1:] == [1.0, 1.0, 0.0]
    assert Employment.objects.exists()


def test_a_leader_asks_somebody_on_his_phone(
    cast: Cast, signed_in: SignIn, led: TeamMembership, neighbours: Any
) -> None:
    ((other, _actor),) = neighbours(1)
    browser, address = signed_in(cast.member), page("people", led.team_id)
    assert page("people", led.team_id) in words_of(browser.get(page("team", led.team_id)))
    shown = words_of(browser.get(address, {"q": other.name}))
    assert other.name not in shown.replace(f'value="{other.name}"', ""), "he gets no look at the roster"
    assert browser.post(address, {"name": other.name, "phone": "13900000000"}).status_code == 422
    assert browser.post(address, {"name": "", "phone": ""}).status_code == 422
    assert browser.post(address, {"name": other.name, "phone": "13712350000"}).status_code == 302
    assert TeamMembership.objects.get(member=other).state == "confirmed"
    assert words_of(browser.get(page("team", led.team_id))).count(other.name) == 1


def test_the_administrator_reads_the_team_of_a_community(cast: Cast, signed_in: SignIn, led: TeamMembership) -> None:
    browser = signed_in(cast.administrator)
    assert browser.get(page("team", led.team_id)).status_code == 200
    for name in ("edit", "end", "people", "roles", "log"):
        assert browser.get(page(name, led.team_id)).status_code == 403, name
