"""Every page through the test client: it does its work, next door gets 404, a reader 403, bad input 422."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from guangcai.accounts.models import User
from guangcai.orgs import commands
from guangcai.orgs.enums import Level, OfficeSource, PartyLevel, WorkUnitKind
from guangcai.orgs.models import (
    CommunityProfile,
    Grant,
    Node,
    OfficeHolder,
    PartyOrganisation,
    Policy,
    ResidentUnit,
    WorkdayOverride,
    WorkUnit,
)
from guangcai.orgs.roles import Role

ON = date(2026, 11, 20)


@pytest.fixture
def browse(cast, signed_in, monkeypatch):
    """`browse("desk")`: that person's browser; the clock stands at the cast's now."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: cast.now)
    return lambda key: signed_in(cast.users[key])


def url(name: str, *args: object) -> str:
    return reverse(f"orgs:{name}", args=args)


@pytest.fixture
def branch(cast):
    return commands.add_party_organisation(
        name="南园社区党支部",
        level=PartyLevel.BRANCH,
        node=cast.nanyuan,
        founded_on=date(2003, 1, 1),
        by=cast.actor("administrator"),
        now=cast.now,
    )


@pytest.fixture
def holder(cast, branch):
    return commands.add_office_holder(
        organisation=branch,
        name="王书记",
        office="书记",
        source=OfficeSource.SELECTED,
        since=date(2020, 1, 1),
        by=cast.actor("administrator"),
        now=cast.now,
    )


def page(answer, status=200) -> str:
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


# --- the tree -------------------------------------------------------------------------------------------------------


def test_signed_out_people_are_asked_to_sign_in(cast, client):
    answer = client.get(url("tree"))
    assert answer.status_code == 302
    assert "/account/" in answer["Location"]


def test_tree_begins_at_the_own_area(browse, cast):
    assert "南园社区" in page(browse("desk").get(url("tree")))
    assert "公园社区" not in page(browse("desk").get(url("tree")))
    assert "站前区" in page(browse("administrator").get(url("tree")))
    page(browse("member").get(url("tree")), 403)
    page(browse("liaison").get(url("tree")), 403)


def test_tree_opens_level_by_level(browse, cast):
    found = page(browse("administrator").get(url("children", cast.street.pk), headers={"HX-Request": "true"}))
    assert "南园社区" in found
    assert "<html" not in found
    page(browse("overseer_next_door").get(url("children", cast.street.pk)), 404)


def test_tree_search(browse, cast):
    found = page(browse("overseer").get(url("tree"), {"q": "南园"}))
    assert "南园社区" in found
    assert "公园社区" not in found
    assert "没有找到" in page(browse("overseer").get(url("tree"), {"q": "建设"}))
    Node.objects.filter(pk=cast.gongyuan.pk).update(valid_to=date(2026, 1, 1))
    assert "公园社区" not in page(browse("overseer").get(url("tree"), {"q": "公园"}))
    assert "公园社区" in page(browse("overseer").get(url("tree"), {"q": "公园", "ended": "1"}))


def test_place_options(browse, cast):
    found = page(browse("administrator").get(url("places"), {"parent": "建设", "level": "community"}))
    assert "建设社区" in found
    assert "建设街道<" not in found.replace("站前区 · 建设街道", "")
    assert page(browse("desk_next_door").get(url("places"), {"parent": "南园"})).strip() == ""


def test_node_page(browse, cast, branch, holder):
    found = page(browse("secretary").get(url("node", cast.nanyuan.pk)))
    for words in (
        "南园社区",
        "210802001002",
        "每年 16 小时、12 件实事",
        "南园社工",
        "南园社区党支部",
        "王书记",
        "3号楼",
    ):
        assert words in found
    assert "南园书记" not in page(browse("desk").get(url("node", cast.nanyuan.pk)))
    page(browse("desk_next_door").get(url("node", cast.nanyuan.pk)), 404)
    page(browse("liaison").get(url("node", cast.nanyuan.pk)), 404)
    page(browse("auditor").get(url("node", cast.district.pk)))


