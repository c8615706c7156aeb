"""A number on the screen, in the workbook and on the command line is the same number."""

import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from guangcai.activities.enums import Method
from guangcai.activities.models import Activity, Attendance, Outcome, Shift
from guangcai.appraisal.commands import answer_sheet, approve_sheets
from guangcai.appraisal.enums import Answer
from guangcai.care import commands as care
from guangcai.care.enums import ConsentBy, PairingKind, RiskTier
from guangcai.cli.commands import stats
from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.members.commands import load_lists
from guangcai.members.models import Occupation, ServiceKind, Skill, SkillKind
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node, WorkUnit
from guangcai.pledges import commands as pledges
from guangcai.posts import commands as posts
from guangcai.reports.statistics import STATISTICS, Question, figures
from guangcai.reports.wording import LINK_WORDS
from guangcai.teams import commands as teams
from guangcai.teams.enums import TeamBasis, TeamKind
from guangcai.teams.models import TeamField
from guangcai.zones import commands as zones
from tests.appraisal.scenes import closed, colleague, served
from tests.care.conftest import draft as household_draft
from tests.cast import DISTRICT, Cast
from tests.pledges.conftest import content as pledge_content
from tests.pledges.conftest import version_of
from tests.posts.conftest import draft as post_draft
from tests.reports.scenes import asked_and_promised

SignedIn = Callable[[Any], Client]
EACH = [(name, (dimension,)) for name, statistic in STATISTICS.items() for dimension in statistic.dimensions]
PAIRS = [
    ("members", ("community", "unit")),
    ("members", ("occupation", "skill", "type")),
    ("activities", ("theme", "month")),
    ("activities", ("community", "outcome")),
    ("duty", ("unit", "verdict")),
    ("feedback", ("unit", "quarter")),
]


@pytest.fixture
def filled(cast: Cast, now: datetime) -> Cast:
    """A little of everything: three members, a held shift with outcomes, service, sheets in three states."""
    colleague(cast)
    WorkUnit.objects.filter(pk=cast.school.pk).update(node=cast.street, path=cast.street.path)
    skill = SkillKind.objects.get(code="law")
    Skill.objects.create(member=cast.teacher_member, kind=skill, district_code=DISTRICT)
    held(cast, cast.nanyuan, now - timedelta(days=3), people=2)
    held(cast, cast.gongyuan, now - timedelta(days=40), people=1)
    served(cast, minutes=600)
    approve_sheets(sheets=closed(cast, node=cast.street), by=Actor.system(), now=now)
    sheet = cast.school.feedback_sheets.get()
    answer_sheet(sheet=sheet, answer=Answer.DISPUTED, text="少一次", by=cast.actor("liaison"), now=now)
    taken_on(cast, now)
    asked_and_promised(cast, now)
    return cast


def taken_on(cast: Cast, now: datetime) -> None:
    """A post, a zone, a team and a household somebody looks after, of 南园."""
    desk, system = cast.actor("desk"), Actor.system()
    load_lists(by=system, now=now)
    posts.load_post_kinds(by=system, now=now)
    teams.load_team_lists(by=system, now=now)
    post = posts.add_post(community=cast.nanyuan, draft=post_draft(), by=desk, now=now)
    posts.claim_post(post=post, member=cast.teacher_member, by=desk, now=now)
    zones.add_lot(community=cast.nanyuan, name="门前绿地", by=desk, now=now)
    field, occupation = TeamField.objects.first(), Occupation.objects.get(code="teacher")
    team = teams.TeamDraft(TeamKind.TEAM, "代理家长队", field, basis=TeamBasis.OCCUPATION, occupation=occupation)
    teams.add_team(node=cast.nanyuan, draft=team, by=desk, now=now)
    home = care.add_household(community=cast.nanyuan, draft=household_draft("甲"), tier=RiskTier.HIGH, by=desk, now=now)
    care.give_consent(household=home, said_by=ConsentBy.SELF, how="上门", given_on=now.date(), by=desk, now=now)
    kind = PairingKind.CONTACT
    pairing = care.offer_pairing(household=home, member=cast.teacher_member, kind=kind, by=desk, now=now)
    care.take_up(pairing=pairing, by=cast.actor("member"), now=now)
    pledges.load_pledge_templates(node=cast.district, by=system, now=now)
    version = version_of("six_leads")
    pledges.make_pledge(
        version=version, member=cast.teacher_member, content=pledge_content(), by=cast.actor("member"), now=now
    )


