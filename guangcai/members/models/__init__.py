"""Tables of the roster: persons, their dated links, what they can and want to do, how they came in."""

from guangcai.members.models.abilities import (
    Consent,
    Intention,
    Occupation,
    PrivacyNotice,
    ServiceKind,
    Skill,
    SkillKind,
)
from guangcai.members.models.links import Employment, OrgRelation, ReceiptCounter, Residence
from guangcai.members.models.mobile import MobileContact, MobileRegistration
from guangcai.members.models.person import DuplicatePair, Member, SavedFilter
from guangcai.members.models.report_in import ReportIn, UnitReceipt
from guangcai.members.models.roster_import import ColumnMapping, RosterBatch, RosterFile, RosterRow

__all__ = [
    "ColumnMapping",
    "Consent",
    "DuplicatePair",
    "Employment",
    "Intention",
    "Member",
    "MobileContact",
    "MobileRegistration",
    "Occupation",
    "OrgRelation",
    "PrivacyNotice",
    "ReceiptCounter",
    "ReportIn",
    "Residence",
    "RosterBatch",
    "RosterFile",
    "RosterRow",
    "SavedFilter",
    "ServiceKind",
    "Skill",
    "SkillKind",
    "UnitReceipt",
]
