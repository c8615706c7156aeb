"""What allauth asks this house: who has which phone, how a code reaches it, how often somebody may try."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from guangcai.accounts import commands, rules, sms
from guangcai.accounts.fields import PhoneField
from guangcai.accounts.models import User
from guangcai.accounts.rules import Limit, Refusal
from guangcai.core.actor import Actor


class AccountAdapter(DefaultAccountAdapter):
    """Phones instead of names and mail addresses, no sign-up, limits that a launch morning survives."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "phone_password_mismatch": _("Phone number or password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("The current password is wrong."),
        "incorrect_code": _("The code is wrong or no longer valid."),
        "too_many_login_attempts": _("Too many tries. Wait 15 minutes, or sign in the other way."),
        "too_many_codes": _("A code was sent a moment ago. Wait a minute before asking for another one."),
        "rate_limited": _("Too many tries. Wait a moment and try again."),
    }

    # --- phones ---

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Open accounts only: a closed one is answered like a phone nobody has."""
        return User.objects.active().with_phone(phone).first()

    def get_phone(self, user: User) -> tuple[str, bool]:
        return user.phone, True

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        raise PermissionDenied("Phones are set by accounts.commands.")

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Nothing: a phone is in the directory because somebody responsible put it there."""

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        sms.send_code(phone, code=code, text=_code_text(code))

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """The same work as for a known phone, and nobody's phone rings."""
        code = self.generate_login_code()
        sms.send_code("", code=code, text=_code_text(code))

    # --- who gets in ---

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count this try against the phone and the address; a good password gives both back."""
        self._taken = [
            (rules.PASSWORD_TRIES_OF_PHONE, credentials.get("phone", "")),
            (rules.PASSWORD_FAILURES_OF_ADDRESS, self.get_client_ip(request)),
        ]
        if not self.take_all(self._taken):
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        for limit, subject in self._taken:
            commands.give_back(limit, subject)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        user = self.get_user_by_phone(credentials.get("phone", ""))
        commands.record_refusal(user=user, reason=Refusal.PASSWORD, by=Actor(), now=timezone.now())

    def take_all(self, taken: list[tuple[Limit, str]]) -> bool:
        """Count one try against each limit; False when one of them is used up. The first refusal is written down."""
        now = timezone.now()
        counts = [(limit, commands.take(limit, subject, now=now)) for limit, subject in taken]
        if any(count == limit.most + 1 for limit, count in counts):
            commands.record_refusal(user=None, reason=Refusal.LIMIT, by=Actor(), now=now)
        return all(count <= limit.most for limit, count in counts)

    # --- what a signed-in person changes ---

    def set_password(self, user: User, password: str) -> None:
        keep = self.request.session.session_key or ""
        by, now = Actor(user_id=user.pk, member_id=user.member_id), timezone.now()
        changed = commands.set_password(user=user, password=password, by=by, now=now, keep_session=keep)
        user.password = changed.password

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:account")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within ten minutes of signing in: nobody is asked twice for what he has just typed."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > app_settings.REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """allauth's ways, in the words of this house."""
        words = {
            "reauthenticate": _("With the password"),
            "mfa_reauthenticate": _("With a code from the app"),
            "mfa_reauthenticate:webauthn": _("With fingerprint, face or screen lock"),
        }
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": words.get(way["id"], way["description"])} for way in ways]


def _code_text(code: str) -> str:
    minutes = app_settings.LOGIN_BY_CODE_TIMEOUT // 60
    return gettext("Guangcai: your sign-in code is %(code)s, valid for %(minutes)d minutes. Tell it to nobody.") % {
        "code": code,
        "minutes": minutes,
    }


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of the second factor leave this process sealed; names are ones a person recognises."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong or no longer valid."),
    }

    def encrypt(self, text: str) -> str:
        return commands.sealed_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return commands.opened_secret(encrypted_text)

    def get_totp_issuer(self) -> str:
        return pgettext("product", "Guangcai")

    def _get_site_name(self) -> str:
        return pgettext("product", "Guangcai")

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """The device in hand: "Chrome · Windows"."""
        from allauth.core import context  # request-bound: the adapter has none of its own

        return rules.device_name(context.request.headers.get("User-Agent", ""))