def held(cast: Cast, community: Node, starts_at: datetime, *, people: int) -> None:
    """A shift that was held, written without the commands."""
    where = of_community(community)
    activity = Activity.objects.create(
        **where,
        title="周末清扫",
        kind="service",
        service_kind=ServiceKind.objects.get(code="convenience"),
        place="南园",
        content="清扫",
        risk_note="无",
        guarantee="手套",
        lead_name="王桂芬",
        created_at=starts_at,
        published_at=starts_at,
    )
    ends_at = starts_at + timedelta(hours=2)
    shift = Shift.objects.create(
        **where, activity=activity, starts_at=starts_at, ends_at=ends_at, places=9, code_key=b"k", closed_at=ends_at
    )
    Outcome.objects.create(**where, shift=shift, name="清理垃圾", quantity=30, unit="袋", recorded_at=ends_at)
    for member in list(cast.members.values())[:people]:
        Attendance.objects.create(**where, shift=shift, member=member, method=Method.BOARD, recorded_at=ends_at)


def on_screen(browser: Client, name: str, by: tuple[str, ...], node: Node, **more: str) -> list[list[Any]]:
    answer = browser.get(reverse("reports:statistic", args=[name]), {"node": node.pk, "by": by, **more})
    assert answer.status_code == 200
    return [[*row.words, *row.numbers] for row in answer.context["shown"].rows]


def in_workbook(browser: Client, name: str, by: tuple[str, ...], node: Node) -> list[list[Any]]:
    answer = browser.get(reverse("reports:workbook", args=[name]), {"node": node.pk, "by": by})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python()[1:]


def on_terminal(name: str, by: tuple[str, ...], node: Node) -> dict[str, Any]:
    answer = CliRunner().invoke(stats.command, [name, "--node", node.code, "--by", ",".join(by), "--json"])
    assert answer.exit_code == 0, answer.exception
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


@pytest.mark.parametrize(("name", "by"), EACH + PAIRS, ids=lambda part: "+".join(part) if type(part) is tuple else part)
def test_screen_workbook_and_terminal_give_the_same_numbers(
    filled: Cast, signed_in: SignedIn, name: str, by: tuple[str, ...]
) -> None:
    # Figures of people in need are told in bands to everybody but their desk.
    reader, node = (
        ("secretary", filled.nanyuan) if name in ("households", "aid", "mediations") else ("overseer", filled.street)
    )
    browser = signed_in(filled.users[reader])
    shown = on_screen(browser, name, by, node)
    assert shown, "a statistic without a row proves nothing"
    with translation.override("zh-hans"):
        told = on_terminal(name, by, node)
        words = {key: str(word) for key, word in LINK_WORDS.items()}
    assert told["node"] == node.name
    assert told["total"] == sum(row[len(by)] for row in shown)
    expected = [
        [*(words.get(row[key], row[key]) or "—" for key in by), *(row[key] for key in row if key not in by)]
        for row in told["rows"]
    ]
    assert shown == expected
    # A workbook knows one kind of number.
    assert [[plain(cell) for cell in row] for row in shown] == [
        [plain(cell) for cell in row] for row in in_workbook(browser, name, by, node)
    ]


def plain(cell: Any) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def counted(filled: Cast, name: str, *by: str) -> list[list[Any]]:
    with translation.override("zh-hans"):
        return [list(row.values()) for row in on_terminal(name, by, filled.street)["rows"]]


def test_the_numbers_are_those_of_the_scene(filled: Cast) -> None:
    assert counted(filled, "members", "community") == [["南园社区", 2], ["公园社区", 1]]
    assert counted(filled, "members", "unit") == [["公安站前分局", 1], ["站前区实验小学", 2]]
    assert counted(filled, "activities", "community") == [["公园社区", 1, 1], ["南园社区", 1, 2]]
    assert counted(filled, "activities", "month") == [["2026-10", 1, 1], ["2026-11", 1, 2]]
    assert counted(filled, "activities", "outcome") == [["清理垃圾 (袋)", 60]]
    assert sum(row[1] for row in counted(filled, "duty", "verdict")) == 3
    assert counted(filled, "feedback", "community") == [["南园社区", 1, 1, 1, 0, 1], ["公园社区", 1, 1, 0, 0, 0]]
    links = dict(counted(filled, "links", "link"))
    assert (links["lives_here"], links["lives_here_relation_unknown"]) == (3, 3)


