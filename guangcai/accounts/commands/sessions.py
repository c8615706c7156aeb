"""Signing in and out: the sessions themselves are Django's, these end them and write the audit lines."""

from datetime import datetime
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction

from guangcai.accounts.models import User
from guangcai.accounts.rules import Refusal
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden

# Nobody uses more; a list without an end would slow every sign-in.
MOST_DEVICES = 50


@transaction.atomic
def record_sign_in(*, user: User, method: str, by: Actor, now: datetime) -> None:
    """Write that `user` came in, and how: password, code, passkey, with or without a second factor.

    The oldest devices beyond MOST_DEVICES are signed out.
    """
    audit.record(Tag.SIGN_IN, by=by, on=user, now=now, method=method)
    oldest = UserSession.objects.filter(user=user).order_by("-created_at").values_list("pk", flat=True)[MOST_DEVICES:]
    for row in oldest:
        drop_sessions(user, only=row)


def record_refusal(*, user: User | None, reason: Refusal, by: Actor, now: datetime) -> None:
    """Write that somebody did not come in. An unknown phone leaves a line too, without saying which."""
    audit.record(Tag.SIGN_IN_REFUSED, by=by, on=user, now=now, reason=reason.value)


def record_sign_out(*, user: User, by: Actor, now: datetime) -> None:
    audit.record(Tag.SIGN_OUT, by=by, on=user, now=now)


@transaction.atomic
def record_factor(*, user: User, kind: str, is_added: bool, keep: str, by: Actor, now: datetime) -> None:
    """Write that a second factor came or went. A new one ends every session that came in without it.

    `keep` is the key of the session in which it was set up.
    """
    if not is_added:
        audit.record(Tag.SECOND_FACTOR_END, by=by, on=user, now=now, kind=kind)
        return
    ended = drop_sessions(user, keep=keep)
    audit.record(Tag.SECOND_FACTOR_ADD, by=by, on=user, now=now, kind=kind, ended_sessions=ended)


@transaction.atomic
def end_sessions(*, user: User, by: Actor, now: datetime, only: int | None = None, keep: str = "") -> int:
    """End the session with the row id `only`, or all of `user` but the one whose key is `keep`; returns how many."""
    if by.user_id != user.pk:
        raise Forbidden()
    ended = drop_sessions(user, only=only, keep=keep)
    if ended:
        audit.record(Tag.SIGN_OUT, by=by, on=user, now=now, others=ended)
    return ended


def drop_sessions(user: User, *, only: int | None = None, keep: str = "") -> int:
    """Delete the session rows, with no question asked and no line written: for the commands of this room."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep)
    if only is not None:
        rows = rows.filter(pk=only)
    keys = list(rows.values_list("session_key", flat=True))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store.get_model_class().objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)
