"""Reads of the tree, of organisations, of rights and of the calendar."""

from guangcai.orgs.queries.calendar import workday_overrides
from guangcai.orgs.queries.rights import Opening, Reader, actor_of, grants_at, openings_of, readers_of, role_names
from guangcai.orgs.queries.tree import (
    Link,
    TreeRow,
    chain_of,
    children_with_counts,
    count_under,
    node_named,
    open_below,
    search,
    tops,
)

__all__ = [
    "Link",
    "Opening",
    "Reader",
    "TreeRow",
    "actor_of",
    "chain_of",
    "children_with_counts",
    "count_under",
    "grants_at",
    "node_named",
    "open_below",
    "openings_of",
    "readers_of",
    "role_names",
    "search",
    "tops",
    "workday_overrides",
]
