"""What happens around every view: preferences in, refusals out, and a GET that cannot write."""

import re
from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.cache import caches
from django.db import DataError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from guangcai.core.errors import DomainError, RuleBroken
from guangcai.core.once import REUSED

Answer = Callable[[HttpRequest], HttpResponse]
ELDER_COOKIE = "elder"
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE|TRUNCATE)\b", re.IGNORECASE)

# SQLSTATE of texts too long, numbers and days out of range, a NUL inside JSON; psycopg refuses other NULs without one.
UNKEEPABLE = {None, "22001", "22003", "22008", "22P05"}


def preferences(get_response: Answer) -> Answer:
    """`request.elder_view` from its cookie: one tap on any page, remembered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.elder_view = request.COOKIES.get(ELDER_COOKIE) == "1"  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def content_policy(get_response: Answer) -> Answer:
    """The Content-Security-Policy of settings on every page. It is the same for all, so it is put together once."""
    policy = build_policy()

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(HEADER, policy)
        return response

    return middleware


class WriteDuringRead(RuntimeError):
    """A GET tried to change the database: a fault of ours, never of the user."""


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    # The cache table holds rate limits, not facts.
    if WRITES.match(sql) and caches["default"]._table not in sql:  # type: ignore[attr-defined]
        raise WriteDuringRead(sql.split("(")[0])
    return execute(sql, params, many, context)


def read_only_get(get_response: Answer) -> Answer:
    """A GET or HEAD that writes raises, so that it cannot be written by mistake."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or request.path.startswith(settings.READ_GUARD_EXEMPT):
            return get_response(request)
        with connection.execute_wrapper(_refuse_writes):
            return get_response(request)

    return middleware


class SignInFirst:
    """Every address asks for a sign-in, but those in settings.PUBLIC_ADDRESSES: forgetting one closes a door."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_public = name in settings.PUBLIC_ADDRESSES or name.startswith(settings.PUBLIC_PREFIXES)
        if is_public or request.user.is_authenticated:
            return None
        return redirect_to_login(request.get_full_path())


def _cannot_be_kept(error: DataError) -> bool:
    """Whether the database refused a value that was sent in: too long, a NUL, a number or a day out of range."""
    return getattr(error.__cause__, "sqlstate", None) in UNKEEPABLE


def _was_a_form(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a page was asked for where only a form is sent to."""
    is_page = request.method == "GET" and not request.path.startswith(settings.GUANGCAI_TOKEN_PATHS)
    return is_page and isinstance(response, HttpResponseNotAllowed) and not response.content


def _form_page(request: HttpRequest) -> str:
    """The page the form stood on, as the browser tells, if it is one of ours."""
    told = request.headers.get("Referer", "")
    hosts, is_secure = {request.get_host()}, request.is_secure()
    return told if url_has_allowed_host_and_scheme(told, allowed_hosts=hosts, require_https=is_secure) else ""


class DomainErrors:
    """Turns a refusal into a page that names the reason and the next step."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _was_a_form(request, response):
            # A phone opens again the address its last form was sent to.
            context = {"language": translation.get_language()}
            page = render(request, "405.html", context, status=response.status_code)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError) and _cannot_be_kept(exception):
            exception = RuleBroken(_("Something in it cannot be kept: a text too long, or an odd character."))
        if not isinstance(exception, DomainError):
            return None
        context = {"message": str(exception.message), "code": exception.code, "language": translation.get_language()}
        if exception.code == REUSED:
            # Going back shows the form that was sent; the same page loaded anew has an id of its own.
            context |= {"next_url": _form_page(request), "next_text": _("Open the form anew")}
        return render(request, f"{exception.status}.html", context, status=exception.status)
