"""What every page's frame needs, as one lazy object: fragments that draw no frame pay nothing."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from guangcai.core import navigation
from guangcai.core.actor import Actor
from guangcai.core.views import TEXT_SIZES, text_size


def _url(*names: str) -> str:
    """The first of `names` that this installation serves, else nothing: the frame outlives missing rooms."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


class Site:
    """Header, menus and footer of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.path = request.get_full_path()

    @cached_property
    def actor(self) -> Actor:
        return getattr(self.request, "actor", None) or Actor()

    @property
    def is_signed_in(self) -> bool:
        return self.actor.is_signed_in

    @property
    def is_elder_view(self) -> bool:
        return bool(getattr(self.request, "elder_view", False))

    @property
    def text_size(self) -> int:
        return text_size(self.request)

    @property
    def text_sizes(self) -> tuple[int, ...]:
        return TEXT_SIZES

    @property
    def is_demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def language(self) -> str:
        return translation.get_language() or settings.LANGUAGE_CODE

    @property
    def other_languages(self) -> list[tuple[str, str]]:
        """Languages to change to, each under its own name."""
        others = (code for code, _ in settings.LANGUAGES if code != self.language)
        return [(code, translation.get_language_info(code)["name_local"]) for code in others]

    @cached_property
    def menu(self) -> tuple[navigation.NavItem, ...]:
        return navigation.menu(self.actor, self.request.path)

    @property
    def phone_menu(self) -> tuple[navigation.NavItem, ...]:
        return navigation.phone_menu(self.menu)

    @cached_property
    def place(self) -> str:
        return navigation.place(self.actor)

    @cached_property
    def search_url(self) -> str:
        return navigation.search_url(self.actor)

    home_url = property(lambda self: _url("portal:home") or "/")
    account_url = property(lambda self: _url("accounts:account", "accounts:home"))
    sign_in_url = property(lambda self: _url("account_login"))
    sign_out_url = property(lambda self: _url("account_logout"))
    suggestion_url = property(lambda self: _url("portal:suggestion"))
    privacy_url = property(lambda self: _url("portal:privacy", "core:privacy"))
    gallery_url = property(lambda self: _url("core:gallery"))


def site(request: HttpRequest) -> dict[str, Site]:
    return {"site": Site(request)}
