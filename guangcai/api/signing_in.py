"""Who asks: the key of a program (accounts.middleware has read it), or the session of a browser with its CSRF token."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from guangcai.core.errors import Forbidden


class Key(AuthBase):
    """`Authorization: Bearer gc_...`: made and revoked on the account page."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Any:
        return getattr(request, "api_token", None)


class Session(AuthBase):
    """The cookie of somebody signed in. Writing also needs the header X-CSRFToken."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise Forbidden(_("The header X-CSRFToken is missing or stale."), code="csrf")
        return request.user
