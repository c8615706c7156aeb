"""Coming in: password, code from a message; going out; the password itself."""

import time
from typing import Any
from uuid import uuid4

from allauth.account import views as account_views
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guangcai.accounts import commands, queries, rules
from guangcai.accounts.adapter import AccountAdapter
from guangcai.accounts.forms import stay_seconds
from guangcai.accounts.models import User
from guangcai.accounts.rules import Refusal
from guangcai.accounts.views.frame import InFrame
from guangcai.core.actor import Actor
from guangcai.core.screens import Tab

# A code is good for a new password for a quarter of an hour.
CODE_PROVES_SECONDS = 900


class _Doors(InFrame):
    """The two ways in, as tabs that keep the page somebody wants to reach."""

    door = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        ways = (("account_login", _("With password")), ("account_request_login_code", _("With a code by SMS")))
        keep = self.passthrough_next_url  # type: ignore[attr-defined]
        context["doors"] = [Tab(label, keep(reverse(name)), name == self.door) for name, label in ways]
        context["passkey_url"] = keep(reverse("mfa_login_webauthn"))
        return context


class SignIn(_Doors, account_views.LoginView):
    door = "account_login"


class RequestCode(_Doors, account_views.RequestLoginCodeView):
    door = "account_request_login_code"

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session.set_expiry(stay_seconds(form.cleaned_data["remember"]))
        return super().form_valid(form)


class ConfirmCode(InFrame, account_views.ConfirmLoginCodeView):
    """The page looks and works the same whether or not the phone has an account."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        stage = getattr(request, "_login_stage", None)
        if stage is not None and stage.login.user is None:
            # The read that a known phone costs.
            User.objects.filter(pk=uuid4()).first()
        return response

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        adapter, phone = AccountAdapter(), self._process.state["phone"]
        if adapter.take_all([(rules.CODES_OF_PHONE_PER_HOUR, phone), (rules.CODES_OF_PHONE_PER_MINUTE, phone)]):
            return super()._resend_form_valid(form)
        messages.warning(self.request, adapter.error_messages["too_many_codes"])
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def form_invalid(self, form: Any) -> HttpResponse:
        user = self._process.user
        commands.record_refusal(user=user, reason=Refusal.CODE, by=Actor(), now=timezone.now())
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["minutes"] = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        context["is_printed"] = settings.GUANGCAI_SMS_BACKEND == "console" and queries.is_demo()
        return context


class SignOut(InFrame, account_views.LogoutView):
    pass


class PasswordAgain(InFrame, account_views.ReauthenticateView):
    pass


class ChangePassword(InFrame, account_views.PasswordChangeView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "came_by_code": came_by_code(self.request)}


class SetPassword(InFrame, account_views.PasswordSetView):
    pass


class Closed(InFrame, account_views.AccountInactiveView):
    pass


def came_by_code(request: HttpRequest) -> bool:
    """Whether this session showed a code from the phone a moment ago: enough for a new password."""
    records = get_authentication_records(request, request.user)
    return any(r["method"] == "code" and time.time() - r["at"] < CODE_PROVES_SECONDS for r in records)
