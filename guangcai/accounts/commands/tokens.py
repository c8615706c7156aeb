"""Keys for programs: shown once, kept as a hash, revoked with one tap."""

from datetime import date, datetime

from django.db import transaction
from django.utils.crypto import get_random_string

from guangcai.accounts import rules
from guangcai.accounts.models import ApiToken, User
from guangcai.accounts.queries import hash_of_token
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope


@transaction.atomic
def add_token(*, user: User, label: str, by: Actor, now: datetime) -> tuple[ApiToken, str]:
    """Make a key for `user`; returns the row and the key itself, which nobody can read again.

    Only for oneself. Raises RuleBroken(field="label").
    """
    if by.user_id != user.pk:
        raise Forbidden()
    User.objects.select_for_update().get(pk=user.pk)
    label = rules.check_token_label(label, tokens_in_force=user.api_tokens.in_force().count())
    secret = rules.TOKEN_PREFIX + get_random_string(43)
    token = ApiToken.objects.create(
        user=user, label=label, token_hash=hash_of_token(secret), created_at=now, created_by=by.user_id
    )
    audit.record(Tag.TOKEN_ADD, by=by, on=token, now=now)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, now: datetime) -> ApiToken:
    """The key stops working at once. Twice is harmless. Raises OutOfScope for somebody else's."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if by.user_id != token.user_id:
        raise OutOfScope()
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = now, by.user_id
        token.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(Tag.TOKEN_REVOKE, by=by, on=token, now=now)
    return token


def note_use(*, token: ApiToken, on: date) -> None:
    """Remember the day a key last wrote something: one write a day, no audit line. Reading is not noted."""
    if not token.was_used(on):
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=on)
