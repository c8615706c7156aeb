"""Reads of the roster. Every one begins with what the actor may see, and gives frozen rows or a QuerySet for a list."""

from guangcai.members.queries.counts import (
    CountRow,
    LinkCounts,
    UnitRate,
    count_links,
    count_members,
    reported_in_rates,
)
from guangcai.members.queries.lists import elsewhere, hidden_members, open_pairs, saved_filters
from guangcai.members.queries.mobile import MobileCounts, count_mobile, count_overdue, mobile_members
from guangcai.members.queries.person import Person, consents_of, person, person_timeline
from guangcai.members.queries.register import RegisterRow, register
from guangcai.members.queries.roster import found_by, roster, with_links
from guangcai.members.queries.roster_import import (
    batches,
    doubtful_rows,
    doubts,
    import_target,
    problem_rows,
    samples,
    sha256_of,
    units_nobody_knows,
    waiting_rows,
)
from guangcai.members.queries.slips import Slip, receipt, waiting_slips
from guangcai.members.queries.unit import UnitRosterRow, unit_receipts, unit_roster

__all__ = [
    "CountRow",
    "LinkCounts",
    "MobileCounts",
    "Person",
    "RegisterRow",
    "Slip",
    "UnitRate",
    "UnitRosterRow",
    "batches",
    "consents_of",
    "count_links",
    "count_members",
    "count_mobile",
    "count_overdue",
    "doubtful_rows",
    "doubts",
    "elsewhere",
    "found_by",
    "hidden_members",
    "import_target",
    "mobile_members",
    "open_pairs",
    "person",
    "person_timeline",
    "problem_rows",
    "receipt",
    "register",
    "reported_in_rates",
    "roster",
    "samples",
    "saved_filters",
    "sha256_of",
    "unit_receipts",
    "unit_roster",
    "units_nobody_knows",
    "waiting_rows",
    "waiting_slips",
    "with_links",
]
