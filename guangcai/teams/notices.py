"""What members are told about teams; the gateway knows each message by its code."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.commands import tell_members
from guangcai.core import notify
from guangcai.core.errors import Text

WORDS: dict[str, Text] = {
    "invited": _("The team “%(title)s” asks you to join. Accept or decline in the application; both are fine."),
    "confirmed": _("You are in the team “%(title)s” now. Its log and its leader are in the application."),
    "refused": _("The team “%(title)s” did not take your request on. The reason is in the application."),
    "ended": _("The team “%(title)s” has ended. Thank you for your service."),
}


def template_code(occasion: str) -> str:
    return f"team_{occasion}"


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)


def tell(title: str, members: Iterable[UUID], occasion: str, *, now: datetime) -> None:
    """One message to everybody who can be reached by one; the others see it in the application."""
    tell_members(list(members), template_code(occasion), now=now, title=title)
