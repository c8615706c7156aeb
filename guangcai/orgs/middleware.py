"""Puts the actor on every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
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
