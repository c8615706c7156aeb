"""What owners and askers are told about bookings; the gateway knows each message by its code."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.models import User
from guangcai.core import notify
from guangcai.core.enums import Channel
from guangcai.core.errors import Text

WORDS: dict[str, Text] = {
    "asked": _("A community asks for “%(resource)s” on %(day)s. Answer in the application."),
    "confirmed": _("“%(resource)s” on %(day)s: the owner has confirmed."),
    "refused": _("“%(resource)s” on %(day)s: the owner cannot lend it. The reason is in the application."),
    "lapsed": _("“%(resource)s” on %(day)s: nobody answered in time, the booking has lapsed. Ring up the owner."),
    "cancelled": _("“%(resource)s” on %(day)s: cancelled. The reason is in the application."),
}


def template_code(occasion: str) -> str:
    return f"booking_{occasion}"


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)


def tell(users: Iterable[UUID | None], occasion: str, *, now: datetime, **words: str | date) -> None:
    """One message to each account that is still open."""
    keys = [key for key in users if key]
    for user in User.objects.active().filter(pk__in=keys).order_by("pk"):
        notify.post(Channel.SMS, template_code(occasion), recipient=user.pk, now=now, send_after=None, **words)
