"""Everything that changes the roster. Web, API, import and shell call these and nothing else writes its tables."""

from guangcai.members.commands.acceptance import accept_many, accept_report_in
from guangcai.members.commands.consent import give_consent, notice_in_force, withdraw_consent
from guangcai.members.commands.contact import (
    note_contacts,
    open_phone,
    record_contact,
    record_export,
    record_own_export,
)
from guangcai.members.commands.duplicates import dismiss_duplicate, find_duplicates, offer_duplicates
from guangcai.members.commands.links import (
    end_employment,
    end_org_relation,
    move,
    start_employment,
    start_org_relation,
    take_receipt_numbers,
)
from guangcai.members.commands.lists import drop_filter, load_lists, save_filter
from guangcai.members.commands.merge import merge_members
from guangcai.members.commands.mobile import end_mobile, note_contact, register_mobile
from guangcai.members.commands.places import follow_tree
from guangcai.members.commands.register import change_own, change_register, register_member
from guangcai.members.commands.report_in import decline_report_in, expect_members, read_receipts, report_in_submit
from guangcai.members.commands.roster import (
    Placement,
    SkillGiven,
    add_member,
    change_member,
    end_member,
    set_intentions,
    set_skills,
)
from guangcai.members.commands.roster_batch import (
    ask_to_apply,
    choose_unit,
    decide_row,
    discard_roster,
    mend_row,
    receive_roster,
    refused_content,
    remove_abandoned,
    set_columns,
)
from guangcai.members.commands.roster_import import RosterImport, import_roster

__all__ = [
    "Placement",
    "RosterImport",
    "SkillGiven",
    "accept_many",
    "accept_report_in",
    "add_member",
    "ask_to_apply",
    "change_member",
    "change_own",
    "change_register",
    "choose_unit",
    "decide_row",
    "decline_report_in",
    "discard_roster",
    "dismiss_duplicate",
    "drop_filter",
    "end_employment",
    "end_member",
    "end_mobile",
    "end_org_relation",
    "expect_members",
    "find_duplicates",
    "follow_tree",
    "give_consent",
    "import_roster",
    "load_lists",
    "mend_row",
    "merge_members",
    "move",
    "note_contact",
    "note_contacts",
    "notice_in_force",
    "offer_duplicates",
    "open_phone",
    "read_receipts",
    "receive_roster",
    "record_contact",
    "record_export",
    "record_own_export",
    "refused_content",
    "register_member",
    "register_mobile",
    "remove_abandoned",
    "report_in_submit",
    "save_filter",
    "set_columns",
    "set_intentions",
    "set_skills",
    "start_employment",
    "start_org_relation",
    "take_receipt_numbers",
    "withdraw_consent",
]
