"""The second factor: an app on the phone, passkeys, recovery codes; and the page that asks for one."""

import json
from typing import Any

from allauth.mfa.base import views as factor_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as app_views
from allauth.mfa.webauthn import views as passkey_views
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from guangcai.accounts import queries
from guangcai.accounts.views.frame import InFrame, is_limited


class _WithPasskey(InFrame):
    """Passkey pages carry the browser's options in an attribute: the policy allows no inline script."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        options = context.pop("js_data", {})
        chosen = options.get("creation_options") or options.get("request_options") or {}
        context["passkey_options"] = json.dumps(chosen, cls=DjangoJSONEncoder)
        return context


@require_GET
@login_required
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """What protects the account, and where to change it."""
    passkeys = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN).order_by("created_at")
    context = {
        "protection": queries.protection_of(request.user),
        "passkeys": [(row, row.wrap().name) for row in passkeys],
        "host_is_number": request.get_host().partition(":")[0].replace(".", "").isdigit(),
    }
    return render(request, "mfa/index.html", context)


@require_GET
@login_required
@never_cache
def needed(request: HttpRequest) -> HttpResponse:
    """Why nothing else opens, and the two ways to go on."""
    if not queries.lacks_second_factor(request.user.pk):
        return HttpResponseRedirect("/")
    return render(request, "accounts/second_factor_needed.html")


class Authenticate(_WithPasskey, factor_views.AuthenticateView):
    """The second step of signing in."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = factor_views.AuthenticateView.form_invalid(self, form)
        response.status_code = 429 if is_limited(form) else 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        protection = queries.protection_of(self.stage.login.user)
        return {**context, "protection": protection}


class Reauthenticate(InFrame, factor_views.ReauthenticateView):
    pass


class ActivateApp(InFrame, app_views.ActivateTOTPView):
    pass


class RemoveApp(InFrame, app_views.DeactivateTOTPView):
    pass


class RecoveryCodes(InFrame, recovery_views.ViewRecoveryCodesView):
    pass


class NewRecoveryCodes(InFrame, recovery_views.GenerateRecoveryCodesView):
    pass


class AddPasskey(_WithPasskey, passkey_views.AddWebAuthnView):
    pass


class RenamePasskey(InFrame, passkey_views.EditWebAuthnView):
    pass


class RemovePasskey(InFrame, passkey_views.RemoveWebAuthnView):
    pass


class ReauthenticatePasskey(_WithPasskey, passkey_views.ReauthenticateWebAuthnView):
    pass


class SignInPasskey(InFrame, passkey_views.LoginWebAuthnView):
    pass
