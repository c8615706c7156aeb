"""Puts the actor on every request, and leads on from communities that were merged away."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.orgs.merged import LeadsOn
from guangcai.orgs.queries import actor_of


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`request.actor`: made from the grants in force when first asked for, anonymous when signed out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if not user.is_authenticated:
        return Actor()
    # Somebody who signs in with this very request, or with a key, was not found by orgs.sign_in.
    found: Actor | None = getattr(user, "actor", None)
    if found is not None:
        return found
    return actor_of(user_id=user.pk, member_id=user.member_id, on=localdate())


class MergedCommunities:
    """A page that finds its community merged away answers with the same page of the community it became.

    302, not 301: browsers would keep a way for ever that a district may still put right. A form sent there goes along.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, LeadsOn) or request.resolver_match is None:
            return None
        match = request.resolver_match
        named = {key: exception.new if value == exception.old else value for key, value in match.kwargs.items()}
        query = request.META.get("QUERY_STRING", "")
        address = reverse(match.view_name, kwargs=named) + (f"?{query}" if query else "")
        return HttpResponseRedirect(address, preserve_request=request.method not in ("GET", "HEAD"))
