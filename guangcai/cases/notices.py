"""What askers and those who were asked are told; no message names anybody or says what it is about."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guangcai.accounts.models import User
from guangcai.cases.models import Asker, Case
from guangcai.core import notify
from guangcai.core.enums import Channel
from guangcai.core.errors import Text

MOST: int = 2
WORDS: dict[str, Text] = {
    "dispatched": _("Your request %(number)s is being seen to. Somebody will contact you by %(due)s."),
    "done": _("Your request %(number)s has been worked on. Tell your community whether it is solved."),
    "ended": _("Your request %(number)s cannot be done here. Your community tells you why and where to go."),
    "asked": _("Your community asks whether you can see to request %(number)s. Open “My jobs” to answer."),
}


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)


def template_code(occasion: str) -> str:
    return f"case_{occasion}"


def phone_of(asker: UUID) -> str:
    """Where a short message reaches an asker; "" when there is none."""
    row = Asker.objects.filter(pk=asker).first()
    return row.phone if row else ""


def tell_asker(case: Case, occasion: str, *, now: datetime, due: str = "") -> None:
    """One message before and one after, never a third. Members are reached through their account."""
    wanted = Asker.objects.filter(case=case, wants_word=True, told__lt=MOST)
    asker = wanted.select_for_update().first()
    if asker is None or not (asker.phone_index or asker.member_id):
        return
    Asker.objects.filter(pk=asker.pk).update(told=F("told") + 1)
    recipient = asker.pk if asker.phone_index else asker.member_id
    words: dict[str, Any] = {"number": case.number, "due": due} if due else {"number": case.number}
    notify.post(Channel.SMS, template_code(occasion), recipient=recipient, now=now, **words)


def tell_member(case: Case, member_id: UUID, *, now: datetime) -> None:
    """Whoever was asked, once a dispatch."""
    for user in User.objects.active().filter(member_id=member_id).order_by("pk"):
        notify.post(Channel.SMS, template_code("asked"), recipient=user.pk, now=now, number=case.number)
