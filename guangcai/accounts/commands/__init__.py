"""Everything that changes an account. One function per verb; web, API, import and shell call the same ones."""

from guangcai.accounts.commands.factors import opened_secret, reseal_factors, sealed_secret
from guangcai.accounts.commands.kiosks import end_kiosk, start_kiosk
from guangcai.accounts.commands.limits import give_back, sweep, take
from guangcai.accounts.commands.sessions import (
    end_sessions,
    record_factor,
    record_refusal,
    record_sign_in,
    record_sign_out,
)
from guangcai.accounts.commands.telling import tell_members
from guangcai.accounts.commands.tokens import add_token, note_use, revoke_token
from guangcai.accounts.commands.users import add_user, close_user, link_member, rename_user, set_password

__all__ = [
    "add_token",
    "add_user",
    "close_user",
    "end_kiosk",
    "end_sessions",
    "give_back",
    "link_member",
    "note_use",
    "opened_secret",
    "record_factor",
    "record_refusal",
    "record_sign_in",
    "record_sign_out",
    "rename_user",
    "reseal_factors",
    "revoke_token",
    "sealed_secret",
    "set_password",
    "start_kiosk",
    "sweep",
    "take",
    "tell_members",
]
