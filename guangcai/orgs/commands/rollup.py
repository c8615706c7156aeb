"""The roll-up of open nodes per level and subtree. Facts are nodes; these counts can be thrown away and made again."""

from collections.abc import Iterable

from django.db import connection

from guangcai.core.scoping import ancestors
from guangcai.orgs.enums import Level
from guangcai.orgs.models import SubtreeCount

ADD = """
INSERT INTO orgs_subtreecount (node_id, level, nodes)
SELECT above.id, part.level, part.nodes
FROM orgs_node above, unnest(%s::text[], %s::int[]) AS part (level, nodes)
WHERE above.path = ANY(%s)
ON CONFLICT (node_id, level) DO UPDATE SET nodes = orgs_subtreecount.nodes + excluded.nodes
"""

# One level at a time, bottom up: each node hands itself and what it has gathered to its parent.
GATHER = """
INSERT INTO orgs_subtreecount (node_id, level, nodes)
SELECT part.parent_id, part.level, sum(part.nodes)
FROM (
    SELECT parent_id, level, 1 AS nodes FROM orgs_node
    WHERE level = %(level)s AND valid_to IS NULL AND parent_id IS NOT NULL
    UNION ALL
    SELECT below.parent_id, gathered.level, gathered.nodes
    FROM orgs_node below JOIN orgs_subtreecount gathered ON gathered.node_id = below.id
    WHERE below.level = %(level)s AND below.parent_id IS NOT NULL
) AS part
GROUP BY part.parent_id, part.level
ON CONFLICT (node_id, level) DO UPDATE SET nodes = orgs_subtreecount.nodes + excluded.nodes
"""


def add(parts: Iterable[tuple[str, int]], *, above: str) -> None:
    """Add (level, number of nodes) to every node of the chain of the path `above`, itself included."""
    parts = list(parts)
    levels, numbers = [level for level, _ in parts], [number for _, number in parts]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [levels, numbers, ancestors(above)])


def rebuild() -> None:
    """Count everything again from the nodes."""
    SubtreeCount.objects.all().delete()
    with connection.cursor() as cursor:
        for level in reversed(Level):
            cursor.execute(GATHER, {"level": level.value})
