"""What must be true of the tree, of rights and of rules at any moment (`guangcai verify`)."""

from collections.abc import Iterable

from django.db import connection

from guangcai.core.invariants import invariant

PATHS = """
SELECT node.id FROM orgs_node node LEFT JOIN orgs_node parent ON parent.id = node.parent_id
WHERE node.path IS DISTINCT FROM coalesce(parent.path, '/') || node.id || '/' LIMIT 100
"""
TWICE = "SELECT min(id) FROM orgs_node WHERE valid_to IS NULL GROUP BY code HAVING count(*) > 1 LIMIT 100"
OPEN_BELOW_ENDED = """
SELECT node.id FROM orgs_node node JOIN orgs_node parent ON parent.id = node.parent_id
WHERE node.valid_to IS NULL AND parent.valid_to IS NOT NULL AND parent.valid_to <= CURRENT_DATE LIMIT 100
"""
GRANT_PATHS = """
SELECT held.id FROM orgs_grant held
LEFT JOIN orgs_node node ON node.id = held.node_id LEFT JOIN orgs_workunit unit ON unit.id = held.work_unit_id
WHERE held.path IS DISTINCT FROM coalesce(node.path, unit.path) LIMIT 100
"""
STANDING_PATHS = """
SELECT 'policy ' || row.id FROM orgs_policy row JOIN orgs_node node ON node.id = row.node_id WHERE row.path <> node.path
UNION ALL
SELECT 'work unit ' || row.id FROM orgs_workunit row JOIN orgs_node node ON node.id = row.node_id
WHERE row.path <> node.path
UNION ALL
SELECT 'resident unit ' || row.id FROM orgs_residentunit row JOIN orgs_node node ON node.id = row.community_id
WHERE row.path <> node.path LIMIT 100
"""
OVERLAPS = """
SELECT one.id FROM orgs_policy one JOIN orgs_policy other ON other.key = one.key AND other.node_id = one.node_id
AND other.id > one.id AND daterange(other.since, other.until) && daterange(one.since, one.until) LIMIT 100
"""
# Counted again from the nodes: every open node counts once for each node above it.
COUNTS = """
WITH RECURSIVE up (above, level) AS (
    SELECT parent_id, level FROM orgs_node WHERE valid_to IS NULL AND parent_id IS NOT NULL
    UNION ALL
    SELECT node.parent_id, up.level FROM up JOIN orgs_node node ON node.id = up.above WHERE node.parent_id IS NOT NULL
), counted AS (SELECT above, level, count(*) AS nodes FROM up GROUP BY above, level)
SELECT coalesce(counted.above, kept.node_id) FROM counted
FULL JOIN orgs_subtreecount kept ON kept.node_id = counted.above AND kept.level = counted.level
WHERE coalesce(counted.nodes, 0) <> coalesce(kept.nodes, 0) LIMIT 100
"""
TWO_ADMINISTRATIVE = """
SELECT user_id FROM orgs_grant
WHERE ended_at IS NULL AND role IN ('system_administrator', 'district_administrator', 'auditor')
GROUP BY user_id HAVING count(DISTINCT role) > 1 LIMIT 100
"""


def _rows(sql: str, what: str) -> Iterable[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for (key,) in cursor.fetchall():
            yield f"{what} {key}".strip()


@invariant("orgs.nodes.paths")
def paths_equal_the_parent_chain() -> Iterable[str]:
    return _rows(PATHS, "node")


@invariant("orgs.nodes.codes")
def no_two_open_nodes_of_one_code() -> Iterable[str]:
    return _rows(TWICE, "node")


@invariant("orgs.nodes.ended")
def nothing_open_below_what_has_ended() -> Iterable[str]:
    return _rows(OPEN_BELOW_ENDED, "node")


@invariant("orgs.nodes.counts")
def counts_equal_the_nodes() -> Iterable[str]:
    return _rows(COUNTS, "node")


@invariant("orgs.grants.paths")
def grants_stand_where_their_place_does() -> Iterable[str]:
    return _rows(GRANT_PATHS, "grant")


@invariant("orgs.grants.exclusive")
def nobody_holds_two_administrative_roles() -> Iterable[str]:
    return _rows(TWO_ADMINISTRATIVE, "user")


@invariant("orgs.rows.paths")
def rows_stand_where_their_place_does() -> Iterable[str]:
    return _rows(STANDING_PATHS, "")


@invariant("orgs.policies.windows")
def rules_of_one_place_do_not_overlap() -> Iterable[str]:
    return _rows(OVERLAPS, "policy")


ALL = (
    paths_equal_the_parent_chain,
    no_two_open_nodes_of_one_code,
    nothing_open_below_what_has_ended,
    counts_equal_the_nodes,
    grants_stand_where_their_place_does,
    nobody_holds_two_administrative_roles,
    rows_stand_where_their_place_does,
    rules_of_one_place_do_not_overlap,
)
