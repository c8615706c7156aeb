"""One timeline per person, told by every room that knows something of him.

Upper rooms hand in a function once at start (AppConfig.ready); members never import them:

    timeline.provide(lambda member, actor: [TimelineItem(...), ...])
"""

from collections.abc import Callable, Iterable

from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.members.models import Member

Provider = Callable[[Member, Actor], Iterable[TimelineItem]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Have `provider` asked for its items of a member, as far as the actor may see them; each provider once."""
    if provider not in _providers:
        _providers.append(provider)


def items(member: Member, actor: Actor) -> list[TimelineItem]:
    """What all providers tell, newest first."""
    told = [item for provider in _providers for item in provider(member, actor)]
    return sorted(told, key=lambda item: item.at, reverse=True)
