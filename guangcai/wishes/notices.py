"""What members are told about wishes; the gateway knows each message by its code. None names the wisher."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.commands import tell_members
from guangcai.core import notify
from guangcai.core.errors import Text
from guangcai.wishes.models import Wish

WORDS: dict[str, Text] = {
    "given": _("The wish “%(title)s” is yours. The community confirms it next."),
    "given_joint": _("The wish “%(title)s” is for several: you do it with others. The community confirms it next."),
    "confirmed": _(
        "The community confirmed: the wish “%(title)s” is yours. How to reach the wisher is in the application."
    ),
    "refused": _("The community did not confirm your claim to the wish “%(title)s”. Thank you for the offer."),
    "not_yet": _("The wisher says “not yet” about the wish “%(title)s”. Please look at it again in the application."),
    "came_true": _("The wisher says that the wish “%(title)s” has come true. Thank you."),
    "ended": _("The wish “%(title)s” has ended. Thank you for the offer."),
}


def template_code(occasion: str) -> str:
    return f"wish_{occasion}"


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)


def tell(wish: Wish, members: Iterable[UUID], occasion: str, *, now: datetime) -> None:
    """One message to everybody who can be reached by one; the others see it in the application."""
    tell_members(list(members), template_code(occasion), now=now, title=wish.title)