def test_ended_node_names_its_successor(browse, cast):
    commands.merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=cast.actor("administrator"), now=cast.now)
    found = page(browse("administrator").get(url("node", cast.nanyuan.pk)))
    assert "已撤销" in found
    assert "公园社区" in found
    assert "南园社区" in page(browse("administrator").get(url("node", cast.gongyuan.pk)))


def test_add_a_place(browse, cast):
    here = url("node_new", cast.street.pk)
    page(browse("administrator").get(here))
    data = {"level": "community", "name": "新风社区", "code": "210802001009", "valid_from": "2026-01-01"}
    answer = browse("administrator").post(here, data)
    made = Node.objects.get(code="210802001009")
    assert answer["Location"] == url("node", made.pk)
    assert "社区代码" not in page(browse("administrator").post(here, {**data, "name": "再一个"}), 422)
    page(browse("administrator").post(here, {"level": "province"}), 422)
    for key, status in [("overseer", 403), ("desk", 404), ("overseer_next_door", 404)]:
        page(browse(key).get(here), status)
        page(browse(key).post(here, data), status)


def test_rename_and_describe(browse, cast):
    browse("administrator").post(url("node_name", cast.nanyuan.pk), {"name": "南园新社区"})
    cast.nanyuan.refresh_from_db()
    assert cast.nanyuan.name == "南园新社区"
    page(browse("administrator").post(url("node_name", cast.nanyuan.pk), {"name": ""}), 422)
    page(browse("secretary").get(url("node_name", cast.nanyuan.pk)), 403)
    here = url("node_profile", cast.nanyuan.pk)
    page(browse("secretary").get(here))
    browse("secretary").post(here, {"community_type": "learning", "brand_name": "书香南园"})
    assert CommunityProfile.objects.get().brand_name == "书香南园"
    assert "书香南园" in page(browse("secretary").get(url("node", cast.nanyuan.pk)))
    page(browse("overseer").get(here), 403)
    page(browse("desk_next_door").get(here), 404)


def test_move_by_name(browse, cast):
    here = url("node_parent", cast.nanyuan.pk)
    assert "datalist" in page(browse("administrator").get(here))
    page(browse("administrator").post(here, {"parent": "没有这里"}), 422)
    page(browse("administrator").post(here, {"parent": "公园社区"}), 422)
    browse("administrator").post(here, {"parent": "210802002000 建设街道"})
    cast.nanyuan.refresh_from_db()
    assert cast.nanyuan.parent == cast.other_street
    page(browse("overseer_next_door").get(here), 403)
    page(browse("overseer").get(here), 404)


def test_merge_shows_what_happens(browse, cast):
    here = url("node_merger", cast.nanyuan.pk)
    found = page(browse("administrator").get(here))
    assert "南园社工" in found
    assert "3号楼" in found
    page(browse("administrator").post(here, {"successor": "东风街道"}), 422)
    answer = browse("administrator").post(here, {"successor": "公园社区"})
    assert answer["Location"] == url("node", cast.gongyuan.pk)
    # The secretary of the place that is gone still sees it, and may not change the tree.
    page(browse("secretary").get(here), 403)
    page(browse("overseer_next_door").get(here), 404)


def test_end_a_place(browse, cast):
    page(browse("administrator").get(url("node_end", cast.nanyuan.pk)))
    page(browse("administrator").post(url("node_end", cast.nanyuan.pk)), 422)
    browse("administrator").post(url("node_end", cast.gongyuan.pk))
    assert Node.objects.get(pk=cast.gongyuan.pk).valid_to == ON
    page(browse("overseer").post(url("node_end", cast.nanyuan.pk)), 403)


# --- rights ---------------------------------------------------------------------------------------------------------


