"""Tables of the tree, of organisations, of rights and of rules."""

from guangcai.orgs.models.grants import Grant
from guangcai.orgs.models.organisations import Instructor, OfficeHolder, PartyOrganisation, ResidentUnit, WorkUnit
from guangcai.orgs.models.policies import Policy
from guangcai.orgs.models.tree import CommunityProfile, FormerPath, Node, SubtreeCount
from guangcai.orgs.models.workdays import WorkdayOverride

__all__ = [
    "CommunityProfile",
    "FormerPath",
    "Grant",
    "Instructor",
    "Node",
    "OfficeHolder",
    "PartyOrganisation",
    "Policy",
    "ResidentUnit",
    "SubtreeCount",
    "WorkUnit",
    "WorkdayOverride",
]
