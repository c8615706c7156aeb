"""Everything that writes mediation. One function per verb."""

from guangcai.mediation.commands.corrections import correct_agreement, correct_session, correct_visit
from guangcai.mediation.commands.lists import load_causes
from guangcai.mediation.commands.matters import (
    MatterDraft,
    PartyDraft,
    add_party,
    open_matter,
    reopen,
    set_mediators,
)
from guangcai.mediation.commands.mediators import MediatorDraft, add_mediator, end_mediator
from guangcai.mediation.commands.outcomes import AgreementDraft, end_without, note_agreement, note_visit
from guangcai.mediation.commands.reading import forget_openings, note_paper, open_subject
from guangcai.mediation.commands.retention import anonymise_mediations
from guangcai.mediation.commands.sessions import SessionDraft, record_session

__all__ = [
    "AgreementDraft",
    "MatterDraft",
    "MediatorDraft",
    "PartyDraft",
    "SessionDraft",
    "add_mediator",
    "add_party",
    "anonymise_mediations",
    "correct_agreement",
    "correct_session",
    "correct_visit",
    "end_mediator",
    "end_without",
    "forget_openings",
    "load_causes",
    "note_agreement",
    "note_paper",
    "note_visit",
    "open_matter",
    "open_subject",
    "record_session",
    "reopen",
    "set_mediators",
]
