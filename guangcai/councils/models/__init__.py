"""What councils keep."""

from guangcai.councils.models.agreements import AgreementItem, Delivery, JointAgreement
from guangcai.councils.models.bodies import Body, BodyMember, BodyRecord, RequiredParty
from guangcai.councils.models.contests import Contest, ContestEntry, Criterion, Score
from guangcai.councils.models.meetings import AgendaItem, Decision, Meeting, MeetingAttendance, Minutes
from guangcai.councils.models.proposals import (
    JointPledge,
    Judgement,
    MatterLink,
    PledgeOwner,
    PledgeProgress,
    Proposal,
    ProposalStep,
)

__all__ = [
    "AgendaItem",
    "AgreementItem",
    "Body",
    "BodyMember",
    "BodyRecord",
    "Contest",
    "ContestEntry",
    "Criterion",
    "Decision",
    "Delivery",
    "JointAgreement",
    "JointPledge",
    "Judgement",
    "MatterLink",
    "Meeting",
    "MeetingAttendance",
    "Minutes",
    "PledgeOwner",
    "PledgeProgress",
    "Proposal",
    "ProposalStep",
    "RequiredParty",
    "Score",
]
