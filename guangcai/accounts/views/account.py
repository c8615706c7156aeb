"""The own account: what it is, on which devices it is signed in, which programs act with it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcai.accounts import commands, kiosk, queries
from guangcai.accounts.forms import TokenForm
from guangcai.accounts.models import ApiToken
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted


@require_GET
@login_required
@never_cache
def account(request: ActorRequest) -> HttpResponse:
    context = {
        "person": request.user,
        "protection": queries.protection_of(request.user),
        "sessions": len(queries.sessions_of(request.user, request=request)),
        "tokens": len(queries.tokens_of(request.user)),
        "may_start_kiosk": bool(kiosk.places(request.actor)),
        "is_demo": queries.is_demo(),
    }
    return render(request, "accounts/account.html", context)


@require_GET
@login_required
@never_cache
def sessions(request: ActorRequest) -> HttpResponse:
    return render(request, "accounts/sessions.html", {"rows": queries.sessions_of(request.user, request=request)})


@require_POST
@login_required
def other_sessions_end(request: ActorRequest) -> HttpResponse:
    ended = commands.end_sessions(
        user=request.user, by=request.actor, now=timezone.now(), keep=request.session.session_key or ""
    )
    text = ngettext("Signed out on %(count)d other device.", "Signed out on %(count)d other devices.", ended)
    messages.success(request, text % {"count": ended})
    return redirect("accounts:sessions")


@require_POST
@login_required
def session_end(request: ActorRequest, row_id: int) -> HttpResponse:
    keep = request.session.session_key or ""
    commands.end_sessions(user=request.user, by=request.actor, now=timezone.now(), only=row_id, keep=keep)
    messages.success(request, _("That device is signed out."))
    return redirect("accounts:sessions")


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def tokens(request: ActorRequest) -> HttpResponse:
    form = TokenForm(posted(request))
    secret, status = "", 200
    if request.method == "POST":
        secret = _new_secret(request, form)
        form, status = (TokenForm(), 200) if secret else (form, 422)
    context = {"rows": queries.tokens_of(request.user), "form": form, "secret": secret}
    return render(request, "accounts/tokens.html", context, status=status)


def _new_secret(request: ActorRequest, form: TokenForm) -> str:
    """A new key, or nothing with the reason in the form."""
    if not form.is_valid():
        return ""
    label = form.cleaned_data["label"]
    try:
        _row, secret = commands.add_token(user=request.user, label=label, by=request.actor, now=timezone.now())
    except RuleBroken as refusal:
        form.add_error(refusal.field, str(refusal))
        return ""
    return secret


@require_POST
@login_required
def token_revoke(request: ActorRequest, token_id: UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=token_id, user=request.user)
    commands.revoke_token(token=token, by=request.actor, now=timezone.now())
    messages.success(request, _("The key no longer works."))
    return redirect("accounts:tokens")
