"""How a view answers: one partial to htmx, the whole page or a redirect to a browser."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from guangcai.core.actor import Actor


class ActorRequest(HttpRequest):
    """A request after orgs.middleware.actor: views name this type to say that they read `request.actor`."""

    actor: Actor


def respond(
    request: HttpRequest, template: str, context: dict[str, Any], *, to: Any = None, status: int = 200
) -> HttpResponse:
    """Answer htmx with one partial ("page.html#part"), a browser with the whole page, or a redirect to `to`."""
    page, _, _ = template.partition("#")
    partial = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    if to is not None and not partial:
        return redirect(to)
    response = render(request, template if partial else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
