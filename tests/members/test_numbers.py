"""A launch morning of a thousand, lists that do not ask per row, figures that are right on their day."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.members import checks, commands, keys, queries
from guangcai.members.commands import Placement, SkillGiven
from guangcai.members.enums import Channel
from guangcai.members.models import Member, ReportIn, Residence, ServiceKind, SkillKind, UnitReceipt
from guangcai.members.slips import SlipForm
from guangcai.orgs.enums import PartyLevel
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import PartyOrganisation
from tests.cast import Cast
from tests.members.rosters import numbered

Seen = Callable[[], Any]


def thousand_slips(cast: Cast, count: int, now: datetime) -> list[ReportIn]:
    slips = []
    for number in range(count):
        phone = f"+86139{number:08d}"
        form = SlipForm(name=numbered("周", number), phone=phone, work_unit_id=cast.school.pk, notice="2026-01")
        form = SlipForm(**{**form.__dict__, "intentions": {"aid": ("weekend_morning",)}})
        slip = ReportIn(id=new_id(), **of_community(cast.nanyuan), channel=Channel.LAUNCH_DAY, submitted_at=now)
        slip.form, slip.phone_index = form.sealed_text(), keys.phone_key(phone)
        slips.append(slip)
    return ReportIn.objects.bulk_create(slips)


def test_a_thousand_report_in_with_one_command(cast: Cast, desk: Actor, now: datetime, queries: Seen) -> None:
    slips = thousand_slips(cast, 1000, now)
    with queries() as seen:
        residences = commands.accept_many(
            community=cast.nanyuan, report_ins=[slip.pk for slip in slips], by=desk, now=now
        )
    assert len(residences) == 1000
    assert len(seen) <= 40
    assert Member.objects.filter(community=cast.nanyuan).count() == 1001
    assert UnitReceipt.objects.count() == 1000
    assert [r.receipt_no[-5:] for r in residences] == [f"{number:05d}" for number in range(1, 1001)]
    assert commands.accept_many(community=cast.nanyuan, report_ins=[s.pk for s in slips], by=desk, now=now) == []
    for check in (checks.places_equal_open_residences, checks.receipts_are_complete, checks.one_open_link_of_each_kind):
        assert list(check()) == []
    Residence.objects.filter(pk=residences[7].pk).update(receipt_no="")
    prefix = residences[0].receipt_no[:-5]
    assert list(checks.receipts_are_complete()) == [f"receipts {prefix}: 999 used, counter at 1000"]


def test_a_list_of_expected_members_lies_ready_once(cast: Cast, desk: Actor, now: datetime) -> None:
    placed = Placement(work_unit=cast.school)
    members = [
        commands.add_member(name=numbered("周", n), phone=f"1390000080{n}", placed=placed, by=Actor.system(), now=now)
        for n in range(3)
    ]
    counts = [commands.expect_members(community=cast.nanyuan, members=members, by=desk, now=now) for _time in range(2)]
    assert counts == [3, 0]
    shown = queries.waiting_slips(desk, text="zhou")
    assert [(slip.name, slip.work_unit, slip.match_id) for slip in shown] == [
        (member.name, "站前区实验小学", member.pk) for member in members
    ]
    commands.accept_report_in(report_in=ReportIn.objects.get(member=members[0]), by=desk, now=now)
    members[0].refresh_from_db()
    assert members[0].community == cast.nanyuan


def people(cast: Cast, numbers: range, now: datetime) -> None:
    """Members with building, unit, skill, wish, pair, and a waiting slip each: a row for every list."""
    tutoring, kind = SkillKind.objects.get(code="tutoring"), ServiceKind.objects.get(code="aid")
    for number in numbers:
        placed = Placement(community=cast.nanyuan, building=cast.building, work_unit=cast.school)
        phone, by = f"139000009{number:02d}", Actor.system()
        member = commands.add_member(name=numbered("周", number), phone=phone, placed=placed, by=by, now=now)
        commands.add_member(name=numbered("李", number), phone=phone, placed=placed, by=by, now=now)
        commands.set_skills(member=member, skills=[SkillGiven(tutoring)], by=by, now=now)
        commands.set_intentions(member=member, intentions={kind: []}, by=by, now=now)
        form = SlipForm(
            name=numbered("王", number), phone=f"139000005{number:02d}", notice="2026-01", work_unit_id=cast.school.pk
        )
        commands.report_in_submit(community=cast.nanyuan, form=form, channel=Channel.PHONE, by=Actor(), now=now)


# Sign-in and the frame of the page are in these numbers; how often a list asks does not grow with its rows.
PAGES = [
    "/members/",
    "/members/hidden/",
    "/members/elsewhere/?side=home",
    "/members/report-ins/",
    "/members/register/",
    "/members/duplicates/",
    "/members/launch-day/",
    "/members/launch-day/invitations/",
]
MOST_QUERIES = 22


@pytest.mark.parametrize("address", PAGES)
def test_lists_ask_as_often_for_three_rows_as_for_one(
    cast: Cast, now: datetime, signed_in: Callable[[Any], Client], queries: Seen, address: str
) -> None:
    browser = signed_in(cast.desk)
    counts = []
    for numbers in (range(1), range(1, 3)):
        people(cast, numbers, now)
        browser.get(address)
        with queries() as seen:
            assert browser.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


# --- figures ----------------------------------------------------------------------------------------------------------


def figures(rows: list[Any]) -> dict[Any, int]:
    return {tuple(row.values.values()): row.count for row in rows}


def test_members_are_counted_by_community_occupation_and_unit(cast: Cast, now: datetime) -> None:
    for number in (1, 2):
        placed = Placement(community=cast.nanyuan, work_unit=cast.school)
        commands.add_member(name=numbered("周", number), placed=placed, by=Actor.system(), now=now)
    path, on = cast.street.path, date(2026, 11, 20)

    def count(*by: str, **more: Any) -> dict[Any, int]:
        return figures(queries.count_members(**{"path": path, "by": by, "on": on, **more}))

    assert count("community") == {("南园社区",): 3, ("公园社区",): 1}
    assert count("occupation") == {("教师",): 1, ("公安",): 1, ("",): 2}
    assert count("unit") == {("站前区实验小学",): 3, ("公安站前分局",): 1}
    rows = queries.count_members(path=path, by=["community", "type"], on=on)
    assert [(row.keys["type"], row.count) for row in rows] == [("in_service", 3), ("in_service", 1)]
    assert count() == {(): 4}
    assert count("community", on=date(2019, 1, 1)) == {}
    assert count("community", actor=cast.actor("desk")) == {("南园社区",): 3}
    assert count("community", actor=cast.actor("member")) == {}


def test_figures_of_a_day_stay_after_a_move(cast: Cast, now: datetime) -> None:
    before = date(2026, 11, 19)
    commands.move(member=cast.teacher_member, community=cast.gongyuan, by=Actor.system(), now=now)
    path = cast.street.path
    assert figures(queries.count_members(path=path, by=["community"], on=before)) == {
        ("南园社区",): 1,
        ("公园社区",): 1,
    }
    assert figures(queries.count_members(path=path, by=["community"], on=date(2026, 11, 20))) == {("公园社区",): 2}


def branch(cast: Cast, community: str) -> PartyOrganisation:
    place = cast.nodes[community]
    return PartyOrganisation.objects.create(
        name=f"{place}支部", level=PartyLevel.BRANCH, node=place, founded_on=date(2010, 1, 1)
    )


def test_relation_and_home_are_counted_and_listed_apart(cast: Cast, desk: Actor, now: datetime) -> None:
    here, there = branch(cast, "nanyuan"), branch(cast, "gongyuan")
    system, on = Actor.system(), date(2026, 11, 20)
    commands.start_org_relation(member=cast.teacher_member, party_organisation=there, by=system, now=now)
    commands.start_org_relation(member=cast.police_member, party_organisation=here, by=system, now=now)

    found = queries.count_links(path=cast.nanyuan.path, on=on)
    assert (found.lives_here, found.relation_here, found.both_here) == (1, 1, 0)
    assert (found.relation_here_lives_elsewhere, found.lives_here_relation_elsewhere) == (1, 1)
    street = queries.count_links(path=cast.street.path, on=on)
    assert (street.both_here, street.relation_here_lives_elsewhere) == (2, 0)
    assert [m.name for m in queries.elsewhere(desk, relation_here=True, on=on)] == ["赵海峰"]
    assert [m.name for m in queries.elsewhere(desk, relation_here=False, on=on)] == ["林晓岚"]


def test_units_know_how_many_have_reported_in(cast: Cast, now: datetime) -> None:
    placed = Placement(work_unit=cast.school)
    commands.add_member(name="周明远", placed=placed, by=Actor.system(), now=now)
    rates = queries.reported_in_rates(path=cast.district.path, on=date(2026, 11, 20))
    assert [(rate.work_unit, rate.members, rate.reported_in) for rate in rates] == [
        ("公安站前分局", 1, 1),
        ("站前区实验小学", 2, 1),
    ]
    assert [rate.share for rate in rates] == [1.0, 0.5]


def test_counting_is_one_query(cast: Cast, queries: Seen) -> None:
    from guangcai.members import queries as reads

    on, path = date(2026, 11, 20), cast.district.path
    for read in (
        lambda: reads.count_members(path=path, by=["community", "occupation"], on=on),
        lambda: reads.count_links(path=path, on=on),
        lambda: reads.reported_in_rates(path=path, on=on),
        lambda: reads.unit_roster(cast.actor("liaison")),
    ):
        with queries() as seen:
            read()
        assert len(seen) == 1 + ("orgs_grant" in seen.captured_queries[0]["sql"])


def test_a_place_that_moves_or_merges_takes_its_people_along(cast: Cast, now: datetime) -> None:
    from guangcai.orgs.commands import merge_nodes

    merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=Actor.system(), now=now)
    cast.teacher_member.refresh_from_db()
    open_one = Residence.objects.get(member=cast.teacher_member, until=None)
    assert (cast.teacher_member.community, open_one.community) == (cast.gongyuan, cast.gongyuan)
    assert cast.teacher_member.path == cast.gongyuan.path
    assert list(checks.places_equal_open_residences()) == []
