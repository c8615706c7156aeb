"""The first screen of everybody: what is due, where it leads, and how many queries it takes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from guangcai.core.actor import Actor
from guangcai.members.commands import load_lists
from guangcai.portal import rooms, rules
from guangcai.portal.queries import area as areas
from guangcai.portal.queries import checklist, community
from guangcai.portal.rules import Audience
from guangcai.posts import commands as posts
from tests.cast import Cast, grant, protect
from tests.ledger.scenes import SATURDAY, confirmed
from tests.portal.scenes import closed_quarter, one_of_everything, shift, suggestion
from tests.posts.conftest import draft as post_draft

SignIn = Callable[[Any], Client]
STAFF = ["administrator", "overseer", "secretary", "desk", "liaison", "member", "auditor", "system"]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def test_a_passer_by_finds_the_ways_in(client: Client, db: None) -> None:
    body = client.get("/").content.decode()
    assert "/suggestion/" in body
    assert "/ledger/verification/" in body
    assert "/account/login/" in body


@pytest.mark.parametrize("who", STAFF)
def test_everybody_has_a_home(who: str, cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.users[who]).get("/").status_code == 200


@pytest.mark.parametrize("who", STAFF)
def test_a_home_needs_a_fixed_number_of_queries(who: str, cast: Cast, signed_in: SignIn, queries: Any) -> None:
    if who in ("administrator", "overseer", "auditor", "system"):
        protect(cast.users[who])
    browser, counts = signed_in(cast.users[who]), []
    one_of_everything(cast, 0)
    confirmed(cast, starts_at=SATURDAY - timedelta(days=1))
    closed_quarter(cast, "2026Q3")
    for more in ((), (1, 2)):
        for number in more:
            one_of_everything(cast, number)
            confirmed(cast, starts_at=SATURDAY - timedelta(days=1 + number))
            closed_quarter(cast, f"2026Q{number}")
        browser.get("/")
        with queries() as seen:
            assert browser.get("/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_nothing_due_says_so_and_offers_something(cast: Cast, signed_in: SignIn) -> None:
    closed_quarter(cast, "2026Q3")
    assert community.due(cast.actor("desk"), now=cast.now) == []
    assert "/members/hidden/" in signed_in(cast.desk).get("/").content.decode()


def test_the_desk_sees_what_waits_with_its_number(cast: Cast) -> None:
    one_of_everything(cast, 0)
    one_of_everything(cast, 1)
    found = {row.key: row.count for row in community.due(cast.actor("desk"), now=cast.now)}
    expected = {"shifts": 2, "report_ins": 2, "suggestions": 2, "entries": 2, "objections": 2, "quarter": 1}
    assert found == expected


def test_next_door_sees_nothing_of_it(cast: Cast) -> None:
    one_of_everything(cast, 0)
    found = [row.key for row in community.due(cast.actor("desk_next_door"), now=cast.now)]
    assert found == ["quarter"]
    assert community.shifts_today(cast.actor("desk_next_door"), now=cast.now) == []


def test_a_shift_past_its_deadline_comes_first_and_says_so(cast: Cast) -> None:
    one_of_everything(cast, 0)
    shift(cast, timedelta(days=-25))
    first = community.due(cast.actor("desk"), now=cast.now)[0]
    assert (first.key, first.tone, first.count) == ("shifts", "bad", 2)


def test_the_street_counts_each_community(cast: Cast) -> None:
    confirmed(cast, deeds=1)
    one_of_everything(cast, 1)
    shift(cast, timedelta(days=-25))
    shown = areas.area(cast.actor("overseer"), cast.street, now=cast.now)
    rows = {row.node.name: row for row in shown.rows}
    here, there = rows["南园社区"], rows["公园社区"]
    assert (here.members, here.active, here.minutes, here.deeds) == (1, 1, 120, 1)
    assert (here.to_confirm, here.late_shifts, here.sheets_open) == (1, 1, 1)
    assert (there.members, there.minutes, there.to_confirm, there.late_shifts) == (1, 0, 0, 0)
    assert (shown.total.members, shown.total.share_active) == (2, 0.5)


def test_the_district_drills_down_and_nobody_drills_next_door(cast: Cast) -> None:
    top = areas.top_node(cast.actor("administrator"))
    assert top == cast.district
    assert areas.top_node(cast.actor("administrator"), wanted=str(cast.street.pk)) == cast.street
    assert areas.top_node(cast.actor("overseer"), wanted=str(cast.other_street.pk)) == cast.street
    assert areas.top_node(cast.actor("overseer"), wanted="1; drop") == cast.street


def test_a_street_with_open_sheets_leads_to_its_communities(cast: Cast, signed_in: SignIn) -> None:
    """A street keeps no quarters of its own: its number opens the street."""
    confirmed(cast)
    page = signed_in(cast.users["administrator"]).get("/").content.decode()
    assert f"/appraisal/?community={cast.street.code}" not in page
    assert page.count(f'href="?node={cast.street.pk}"') == 2
    opened = signed_in(cast.users["administrator"]).get("/", {"node": cast.street.pk}).content.decode()
    assert f"/appraisal/?community={cast.nanyuan.code}" in opened


def test_the_check_list_names_what_is_missing(cast: Cast) -> None:
    steps = checklist.steps(cast.actor("administrator"), on=cast.now.date())
    without_desk = steps[1]
    assert (without_desk.missing, without_desk.names) == (1, "建设社区")
    assert steps[0].is_done
    assert steps[-1].is_done


def test_two_roles_are_two_tabs(cast: Cast, signed_in: SignIn) -> None:
    grant(cast.member, "desk_worker", node=cast.nanyuan)  # type: ignore[arg-type]
    browser = signed_in(cast.member)
    work, own = browser.get("/").content.decode(), browser.get("/?as=member").content.decode()
    assert "?as=member" in work
    assert "gc-rings" not in work
    assert "gc-rings" in own


@pytest.mark.parametrize(
    ("roles", "is_member", "expected"),
    [
        ([], False, ()),
        ([], True, (Audience.MEMBER,)),
        (["member"], False, ()),
        (["desk_worker", "community_secretary"], False, (Audience.COMMUNITY,)),
        (["auditor", "member"], True, (Audience.AUDIT, Audience.MEMBER)),
        (["unknown"], False, ()),
    ],
)
def test_audiences(roles: list[str], is_member: bool, expected: tuple[Audience, ...]) -> None:
    assert rules.audiences(roles, is_member=is_member) == expected


def test_the_menu_leads_only_where_one_may_go(cast: Cast, signed_in: SignIn) -> None:
    """Every entry of everybody's menu opens."""
    from guangcai.portal.navigation import items

    for who in STAFF:
        browser = signed_in(cast.users[who])
        for item in items(cast.actor(who)):
            answer = browser.get(item.url, follow=True)
            assert answer.status_code == 200, (who, item.url)