def test_rights_list_give_and_end(browse, cast):
    here = url("grants", cast.nanyuan.pk)
    assert "南园社工" in page(browse("secretary").get(here))
    for key, status in [("desk", 403), ("overseer", 403), ("desk_next_door", 404), ("auditor", 403)]:
        page(browse(key).get(here), status)
    new = url("grant_new", cast.nanyuan.pk)
    form = page(browse("secretary").get(new))
    assert "社区工作者" in form
    assert "街道督导员" not in form
    data = {"phone": "139 0000 0101", "role": "desk_worker"}
    assert browse("secretary").post(new, data)["Location"] == here
    given = Grant.objects.get(user=cast.member, role=Role.DESK_WORKER)
    assert given.granted_by == cast.secretary.pk
    page(browse("secretary").post(new, {**data, "role": "auditor"}), 422)
    page(browse("secretary").post(new, {**data, "phone": "12345"}), 422)
    page(browse("desk").get(new), 403)
    end = url("grant_end", given.pk)
    page(browse("secretary").get(end))
    page(browse("secretary").post(end, {"reason": ""}), 422)
    browse("secretary").post(end, {"reason": "调离"})
    given.refresh_from_db()
    assert given.end_reason == "调离"
    assert "调离" in page(browse("secretary").get(here))
    page(browse("desk_next_door").get(end), 404)
    page(browse("member").get(url("grant_end", Grant.objects.get(user=cast.member, role="member").pk)), 403)


def test_a_new_phone_needs_a_name_and_makes_an_account(browse, cast):
    new = url("grant_new", cast.nanyuan.pk)
    page(browse("secretary").post(new, {"phone": "13912345678", "role": "desk_worker"}), 422)
    assert not User.objects.with_phone("13912345678").exists()
    browse("secretary").post(new, {"phone": "13912345678", "name": "新社工", "role": "desk_worker"})
    user = User.objects.with_phone("13912345678").get()
    assert cast.actor(user).roles == {"desk_worker"}


def test_last_administrator_on_the_page(browse, cast):
    end = url("grant_end", Grant.objects.get(user=cast.administrator).pk)
    assert "最后一名管理员" in page(browse("administrator").post(end, {"reason": "退休"}), 422)


def test_name_a_liaison(browse, cast):
    new = url("liaison_new", cast.school.pk)
    page(browse("administrator").get(new))
    browse("administrator").post(new, {"phone": "13912345679", "name": "新联系人", "role": "unit_liaison"})
    assert Grant.objects.filter(work_unit=cast.school, ended_at=None).count() == 2
    page(browse("liaison").get(new), 403)
    page(browse("desk").get(new), 403)


# --- units ----------------------------------------------------------------------------------------------------------


def test_units(browse, cast):
    found = page(browse("desk").get(url("units")))
    assert "站前区实验小学" in found
    assert "公安站前分局" in found
    assert "公安站前分局" not in page(browse("desk").get(url("units"), {"kind": "school"}))
    assert "没有找到" in page(browse("desk").get(url("units"), {"q": "医院"}))
    assert "公安站前分局" not in page(browse("liaison").get(url("units")))


def test_unit_page_and_changes(browse, cast):
    here = url("unit", cast.school.pk)
    assert "学校联系人" in page(browse("administrator").get(here))
    assert "驻在社区" not in page(browse("liaison").get(here))
    page(browse("liaison_next_door").get(here), 404)
    page(browse("member").get(here), 404)
    edit = url("unit_edit", cast.school.pk)
    page(browse("administrator").get(edit))
    data = {"name": "站前区第一小学", "kind": "school", "node": "站前区", "aliases": "实验小学\n一小"}
    browse("administrator").post(edit, data)
    cast.school.refresh_from_db()
    assert cast.school.aliases == ["实验小学", "一小", "站前区实验小学"]
    page(browse("administrator").post(edit, {**data, "name": "公安站前分局"}), 422)
    page(browse("desk").get(edit), 403)
    browse("administrator").post(url("unit_end", cast.school.pk))
    assert "已撤销" in page(browse("administrator").get(here))
    page(browse("desk").get(url("unit_end", cast.school.pk)), 403)


def test_new_unit(browse, cast):
    page(browse("desk").get(url("unit_new")))
    data = {"name": "南园物业", "kind": "enterprise", "node": "南园社区", "aliases": ""}
    browse("desk").post(url("unit_new"), data)
    assert WorkUnit.objects.get(name="南园物业").path == cast.nanyuan.path
    page(browse("desk").post(url("unit_new"), {**data, "name": "x", "node": "公园社区"}), 422)
    page(browse("overseer").get(url("unit_new")), 403)


