"""The roll-up of open nodes per level and subtree. Facts are nodes; these counts can be thrown away and made again."""

from collections.abc import Iterable

from django.db import connection

from guangcai.core.scoping import ancestors
from guangcai.orgs.models import SubtreeCount

ADD = """
INSERT INTO orgs_subtreecount (node_id, level, nodes)
SELECT above.id, part.level, part.nodes
FROM orgs_node above, unnest(%s::text[], %s::int[]) AS part (level, nodes)
WHERE above.path = ANY(%s)
ON CONFLICT (node_id, level) DO UPDATE SET nodes = orgs_subtreecount.nodes + excluded.nodes
"""

# Children are counted once by their parent; each count then goes to every node of the parent's path.
GATHER = """
INSERT INTO orgs_subtreecount (node_id, level, nodes)
SELECT above.id::bigint, direct.level, sum(direct.nodes)
FROM (
    SELECT parent_id, level, count(*) AS nodes FROM orgs_node
    WHERE valid_to IS NULL AND parent_id IS NOT NULL GROUP BY parent_id, level
) AS direct
JOIN orgs_node parent ON parent.id = direct.parent_id
CROSS JOIN LATERAL unnest(string_to_array(trim(BOTH '/' FROM parent.path), '/')) AS above (id)
GROUP BY above.id, direct.level
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
        cursor.execute(GATHER)
