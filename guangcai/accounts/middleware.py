"""What stands between a request and the rooms: keys of programs, kiosks, the second factor, no copies left behind."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from guangcai.accounts import commands, kiosk, queries

Answer = Callable[[HttpRequest], HttpResponse]
BEARER = "Bearer "
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def api_token(get_response: Answer) -> Answer:
    """`Authorization: Bearer gc_...` makes the request the key's user, on the API's addresses only.

    Such a request carries no cookie of a browser, so nobody else's page can send it: no CSRF token is asked.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.api_token = None  # type: ignore[attr-defined]
        shown = request.headers.get("Authorization", "")
        if not shown.startswith(BEARER) or not request.path.startswith(settings.GUANGCAI_TOKEN_PATHS):
            return get_response(request)
        token = queries.token_in_force(shown.removeprefix(BEARER).strip())
        if token is None:
            refusal = {"code": "token_unknown", "message": _("This key is unknown or was revoked."), "field": None}
            return JsonResponse(refusal, status=401, headers={"WWW-Authenticate": "Bearer"})
        if request.method not in READING:
            commands.note_use(token=token, on=timezone.localdate())
        request.user, request.api_token = token.user, token  # type: ignore[attr-defined]
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def keep_no_copies(get_response: Answer) -> Answer:
    """Pages of somebody signed in are not stored: after signing out, the back button shows nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


class KioskOnly:
    """`request.kiosk`: the kiosk a device is, or None. A kiosk opens its own pages and nothing else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        shows_cookie = kiosk.COOKIE in request.COOKIES
        request.kiosk = kiosk.read_cookie(request, timezone.now()) if shows_cookie else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if shows_cookie and request.kiosk is None and kiosk.COOKIE not in response.cookies:  # type: ignore[attr-defined]
            kiosk.take_from_device(response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if kiosk.of(request) is None or getattr(view, "is_kiosk_page", False) or _belongs_to_frame(request):
            return None
        return HttpResponseRedirect(reverse("accounts:kiosk"))


class SecondFactor:
    """Whose role needs a second factor sets one up before anything else. Waived in a demo."""

    OPEN = frozenset({"account_logout", "account_reauthenticate", "account_change_password", "account_set_password"})

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.roles = frozenset(import_string(settings.GUANGCAI_SECOND_FACTOR_ROLES))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or self._is_open(request):
            return None
        if self.roles.isdisjoint(request.actor.roles) or not queries.lacks_second_factor(request.user.pk):  # type: ignore[attr-defined]
            return None
        where = reverse("accounts:second_factor_needed")
        if "HX-Request" in request.headers:
            return HttpResponse(status=204, headers={"HX-Redirect": where})
        if request.path.startswith(settings.GUANGCAI_TOKEN_PATHS):
            words = _("Your role needs a second factor. Set one up on the website first.")
            return JsonResponse({"code": "second_factor_needed", "message": words, "field": None}, status=403)
        return HttpResponseRedirect(where)

    def _is_open(self, request: HttpRequest) -> bool:
        match = request.resolver_match
        name = match.url_name or "" if match else ""
        if match and match.namespaces == ["accounts"]:
            return name == "second_factor_needed"
        return name in self.OPEN or name.startswith("mfa_") or _belongs_to_frame(request)


def _belongs_to_frame(request: HttpRequest) -> bool:
    """Language, large print, privacy notice: what every page offers to everybody."""
    return bool(request.resolver_match and request.resolver_match.namespaces == ["core"])