def test_residence(browse, cast):
    new = url("residence_new", cast.school.pk)
    page(browse("desk").get(new))
    browse("desk").post(new, {"community": "南园社区"})
    residence = ResidentUnit.objects.get()
    assert residence.community == cast.nanyuan
    page(browse("desk").post(new, {"community": "东风街道"}), 422)
    page(browse("overseer").get(new), 403)
    end = url("residence_end", residence.pk)
    page(browse("desk_next_door").post(end), 404)
    page(browse("desk").get(end), 405)
    browse("desk").post(end)
    residence.refresh_from_db()
    assert residence.until == ON


# --- Party organisations --------------------------------------------------------------------------------------------


def test_party_organisations(browse, cast, branch, holder):
    assert branch.name in page(browse("desk").get(url("party_organisations")))
    assert branch.name not in page(browse("desk_next_door").get(url("party_organisations")))
    here = url("party_organisation", branch.pk)
    assert "王书记" in page(browse("overseer").get(here))
    page(browse("desk_next_door").get(here), 404)
    new = url("party_organisation_new")
    page(browse("secretary").get(new))
    data = {
        "name": "一楼栋党小组",
        "level": "group",
        "node": "210802001002-03",
        "parent": branch.pk,
        "founded_on": "2020-05-01",
    }
    browse("secretary").post(new, data)
    made = PartyOrganisation.objects.get(name="一楼栋党小组")
    assert (made.node, made.parent) == (cast.building, branch)
    page(browse("secretary").post(new, data), 422)
    page(browse("secretary").post(new, {**data, "name": "x", "node": ""}), 422)
    page(browse("overseer").get(new), 403)
    page(browse("secretary").post(url("party_organisation_end", branch.pk)), 422)
    browse("secretary").post(url("party_organisation_end", made.pk))
    made.refresh_from_db()
    assert made.ended_on == ON
    page(browse("overseer").get(url("party_organisation_end", branch.pk)), 403)


def test_offices(browse, cast, branch, holder):
    new = url("office_holder_new", branch.pk)
    page(browse("secretary").get(new))
    browse("secretary").post(new, {"name": "李委员", "office": "委员", "source": "hired", "since": "2026-01-01"})
    assert OfficeHolder.objects.filter(name="李委员").count() == 1
    page(browse("secretary").post(new, {"name": "李委员"}), 422)
    page(browse("overseer").get(new), 403)
    end = url("office_holder_end", holder.pk)
    page(browse("desk_next_door").post(end), 404)
    browse("secretary").post(end)
    holder.refresh_from_db()
    assert holder.until == ON


# --- rules and the calendar -----------------------------------------------------------------------------------------


def test_rules_page(browse, cast):
    here = url("policies", cast.nanyuan.pk)
    found = page(browse("desk").get(here))
    assert "每年 16 小时、12 件实事" in found
    assert "设置新规定" not in found
    assert "设置新规定" in page(browse("administrator").get(here))
    page(browse("desk_next_door").get(here), 404)


def test_set_and_end_a_rule(browse, cast):
    new = url("policy_new", cast.nanyuan.pk, "annual_duty")
    # What holds today is filled in: who changes one number types one number.
    assert re.search(r'name="minutes" value="16"', page(browse("administrator").get(new)))
    data = {"minutes": "20", "deeds": "12", "since": "2026-01-01", "source": "街道文件"}
    browse("administrator").post(new, data)
    policy = Policy.objects.get(node=cast.nanyuan)
    assert policy.value == {"minutes": 1200, "deeds": 12}
    assert "每年 20 小时" in page(browse("desk").get(url("policies", cast.nanyuan.pk)))
    page(browse("administrator").post(new, {**data, "minutes": "many"}), 422)
    page(browse("administrator").post(new, {**data, "source": ""}), 422)
    page(browse("secretary").get(new), 403)
    page(browse("administrator").get(url("policy_new", cast.nanyuan.pk, "nothing")), 404)
    end = url("policy_end", policy.pk)
    page(browse("secretary").post(end), 403)
    page(browse("desk_next_door").post(end), 404)
    browse("administrator").post(end)
    policy.refresh_from_db()
    assert policy.until == ON
    only = Policy.objects.get(node=cast.district, key="annual_duty")
    assert "上级没有这项规定" in page(browse("administrator").post(url("policy_end", only.pk), follow=True))


