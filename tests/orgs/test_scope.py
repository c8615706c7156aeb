"""Scope by closed path: what the database selects is what `covers` says, and never a sibling."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcai.core.scoping import ancestors, covers, under, upper_bound
from guangcai.orgs.models import FormerPath, Node
from guangcai.orgs.queries import actor_of, children_with_counts, count_under

keys = st.lists(st.integers(min_value=1, max_value=130), min_size=1, max_size=6)
paths = keys.map(lambda found: "/" + "/".join(map(str, found)) + "/")


@given(st.lists(paths, max_size=8), paths)
def test_covers_is_being_a_prefix_of_whole_keys(above, path):
    whole = path.strip("/").split("/")
    expected = any(whole[: len(one.strip("/").split("/"))] == one.strip("/").split("/") for one in above)
    assert covers(above, path) is expected


@given(paths, paths)
def test_range_is_covers(above, path):
    assert (above <= path < upper_bound(above)) is covers([above], path)


@given(paths, st.integers(min_value=0, max_value=9))
def test_never_a_sibling_with_a_longer_key(path, digit):
    sibling = f"{path[:-1]}{digit}/"
    assert not covers([path], sibling)
    assert not (path <= sibling < upper_bound(path))


@given(paths)
def test_ancestors_cover(path):
    chain = ancestors(path)
    assert chain[-1] == path
    assert all(covers([above], path) for above in chain)


def test_under_selects_what_covers_says(db):
    rows = {}

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(paths, unique=True, max_size=12), st.lists(paths, max_size=3))
    def check(stored, asked):
        FormerPath.objects.all().delete()
        Node.objects.all().delete()
        node = Node.objects.create(
            path="/1/", level="district", code="210802000000", name="区", valid_from="2020-01-01"
        )
        FormerPath.objects.bulk_create(FormerPath(path=path, node=node, until="2024-01-01") for path in stored)
        found = set(FormerPath.objects.filter(under("path", asked)).values_list("path", flat=True))
        assert found == {path for path in stored if covers(asked, path)}

    check()
    assert rows == {}


def test_no_path_no_row(cast):
    assert list(Node.objects.filter(under("path", []))) == []


def test_nodes_are_seen_in_the_own_area_only(cast):
    seen = {key: {node.name for node in Node.objects.visible_to(cast.actor(key))} for key in cast.users}
    street = {"东风街道", "南园社区", "公园社区", "3号楼"}
    assert seen == {
        "administrator": {"站前区", "建设街道", "建设社区"} | street,
        "auditor": {"站前区", "建设街道", "建设社区"} | street,
        "system": {"站前区", "建设街道", "建设社区"} | street,
        "overseer": street,
        "overseer_next_door": {"建设街道", "建设社区"},
        "secretary": {"南园社区", "3号楼"},
        "desk": {"南园社区", "3号楼"},
        "desk_colleague": {"南园社区", "3号楼"},
        "desk_next_door": {"公园社区"},
        "liaison": set(),
        "liaison_next_door": set(),
        "member": set(),
        "member_next_door": set(),
    }


def test_actor_is_one_query(cast, queries):
    with queries() as seen:
        actor_of(user_id=cast.desk.pk, member_id=None, on=cast.now.date())
    assert len(seen) == 1


def test_dashboard_is_one_query_and_counts_by_range(cast, queries):
    with queries() as seen:
        rows = children_with_counts(cast.district)
    assert len(seen) == 1
    assert [(row.name, dict(row.counts)) for row in rows] == [
        ("东风街道", {"社区": 2, "楼栋": 1}),
        ("建设街道", {"社区": 1}),
    ]
    counted = Node.objects.filter(parent=cast.district).annotate(below=count_under(Node.objects.all())).order_by("code")
    assert [node.below for node in counted] == [4, 2]
