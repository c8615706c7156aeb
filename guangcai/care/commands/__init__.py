"""Everything that writes care. One function per verb."""

from guangcai.care.commands.households import (
    HouseholdDraft,
    add_household,
    change_household,
    end_household,
    forget_openings,
    give_consent,
    open_household,
    record_household_export,
    set_tier,
    withdraw_consent,
)
from guangcai.care.commands.lists import load_care_lists
from guangcai.care.commands.offers import offer_care, withdraw_offer
from guangcai.care.commands.pairings import (
    confirm_pairing,
    end_pairing,
    hand_over,
    offer_pairing,
    offer_pairings,
    take_up,
)
from guangcai.care.commands.papers import note_contact_card, note_household_card
from guangcai.care.commands.plans import check_plan, draft_plan, mark_task, start_plan
from guangcai.care.commands.retention import anonymise_households
from guangcai.care.commands.visits import VisitDraft, correct_visit, raise_alert, record_visit

__all__ = [
    "HouseholdDraft",
    "VisitDraft",
    "add_household",
    "anonymise_households",
    "change_household",
    "check_plan",
    "confirm_pairing",
    "correct_visit",
    "draft_plan",
    "end_household",
    "end_pairing",
    "forget_openings",
    "give_consent",
    "hand_over",
    "load_care_lists",
    "mark_task",
    "note_contact_card",
    "note_household_card",
    "offer_care",
    "offer_pairing",
    "offer_pairings",
    "open_household",
    "raise_alert",
    "record_household_export",
    "record_visit",
    "set_tier",
    "start_plan",
    "take_up",
    "withdraw_consent",
    "withdraw_offer",
]
