"""What rooms above know of a place: lines on its page. Orgs never import them.

place_facts.provide(lambda node, actor, on: [PlaceFact("Who leads", "...", "/zones/...")])
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from guangcai.core.actor import Actor
from guangcai.orgs.models import Node


@dataclass(frozen=True)
class PlaceFact:
    """A name, what stands beside it, and the page where more is found."""

    label: str
    text: str
    url: str


Provider = Callable[[Node, Actor, date], Iterable[PlaceFact]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Have `provider` asked for its lines about a place, as far as the actor may see them; each provider once."""
    if provider not in _providers:
        _providers.append(provider)


def facts(node: Node, actor: Actor, *, on: date) -> list[PlaceFact]:
    return [fact for provider in _providers for fact in provider(node, actor, on)]