def test_calendar(browse, cast):
    here = url("calendar", 2026)
    page(browse("desk").get(here))
    page(browse("liaison").get(here), 403)
    data = {"day": "2026-11-21", "state": "worked", "source": "国办通知"}
    page(browse("desk").post(here, data), 403)
    browse("administrator").post(here, data)
    assert WorkdayOverride.objects.get().is_worked
    assert "国办通知" in page(browse("administrator").get(here))
    page(browse("administrator").post(here, {**data, "source": ""}), 422)
    browse("system").post(here, {**data, "state": "calendar"})
    assert not WorkdayOverride.objects.exists()
    assert "尚未公布" in page(browse("desk").get(url("calendar", 2040)))
    page(browse("desk").get(url("calendar", 2200)), 404)
    assert browse("desk").get(url("calendar_now"))["Location"] == here


# --- numbers of queries ---------------------------------------------------------------------------------------------


def measure(queries, browser: Client, address: str) -> int:
    page(browser.get(address))
    with queries() as seen:
        page(browser.get(address))
    return len(seen)


def add_two_more_of_everything(cast, branch, by):
    for number, user in enumerate([cast.desk_colleague, cast.desk_next_door]):
        commands.grant_role(user=user, role=Role.DESK_WORKER, node=cast.other_community, by=by, now=cast.now)
        commands.add_work_unit(name=f"单位{number}", node=cast.other_community, by=by, now=cast.now)
        commands.add_work_unit(name=f"街道单位{number}", node=cast.other_street, by=by, now=cast.now)
        commands.add_node(parent=cast.other_community, level=Level.COMPOUND, name=f"院{number}", by=by, now=cast.now)
        commands.add_node(
            parent=cast.other_street,
            level=Level.COMMUNITY,
            code=f"21080200200{number + 2}",
            name=f"社区{number}",
            by=by,
            now=cast.now,
        )
        commands.add_party_organisation(
            name=f"党小组{number}",
            level=PartyLevel.GROUP,
            node=cast.other_community,
            parent=branch,
            founded_on=ON,
            by=by,
            now=cast.now,
        )
        commands.add_office_holder(
            organisation=branch,
            name=f"委员{number}",
            office="委员",
            source=OfficeSource.HIRED,
            since=ON,
            by=by,
            now=cast.now,
        )
        commands.set_workday(day=date(2026, 11, 21 + number), is_worked=True, source="通知", by=by, now=cast.now)
    for node in (cast.gongyuan, cast.other_community):
        commands.add_resident_unit(work_unit=cast.school, community=node, by=by, now=cast.now)


def test_lists_cost_the_same_at_one_and_three_rows(browse, cast, queries, branch, holder):
    by, administrator = cast.actor("administrator"), browse("administrator")
    addresses = [
        url("tree") + "?q=社区",
        url("children", cast.other_street.pk),
        url("node", cast.other_street.pk),
        url("node", cast.other_community.pk),
        url("grants", cast.other_community.pk),
        url("policies", cast.other_street.pk),
        url("units"),
        url("unit", cast.school.pk),
        url("party_organisations"),
        url("party_organisation", branch.pk),
        url("calendar", 2026),
    ]
    commands.grant_role(user=cast.desk, role=Role.DESK_WORKER, node=cast.other_community, by=by, now=cast.now)
    commands.add_work_unit(name="单位", node=cast.other_community, kind=WorkUnitKind.OTHER, by=by, now=cast.now)
    commands.add_resident_unit(work_unit=cast.school, community=cast.nanyuan, by=by, now=cast.now)
    commands.add_node(parent=cast.other_community, level=Level.COMPOUND, name="院", by=by, now=cast.now)
    commands.add_party_organisation(
        name="党小组", level=PartyLevel.GROUP, node=cast.other_community, founded_on=ON, by=by, now=cast.now
    )
    one = {address: measure(queries, administrator, address) for address in addresses}
    add_two_more_of_everything(cast, branch, by)
    assert {address: measure(queries, administrator, address) for address in addresses} == one
    assert max(one.values()) <= 20
