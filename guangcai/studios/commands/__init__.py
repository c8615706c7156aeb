"""Everything that writes studios. One function per verb; the desk, those who sit and residents call the same ones."""

from guangcai.studios.commands.lists import load_studio_kinds
from guangcai.studios.commands.receptions import ReceptionNote, note_reception
from guangcai.studios.commands.rota import confirm_sitter, end_sitting, fill_seats, offer_to_sit
from guangcai.studios.commands.studios import StudioDraft, change_studio, end_studio, open_studio
from guangcai.studios.commands.tickets import (
    Wanted,
    call_next,
    call_number,
    forget_phones,
    give_number,
    leave,
    receive_and_call,
    settle,
)

__all__ = [
    "ReceptionNote",
    "StudioDraft",
    "Wanted",
    "call_next",
    "call_number",
    "change_studio",
    "confirm_sitter",
    "end_sitting",
    "end_studio",
    "fill_seats",
    "forget_phones",
    "give_number",
    "leave",
    "load_studio_kinds",
    "note_reception",
    "offer_to_sit",
    "open_studio",
    "receive_and_call",
    "settle",
]
