"""Changing the tree: adding, renaming, ending, moving, merging; records keep the path of their day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.core.permissions import Permission
from guangcai.orgs import checks, commands, followers
from guangcai.orgs.enums import CommunityType, Level, PolicyKey
from guangcai.orgs.models import FormerPath, Grant, Node, Policy, ResidentUnit
from guangcai.orgs.queries import chain_of, node_named, open_below, search, tops
from guangcai.orgs.roles import Role

ON = date(2026, 11, 20)


@pytest.fixture
def by(cast):
    return cast.actor("administrator")


@pytest.fixture(autouse=True)
def _everything_holds(cast):
    """After every test the invariants of this room hold."""
    yield
    assert [list(check()) for check in checks.ALL] == [[] for check in checks.ALL]


def add(cast, by, **values):
    given = {"parent": cast.street, "level": Level.COMMUNITY, "code": "210802001009", "name": "新风社区"}
    return commands.add_node(**{**given, **values}, by=by, now=cast.now)


def test_add_a_community(cast, by):
    node = add(cast, by)
    assert (node.path, node.code, node.valid_from) == (f"{cast.street.path}{node.pk}/", "210802001009", ON)
    assert node.district_code == "210802"
    assert open_below(cast.district) == {"street": 2, "community": 4, "building": 1}
    line = AuditEvent.objects.get(tag="orgs:node:add")
    assert (line.path, line.details) == (node.path, {"code": "210802001009", "name": "新风社区"})


def test_short_codes_are_filled_and_local_ones_counted(cast, by):
    street = add(cast, by, parent=cast.district, level=Level.STREET, code="210802009", name="建丰街道")
    assert street.code == "210802009000"
    first = add(cast, by, parent=cast.nanyuan, level=Level.COMPOUND, code="", name="一小区")
    second = add(cast, by, parent=cast.nanyuan, level=Level.COMPOUND, code="", name="二小区")
    assert (first.code, second.code) == ("210802001002-1", "210802001002-2")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "210802001002"}, "code"),
        ({"code": "21080200100"}, "code"),
        ({"level": Level.DISTRICT, "code": "210803"}, "level"),
        ({"level": Level.BUILDING, "code": ""}, "level"),
    ],
)
def test_what_does_not_fit_is_refused(cast, by, values, field):
    before = Node.objects.count()
    with pytest.raises(RuleBroken) as refused:
        add(cast, by, **values)
    assert refused.value.field == field
    assert Node.objects.count() == before


def test_who_may_not_change_the_tree(cast):
    for key, error in [
        ("overseer", Forbidden),
        ("desk", OutOfScope),
        ("secretary", OutOfScope),
        ("liaison", OutOfScope),
    ]:
        with pytest.raises(error):
            add(cast, cast.actor(key))
    with pytest.raises(OutOfScope):
        commands.add_node(
            parent=None, level=Level.DISTRICT, code="210803", name="区", by=cast.actor("administrator"), now=cast.now
        )
    root = commands.add_node(
        parent=None, level=Level.DISTRICT, code="210803", name="西市区", by=Actor.system(), now=cast.now
    )
    assert root.path == f"/{root.pk}/"


def test_rename_keeps_the_code(cast, by):
    renamed = commands.rename_node(node=cast.nanyuan, name=" 南园新社区 ", by=by, now=cast.now)
    assert (renamed.name, renamed.code) == ("南园新社区", "210802001002")
    commands.rename_node(node=cast.nanyuan, name="南园新社区", by=by, now=cast.now)
    assert AuditEvent.objects.filter(tag="orgs:node:change").count() == 1
    with pytest.raises(RuleBroken):
        commands.rename_node(node=cast.nanyuan, name=" ", by=by, now=cast.now)


def test_profile(cast):
    profile = commands.set_profile(
        node=cast.nanyuan,
        community_type=CommunityType.LEARNING,
        type_reason="教师多",
        brand_name="书香南园",
        by=cast.actor("secretary"),
        now=cast.now,
    )
    assert (profile.community_type, profile.brand_name) == ("learning", "书香南园")
    with pytest.raises(RuleBroken):
        commands.set_profile(
            node=cast.street, community_type=CommunityType.LEARNING, by=cast.actor("administrator"), now=cast.now
        )
    with pytest.raises(OutOfScope):
        commands.set_profile(
            node=cast.nanyuan, community_type=CommunityType.LEARNING, by=cast.actor("desk_next_door"), now=cast.now
        )


def test_end_a_community(cast, by):
    with pytest.raises(RuleBroken):
        commands.end_node(node=cast.nanyuan, by=by, now=cast.now)
    ended = commands.end_node(node=cast.gongyuan, by=by, now=cast.now)
    assert ended.valid_to == ON
    assert cast.actor("desk_next_door").holdings == ()
    assert Grant.objects.get(user=cast.desk_next_door).ended_at == cast.now
    assert open_below(cast.street) == {"community": 1, "building": 1}
    assert commands.end_node(node=cast.gongyuan, by=by, now=cast.now + timedelta(days=2)).valid_to == ON
    with pytest.raises(Conflict):
        commands.rename_node(node=cast.gongyuan, name="x", by=by, now=cast.now)
    # The code is free again.
    assert add(cast, by, code=cast.gongyuan.code).valid_to is None


def test_move_rewrites_paths_and_keeps_rights(cast, by):
    commands.set_policy(
        node=cast.nanyuan,
        key=PolicyKey.SAMPLE_SHARE,
        value={"percent": 10},
        since=ON,
        source="街道",
        by=by,
        now=cast.now,
    )
    old = cast.nanyuan.path
    moved = commands.move_node(node=cast.nanyuan, parent=cast.other_street, by=by, now=cast.now)
    new = f"{cast.other_street.path}{cast.nanyuan.pk}/"
    assert (moved.path, moved.parent) == (new, cast.other_street)
    cast.building.refresh_from_db()
    assert cast.building.path == f"{new}{cast.building.pk}/"
    assert set(Grant.objects.filter(node=cast.nanyuan).values_list("path", flat=True)) == {new}
    assert Policy.objects.get(node=cast.nanyuan).path == new
    assert open_below(cast.street) == {"community": 1}
    assert open_below(cast.other_street) == {"community": 2, "building": 1}
    assert open_below(cast.district) == {"street": 2, "community": 3, "building": 1}
    desk = cast.actor("desk")
    assert desk.can(Permission.ROSTER_VIEW, new)
    assert desk.can(Permission.ROSTER_VIEW, old)
    assert cast.actor("overseer_next_door").can(Permission.ROSTER_VIEW, new)
    assert cast.actor("overseer_next_door").can(Permission.ROSTER_VIEW, old)
    assert not cast.actor("desk_next_door").can(Permission.ROSTER_VIEW, old)
    commands.move_node(node=cast.nanyuan, parent=cast.other_street, by=by, now=cast.now)
    assert AuditEvent.objects.filter(tag="orgs:node:move").count() == 1


def test_move_where_it_does_not_fit(cast, by):
    with pytest.raises(RuleBroken):
        commands.move_node(node=cast.street, parent=cast.nanyuan, by=by, now=cast.now)
    with pytest.raises(RuleBroken):
        commands.move_node(node=cast.nanyuan, parent=cast.gongyuan, by=by, now=cast.now)
    with pytest.raises(Forbidden):
        commands.move_node(node=cast.nanyuan, parent=cast.street, by=cast.actor("overseer"), now=cast.now)


def test_merge_lets_the_successor_read_and_nobody_else(cast, by):
    commands.merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=by, now=cast.now)
    # Whoever keeps the successor reads the records of the place that is gone; the street next door does not.
    assert cast.actor("desk_next_door").can(Permission.ROSTER_VIEW, cast.nanyuan.path)
    assert cast.actor("desk").can(Permission.ROSTER_VIEW, cast.gongyuan.path)
    assert not cast.actor("overseer_next_door").can(Permission.ROSTER_VIEW, cast.nanyuan.path)


def test_merge_hands_everything_over(cast, by):
    commands.add_resident_unit(work_unit=cast.school, community=cast.nanyuan, by=by, now=cast.now)
    commands.set_policy(
        node=cast.nanyuan,
        key=PolicyKey.SAMPLE_SHARE,
        value={"percent": 10},
        since=date(2026, 1, 1),
        source="街道",
        by=by,
        now=cast.now,
    )
    told = []
    followers.follow(told.append)
    merged = commands.merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=by, now=cast.now)
    followers._followers.remove(told.append)
    assert (merged.valid_to, merged.successor) == (ON, cast.gongyuan)
    assert [(change.old_path, change.new_path, change.is_merger) for change in told][-1] == (
        cast.nanyuan.path,
        cast.gongyuan.path,
        True,
    )
    cast.building.refresh_from_db()
    assert cast.building.path == f"{cast.gongyuan.path}{cast.building.pk}/"
    assert not Grant.objects.filter(node=cast.nanyuan, ended_at=None).exists()
    held = Grant.objects.filter(node=cast.gongyuan, ended_at=None).values_list("user__name", "role")
    assert set(held) == {
        ("公园社工", "desk_worker"),
        ("南园社工", "desk_worker"),
        ("南园社工二", "desk_worker"),
        ("南园书记", "community_secretary"),
        ("林晓岚", "member"),
        ("赵海峰", "member"),
    }
    assert Policy.objects.get(node=cast.nanyuan).until == ON
    assert ResidentUnit.objects.get(community=cast.gongyuan).work_unit == cast.school
    assert open_below(cast.street) == {"community": 1, "building": 1}
    again = commands.merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=by, now=cast.now)
    assert again.pk == merged.pk
    assert AuditEvent.objects.filter(tag="orgs:node:merge").count() == 1


def test_merge_twice_over_reaches_the_last_heir(cast, by):
    commands.merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=by, now=cast.now)
    commands.merge_nodes(node=cast.gongyuan, successor=cast.other_community, by=by, now=cast.now)
    assert set(FormerPath.objects.values_list("node", flat=True)) == {cast.other_community.pk}
    assert cast.actor("overseer_next_door").can(Permission.ROSTER_VIEW, cast.nanyuan.path)


def test_merge_streets_takes_the_communities_along(cast, by):
    commands.merge_nodes(node=cast.street, successor=cast.other_street, by=by, now=cast.now)
    cast.nanyuan.refresh_from_db()
    assert cast.nanyuan.path == f"{cast.other_street.path}{cast.nanyuan.pk}/"
    assert open_below(cast.district) == {"street": 1, "community": 3, "building": 1}
    assert cast.actor("desk").can(Permission.ROSTER_VIEW, f"{cast.street.path}{cast.nanyuan.pk}/")
    assert cast.actor("overseer").can(Permission.ROSTER_VIEW, cast.other_community.path)


def test_merge_needs_a_place_of_the_same_level(cast, by):
    for successor in (cast.nanyuan, cast.street):
        with pytest.raises(RuleBroken):
            commands.merge_nodes(node=cast.nanyuan, successor=successor, by=by, now=cast.now)
    commands.end_node(node=cast.gongyuan, by=by, now=cast.now)
    with pytest.raises(Conflict):
        commands.merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=by, now=cast.now)


def test_names_and_codes_of_any_length(cast):
    assert node_named("东风街道", on=ON) == cast.street
    assert node_named("210802001", on=ON) == cast.street
    assert node_named(" 210802001002 ", on=ON) == cast.nanyuan
    assert node_named("210802", on=ON) == cast.district
    for text in ("没有", "南园社区"):
        Node.objects.filter(pk=cast.gongyuan.pk).update(name="南园社区")
        with pytest.raises(RuleBroken):
            node_named(text, on=ON)
    assert node_named("站前区", level="district", on=ON) == cast.district


def test_a_name_with_or_without_its_kind(cast):
    for text in ("南园", "南园社区", "南园社区居民委员会", "南园居委会", " 南园社区居委会 "):
        assert node_named(text, on=ON) == cast.nanyuan
    assert node_named("东风", on=ON) == node_named("东风街道办事处", on=ON) == cast.street
    Node.objects.filter(pk=cast.nanyuan.pk).update(name="南园社区居委会")
    assert node_named("南园社区", on=ON) == node_named("南园", level="community", on=ON) == cast.nanyuan
    # The kind that was said is meant: no street answers to the name of a community.
    with pytest.raises(RuleBroken) as refusal:
        node_named("东风社区", on=ON)
    assert refusal.value.code == "no_node"


def test_a_name_that_fits_none_or_several_lists_what_may_be_meant(cast):
    with pytest.raises(RuleBroken) as refusal:
        node_named("南元社区", on=ON)
    assert refusal.value.code == "no_node"
    assert "210802001002 东风街道 · 南园社区" in str(refusal.value)
    Node.objects.filter(pk=cast.gongyuan.pk).update(name="南园社区居委会")
    with pytest.raises(RuleBroken) as refusal:
        node_named("南园", on=ON)
    assert refusal.value.code == "many_nodes"
    for node in (cast.nanyuan, cast.gongyuan):
        assert node.code in str(refusal.value)
    for nothing in ("", " ", "九霄"):
        with pytest.raises(RuleBroken) as refusal:
            node_named(nothing, on=ON)
        assert refusal.value.code == "no_node"
        assert "2108" not in str(refusal.value)
    with pytest.raises(RuleBroken) as refusal:
        node_named("南元社区", among=Node.objects.visible_to(cast.actor("desk_next_door")), on=ON)
    assert "210802001002" not in str(refusal.value)


def test_search_stays_in_the_own_area(cast, queries):
    actor = cast.actor("overseer")
    with queries() as seen:
        found = search("社区", actor=actor)
    assert len(seen) == 2
    assert [(row.name, row.chain) for row in found] == [
        ("南园社区", "站前区 · 东风街道"),
        ("公园社区", "站前区 · 东风街道"),
    ]
    assert [row.name for row in search("210802002", actor=actor)] == []
    assert search(" ", actor=actor) == []


def test_chain_and_tops(cast):
    links = chain_of(cast.building.path, actor=cast.actor("desk"))
    assert [(link.name, link.is_open) for link in links] == [("站前区", False), ("东风街道", False), ("南园社区", True)]
    assert [row.name for row in tops(actor=cast.actor("desk"), on=ON)] == ["南园社区"]
    assert [row.name for row in tops(actor=Actor.system(), on=ON)] == ["站前区"]
    assert tops(actor=cast.actor("liaison"), on=ON) == []


@pytest.mark.parametrize(
    "values",
    [
        {"path": "210802/"},
        {"path": "/210802"},
        {"valid_to": date(2020, 1, 1)},
        {"valid_to": date(2019, 1, 1)},
        {"code": "210802001003"},
    ],
)
def test_constraints_of_the_tree(cast, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Node.objects.filter(pk=cast.nanyuan.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Node.objects.filter(pk=cast.nanyuan.pk).update(successor=cast.gongyuan)
    with pytest.raises(IntegrityError), transaction.atomic():
        Node.objects.filter(pk=cast.nanyuan.pk).update(path=cast.gongyuan.path)


def test_the_audit_chain_is_whole(cast, by):
    add(cast, by)
    assert audit.broken_links() == []


def test_constraint_of_role_places(cast):
    for values in (
        {"node": None},
        {"role": Role.UNIT_LIAISON},
        {"until": date(2019, 1, 1)},
        {"ended_by": cast.desk.pk},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.filter(user=cast.desk).update(**values)
    held = Grant.objects.get(user=cast.desk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(
            user=cast.desk, role=held.role, node=held.node, path=held.path, since=ON, granted_at=cast.now
        )
