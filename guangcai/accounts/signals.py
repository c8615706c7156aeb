"""allauth and Django say that somebody came in, stayed out or left: this writes it down (ids only)."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from guangcai.accounts import commands
from guangcai.accounts.models import User
from guangcai.accounts.rules import Refusal
from guangcai.core.actor import Actor


def _actor(user: User) -> Actor:
    return Actor(user_id=user.pk, member_id=user.member_id)


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    methods = [
        record.get("type") if record["method"] == "mfa" else record["method"]
        for record in get_authentication_records(request, user)
    ]
    commands.record_sign_in(user=user, method="+".join(methods), by=_actor(user), now=timezone.now())


@receiver(user_logged_out, dispatch_uid="accounts.signed_out")
def signed_out(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        commands.record_sign_out(user=user, by=_actor(user), now=timezone.now())


@receiver(authentication_failed, dispatch_uid="accounts.factor_refused")
def factor_refused(user: User, **kwargs: Any) -> None:
    commands.record_refusal(user=user, reason=Refusal.SECOND_FACTOR, by=Actor(), now=timezone.now())


@receiver([authenticator_added, authenticator_reset], dispatch_uid="accounts.factor_added")
def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """A rise in protection: devices that came in without the new factor come in again."""
    kind, keep = authenticator.type, request.session.session_key or ""
    commands.record_factor(user=user, kind=kind, is_added=True, keep=keep, by=_actor(user), now=timezone.now())


@receiver(authenticator_removed, dispatch_uid="accounts.factor_removed")
def factor_removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    now = timezone.now()
    commands.record_factor(user=user, kind=authenticator.type, is_added=False, keep="", by=_actor(user), now=now)
