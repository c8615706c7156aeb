"""Everything that changes the tree, organisations, rights and rules. Pages, imports and the shell call the same."""

from guangcai.orgs.commands.grants import end_grant, grant_role
from guangcai.orgs.commands.instructors import end_instructor, name_instructor
from guangcai.orgs.commands.kinds import add_kind, end_kind, offer_kind, rename_kind
from guangcai.orgs.commands.moves import merge_nodes, move_node
from guangcai.orgs.commands.organisations import (
    add_office_holder,
    add_party_organisation,
    add_resident_unit,
    add_work_unit,
    change_work_unit,
    check_unit_open,
    end_office_holder,
    end_party_organisation,
    end_resident_unit,
    end_work_unit,
    hold_unit,
    open_unit,
)
from guangcai.orgs.commands.policies import end_policy, load_standard_policies, set_policy
from guangcai.orgs.commands.tree import add_node, end_node, rename_node, set_profile
from guangcai.orgs.commands.tree_import import import_tree
from guangcai.orgs.commands.workdays import set_workday

__all__ = [
    "add_kind",
    "add_node",
    "add_office_holder",
    "add_party_organisation",
    "add_resident_unit",
    "add_work_unit",
    "change_work_unit",
    "check_unit_open",
    "end_grant",
    "end_instructor",
    "end_kind",
    "end_node",
    "end_office_holder",
    "end_party_organisation",
    "end_policy",
    "end_resident_unit",
    "end_work_unit",
    "grant_role",
    "hold_unit",
    "import_tree",
    "load_standard_policies",
    "merge_nodes",
    "move_node",
    "name_instructor",
    "offer_kind",
    "open_unit",
    "rename_kind",
    "rename_node",
    "set_policy",
    "set_profile",
    "set_workday",
]
