"""What a member shows of himself on his plate (A54): one line for each thing he serves as, told by every room.

Rooms hand in a function once at start (AppConfig.ready). A line names a role and a place, and nobody else:

    shown.provide(lambda member_id: ["..."])
"""

from collections.abc import Callable, Iterable
from uuid import UUID

Provider = Callable[[UUID], Iterable[str]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Have `provider` asked for the lines of a member; each provider once."""
    if provider not in _providers:
        _providers.append(provider)


def lines(member_id: UUID) -> list[str]:
    """What all rooms tell, in the order in which they stand, each line once."""
    return list(dict.fromkeys(line for provider in _providers for line in provider(member_id)))
