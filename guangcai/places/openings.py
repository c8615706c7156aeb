"""What rooms above open at a service point: lines on its public page. Places never import them.

Rooms hand in a function once at start: openings.provide(lambda point, now: [Opening("...", "...", "/studios/...")])
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from guangcai.places.models import ServicePoint


@dataclass(frozen=True)
class Opening:
    """Something that opens here: its name, when in words, its page."""

    name: str
    when: str
    url: str


Provider = Callable[[ServicePoint, datetime], Iterable[Opening]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    if provider not in _providers:
        _providers.append(provider)


def of_point(point: ServicePoint, *, now: datetime) -> list[Opening]:
    """What all rooms open there; a fixed number of statements a room."""
    return [line for provider in _providers for line in provider(point, now)]
