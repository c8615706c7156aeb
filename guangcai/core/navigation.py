"""Where the menus come from: the portal knows the screens, core draws them and may not import the portal.

The portal calls `provide` once at start. Until then every page has an empty menu and works.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from guangcai.core.actor import Actor

PHONE_ITEMS = 5


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu. `phone` entries fill the bottom bar, five at most; `count` is what waits there."""

    label: str
    url: str
    icon: str
    current: bool = False
    group: str = ""
    phone: bool = True
    count: int = 0


@dataclass(frozen=True)
class Provider:
    items: Callable[[Actor], Iterable[NavItem]]
    place: Callable[[Actor], str]
    search_url: Callable[[Actor], str]


_provider = Provider(items=lambda actor: (), place=lambda actor: "", search_url=lambda actor: "")


def provide(
    *,
    items: Callable[[Actor], Iterable[NavItem]],
    place: Callable[[Actor], str],
    search_url: Callable[[Actor], str],
) -> None:
    """Name the functions that answer "what is on the menu", "where am I" and "where does the search box lead"."""
    global _provider
    _provider = Provider(items=items, place=place, search_url=search_url)


def menu(actor: Actor, path: str) -> tuple[NavItem, ...]:
    """The actor's menu with the entry marked whose address is the longest beginning of `path`."""
    items = tuple(_provider.items(actor))
    here = max((item.url for item in items if path.startswith(item.url)), key=len, default=None)
    return tuple(replace(item, current=item.url == here) for item in items)


def phone_menu(items: tuple[NavItem, ...]) -> tuple[NavItem, ...]:
    """The bottom bar: a thumb reaches five."""
    return tuple(item for item in items if item.phone)[:PHONE_ITEMS]


def place(actor: Actor) -> str:
    """The name in the header: the community, street or unit somebody works for."""
    return _provider.place(actor)


def search_url(actor: Actor) -> str:
    """Where the header's search box leads; empty for those who may search nobody."""
    return _provider.search_url(actor)
