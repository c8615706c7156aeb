"""Reads of the tree, of organisations, of rights and of the calendar."""

from guangcai.orgs.queries.calendar import CalendarDay, special_days, workday_overrides
from guangcai.orgs.queries.organisations import (
    count_presence,
    liaisons_of,
    office_holders_at,
    party_organisations_of,
    presence_of,
    residences_of,
    units_matching,
)
from guangcai.orgs.queries.rights import (
    Opening,
    Reader,
    actor_of,
    grants_at,
    openings_of,
    readers_of,
    role_names,
    session_of,
    signed_in,
)
from guangcai.orgs.queries.rules import RuleInForce, RuleRow, rules_at
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
    "CalendarDay",
    "Link",
    "Opening",
    "Reader",
    "RuleInForce",
    "RuleRow",
    "TreeRow",
    "actor_of",
    "chain_of",
    "children_with_counts",
    "count_presence",
    "count_under",
    "grants_at",
    "liaisons_of",
    "node_named",
    "office_holders_at",
    "open_below",
    "openings_of",
    "party_organisations_of",
    "presence_of",
    "readers_of",
    "residences_of",
    "role_names",
    "rules_at",
    "search",
    "session_of",
    "signed_in",
    "special_days",
    "tops",
    "units_matching",
    "workday_overrides",
]