def test_a_period_counts_only_its_days(filled: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(filled.users["overseer"])
    period = {"since": "2026-11-01", "until": "2026-11-30"}
    assert on_screen(browser, "activities", ("community",), filled.street, **period) == [["南园社区", 1, 2]]
    args = ["activities", "--node", filled.street.code, "--by", "community", "--from", "2026-11-01", "--json"]
    told = json.loads(CliRunner().invoke(stats.command, [*args, "--to", "2026-11-30"]).stdout)
    assert told["rows"] == [{"community": "南园社区", "count": 1, "participants": 2}]
    address = reverse("reports:statistic", args=["activities"])
    assert browser.get(address, {"since": "2026-12-01", "until": "2026-11-01"}).status_code == 422


def test_terminal_prints_a_table(filled: Cast) -> None:
    answer = CliRunner().invoke(stats.command, ["members", "--node", "东风街道办事处"])
    assert answer.exit_code == 0
    assert "南园社区" in answer.stdout
    assert "3" in answer.stdout.splitlines()[-1]


def test_an_unknown_name_or_dimension_is_refused(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    asked = Question(node=cast.street, by=("colour",), on=now.date())
    for name, code in (("weather", "no_statistic"), ("members", "no_dimension")):
        with pytest.raises(RuleBroken) as broken:
            figures(name, asked)
        assert broken.value.code == code
        answer = CliRunner().invoke(stats.command, [name, "--node", cast.street.code, "--by", "colour"])
        assert isinstance(answer.exception, RuleBroken)
    assert isinstance(CliRunner().invoke(stats.command, ["members", "--node", "nowhere"]).exception, RuleBroken)
    browser = signed_in(cast.users["overseer"])
    assert browser.get("/reports/weather/").status_code == 404
    for page in ("/reports/members/", "/reports/members/workbook/"):
        assert browser.get(page, {"by": "colour"}).status_code == 422
        assert browser.get(page, {"on": "yesterday"}).status_code == 422


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2019-06-30", "9999-12-31"])
def test_far_days_are_answered_or_refused_in_words(filled: Cast, signed_in: SignedIn, name: str, day: str) -> None:
    """Before the first rule (2020 in the scene) and outside the calendar: never a fault of ours."""
    browser = signed_in(filled.users["overseer"])
    for asked in ({"on": day}, {"until": day}, {"since": day}):
        assert browser.get(f"/reports/{name}/", asked).status_code in (200, 422)
    outside = day != "2019-06-30"
    assert browser.get(f"/reports/{name}/", {"on": day}).status_code == (422 if outside else 200)


def test_a_year_before_the_first_rule_is_refused(filled: Cast, now: datetime) -> None:
    asked = Question(node=filled.street, by=(), on=now.date(), until=date(2019, 6, 30))
    with pytest.raises(RuleBroken) as refused:
        figures("duty", asked)
    assert refused.value.code == "annual_duty"


def test_kinds_of_link_and_units_are_not_crossed(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.users["overseer"])
    for page in ("/reports/links/", "/reports/links/workbook/"):
        assert browser.get(page, {"by": ["link", "unit"]}).status_code == 422


def test_next_door_is_not_counted(filled: Cast, signed_in: SignedIn, now: datetime) -> None:
    stranger = filled.actor("overseer_next_door")
    for name, statistic in STATISTICS.items():
        asked = Question(node=filled.nanyuan, by=statistic.default, on=now.date(), actor=stranger)
        with pytest.raises(OutOfScope):
            figures(name, asked)
    whole = Question(node=filled.district, by=("community",), on=now.date(), actor=stranger)
    assert figures("members", whole).rows == []
    assert figures("feedback", whole).rows == []
    browser = signed_in(filled.users["overseer_next_door"])
    own = browser.get("/reports/members/")
    assert own.status_code == 200
    assert own.context["shown"].rows == ()


def test_a_place_next_door_cannot_be_asked_for(cast: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(cast.users["overseer_next_door"])
    for name in STATISTICS:
        for address in ("reports:statistic", "reports:workbook"):
            answer = browser.get(reverse(address, args=[name]), {"node": cast.nanyuan.pk})
            assert answer.status_code == 404, (name, address)


@pytest.mark.parametrize("who", ["member", "liaison", "auditor", "system"])
def test_who_may_count_nothing_finds_nothing(cast: Cast, signed_in: SignedIn, who: str) -> None:
    browser = signed_in(cast.users[who])
    for name in STATISTICS:
        assert browser.get(f"/reports/{name}/").status_code == 404
        assert browser.get(f"/reports/{name}/workbook/").status_code == 404


def test_every_tab_opens_and_numbers_of_members_lead_to_the_roster(filled: Cast, signed_in: SignedIn) -> None:
    browser = signed_in(filled.users["desk"])
    assert browser.get("/reports/")["Location"] == "/reports/members/"
    for name in STATISTICS:
        assert browser.get(f"/reports/{name}/").status_code == 200
    rows = browser.get("/reports/members/", {"by": ["community"]}).context["shown"].rows
    assert [row.numbers for row in rows] == [(2,)]
    roster = browser.get(rows[0].urls[0])
    assert roster.status_code == 200
    assert roster.context["listing"].total == 2


def test_outcomes_come_without_a_column_of_noughts(filled: Cast, signed_in: SignedIn) -> None:
    page = signed_in(filled.users["desk"]).get("/reports/activities/", {"by": ["outcome"]})
    assert len(page.context["shown"].number_heads) == 1


def test_the_same_number_of_questions_for_one_place_and_for_three(
    filled: Cast, signed_in: SignedIn, queries: Any
) -> None:
    browser = signed_in(filled.users["overseer"])
    for name in ("members", "feedback"):
        seen = []
        for place in (filled.gongyuan, filled.street):
            with queries() as one:
                on_screen(browser, name, ("unit", "community"), place)
            seen.append(len(one))
        assert seen[0] == seen[1], name
