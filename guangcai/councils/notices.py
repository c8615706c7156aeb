"""What people are told about their proposals: at most twice, when it was screened and when it is over."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.commands import tell_members
from guangcai.core import notify
from guangcai.core.errors import Text

WORDS: dict[str, Text] = {
    "accepted": _("Your proposal “%(title)s” will be tabled in a meeting. Its way is in the application."),
    "refused": _("Your proposal “%(title)s” was not accepted. The reason is in the application."),
    "dropped": _("Your proposal “%(title)s” goes no further. The reason is in the application."),
    "published": _("The result of your proposal “%(title)s” is published. It is in the application."),
}


def template_code(occasion: str) -> str:
    return f"proposal_{occasion}"


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)


def tell(member: UUID | None, occasion: str, *, title: str, now: datetime) -> None:
    """One message to the member who proposed it, if he can be reached by one; residents are called by the desk."""
    if member is not None and occasion in WORDS:
        tell_members([member], template_code(occasion), now=now, title=title)
