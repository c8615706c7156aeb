"""Who asked is told before and after; whoever was asked is told once. Both lie in the outbox of the transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from guangcai.accounts.commands import tell_members
from guangcai.cases.models import Asker, Case
from guangcai.cases.notices import MOST, template_code
from guangcai.core import notify
from guangcai.core.enums import Channel


def tell_asker(case: Case, occasion: str, *, now: datetime, due: datetime | None = None) -> None:
    """One message before and one after, never a third. Members are reached through their account."""
    wanted = Asker.objects.filter(case=case, wants_word=True, told__lt=MOST)
    asker = wanted.select_for_update().first()
    if asker is None or not (asker.phone_index or asker.member_id):
        return
    Asker.objects.filter(pk=asker.pk).update(told=F("told") + 1)
    recipient = asker.pk if asker.phone_index else asker.member_id
    words: dict[str, Any] = {"number": case.number, "due": due} if due else {"number": case.number}
    notify.post(Channel.SMS, template_code(occasion), recipient=recipient, now=now, **words)


def tell_asked(case: Case, members: list[UUID], *, now: datetime) -> None:
    """Whoever was asked, once a dispatch."""
    tell_members(members, template_code("asked"), now=now, number=case.number)
