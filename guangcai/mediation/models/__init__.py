"""What mediation keeps: causes, mediators, matters, their parties and steps; and who opened what is sealed."""

from guangcai.mediation.models.matter import Assignment, Mediation, MediationOpening, MediationQuerySet, Party
from guangcai.mediation.models.mediator import CauseKind, Mediator, MediatorQuerySet
from guangcai.mediation.models.step import (
    Agreement,
    MediationSession,
    MediationStep,
    SessionMediator,
    SessionParty,
    StepNote,
)

__all__ = [
    "Agreement",
    "Assignment",
    "CauseKind",
    "Mediation",
    "MediationOpening",
    "MediationQuerySet",
    "MediationSession",
    "MediationStep",
    "Mediator",
    "MediatorQuerySet",
    "Party",
    "SessionMediator",
    "SessionParty",
    "StepNote",
]
