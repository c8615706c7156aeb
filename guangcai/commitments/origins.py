"""What may grow out of a fact of another room, and what has: rooms side by side meet by an address and an id.

The room that keeps the fact says which ids there are; the rooms that take it on say where that is done and what became
of it. Each registers once at start (AppConfig.ready):

    origins.keep("visit_need", VisitNeed.objects.known_to)
    origins.take("visit_need", Taker(...))
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope, Text
from guangcai.core.http import ActorRequest, key_or_none
from guangcai.core.permissions import Permission


@dataclass(frozen=True)
class Outgrowth:
    """What became of a fact: its id, what it is called, and its page."""

    origin: UUID
    words: str
    url: str


@dataclass(frozen=True)
class Taker:
    """A room that takes facts of a kind on: the button's words, the name of its page, the right one needs there.

    taken: which of some facts it has taken on, as far as the actor may see it, in one statement.
    """

    words: Text
    page: str
    permission: Permission
    taken: Callable[[Collection[UUID], Actor], Iterable[Outgrowth]]


@dataclass(frozen=True)
class Offer:
    """A button: words and address."""

    words: Text
    url: str


Knows = Callable[[UUID, Actor], bool]
_keepers: dict[str, Knows] = {}
_takers: dict[str, list[Taker]] = defaultdict(list)


def keep(kind: str, knows: Knows) -> None:
    """Register who says whether there is such a fact and the actor may see it."""
    _keepers[kind] = knows


def take(kind: str, taker: Taker) -> None:
    """Register a room that takes facts of this kind on; each page once."""
    if taker.page not in [one.page for one in _takers[kind]]:
        _takers[kind].append(taker)


def offers(kind: str, origin: UUID, *, path: str, community: str, actor: Actor) -> list[Offer]:
    """Where the actor could take it on, in the order of the rooms. No statement."""
    query = urlencode({"community": community, "from_kind": kind, "from_id": origin})
    able = [one for one in _takers[kind] if actor.can(one.permission, path)]
    return [Offer(one.words, f"{reverse(one.page)}?{query}") for one in able]


def taken(kind: str, origins: Collection[UUID], actor: Actor) -> dict[UUID, list[Outgrowth]]:
    """What became of each of them: one statement a room."""
    found: dict[UUID, list[Outgrowth]] = defaultdict(list)
    for taker in _takers[kind]:
        for one in taker.taken(origins, actor):
            found[one.origin].append(one)
    return dict(found)


def asked_for(request: ActorRequest, *, page: str) -> tuple[str, UUID | None]:
    """The fact that the address of an intake names, ("", None) for none. Raises OutOfScope for one that is not there,
    is not the actor's to see, or cannot be taken on here."""
    kind, text = request.GET.get("from_kind", ""), request.GET.get("from_id", "")
    if not kind and not text:
        return "", None
    key = key_or_none(text)
    is_taken_here = page in [one.page for one in _takers.get(kind, [])]
    if key is None or not is_taken_here or kind not in _keepers or not _keepers[kind](key, request.actor):
        raise OutOfScope()
    return kind, key