def test_a_suggestion_of_the_district_is_not_the_desk_s(cast: Cast) -> None:
    suggestion(cast, place="district")
    assert "suggestions" not in {row.key for row in community.due(cast.actor("desk"), now=cast.now)}


def test_many_matters_stand_under_their_rooms_what_is_late_first() -> None:
    def matter(key: str, tone: str = "wait") -> community.Due:
        return community.Due(key, key, 2, "/", "", tone=tone)

    few = [matter("shifts"), matter("care_late", "bad")]
    assert [(group.title, len(group.rows)) for group in rooms.grouped(few)] == [("", 2)]
    keys = ["shifts", "entries", "post_claims", "care_unpaired", "team_requests", "sheets", "never_heard_of"]
    keys += ["studio_offers", "studio_line", "mediation_hear"]
    found = rooms.grouped([matter("care_late", "bad"), *map(matter, keys)])
    assert [[row.key for row in group.rows] for group in found] == [
        ["care_late"],
        ["shifts", "entries", "studio_offers"],
        ["studio_line", "mediation_hear"],
        ["care_unpaired"],
        ["post_claims", "team_requests"],
        ["sheets", "never_heard_of"],
    ]
    assert sum(group.count for group in found) == 22
    assert rooms.grouped([]) == []


def test_a_phone_shows_first_what_asks_for_him_then_what_he_has(cast: Cast, signed_in: SignIn) -> None:
    system, now, member = Actor.system(), cast.now, cast.teacher_member
    load_lists(by=system, now=now)
    posts.load_post_kinds(by=system, now=now)
    first, second = (
        posts.add_post(community=cast.nanyuan, draft=post_draft(title=title), by=system, now=now)
        for title in ("白天岗", "夜间岗")
    )
    waiting, held = (
        posts.claim_post(post=post, member=member, by=cast.actor("member"), now=now) for post in (first, second)
    )
    for claim in (waiting, held):
        posts.confirm_claim(claim=claim, by=system, now=now)
    posts.take_up(claim=held, by=cast.actor("member"), now=now)
    answer = signed_in(cast.member).get("/")
    assert [(line.label, line.url) for line in answer.context["asked"]] == [("白天岗", first.get_absolute_url())]
    (line,) = answer.context["taken_on"]
    assert (line.key, line.count, line.note) == ("posts", 2, "白天岗、夜间岗")
    assert answer.content.decode().index("白天岗") < answer.content.decode().index("own-posts")
