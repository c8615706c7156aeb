"""The preferences every visitor has, the pages of refusal, and the gallery of components (trial only)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from guangcai.core.middleware import ELDER_COOKIE

TEXT_COOKIE = "text_size"
# Pixels of body text: the elder view starts at 18 and is scalable to 30.
TEXT_SIZES = (18, 22, 26, 30)
A_YEAR = 365 * 24 * 3600


def text_size(request: HttpRequest) -> int:
    """The size kept in the cookie, or the elder view's first one for anything else."""
    kept = request.COOKIES.get(TEXT_COOKIE, "")
    return int(kept) if kept.isascii() and kept.isdigit() and int(kept) in TEXT_SIZES else TEXT_SIZES[0]


def _back(request: HttpRequest) -> str:
    """The page the form stood on, if it is one of ours; else the start page."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember the elder view (`elder` = 1 or 0) and its text size (`text_size`), then go back."""
    response = HttpResponseRedirect(_back(request))
    keep: dict[str, Any] = {"max_age": A_YEAR, "samesite": "Lax", "secure": request.is_secure(), "httponly": True}
    if request.POST.get("elder") in ("0", "1"):
        response.set_cookie(ELDER_COOKIE, request.POST["elder"], **keep)
    size = request.POST.get("text_size", "")
    if size in map(str, TEXT_SIZES):
        response.set_cookie(TEXT_COOKIE, size, **keep)
        response.set_cookie(ELDER_COOKIE, "1", **keep)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that stood open too long or came from elsewhere. `reason` is Django's English, not for people."""
    return render(request, "403.html", {"form_expired": True}, status=403)


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "core/privacy.html")


@require_GET
def gallery(request: HttpRequest, part: str = "") -> HttpResponse:
    """Every component with believable content: what screens are built from, and what the browser tests look at."""
    from guangcai.core import gallery as shown  # lazy-cost: its content is needed nowhere else

    if part == "panel":
        return render(request, "core/gallery_panel.html")
    if part == "job":
        return render(request, "components/job.html", {"job": shown.job(request.GET.get("step", "1"))})
    return render(request, "core/gallery.html", shown.context(request), status=422 if part == "refused" else 200)
