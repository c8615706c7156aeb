"""Short messages to members, through their accounts."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from guangcai.accounts.models import User
from guangcai.core import notify
from guangcai.core.enums import Channel


def tell_members(
    members: "Collection[UUID] | QuerySet[Any, UUID]", template: str, *, now: datetime, **words: Any
) -> int:
    """Put one message into the outbox for each open account of `members`; how many.

    Whoever has none sees it in the application, or hears it from the desk. words: parameters of the template.
    """
    people = User.objects.active().filter(member_id__in=members).order_by("pk")
    for user in people:
        notify.post(Channel.SMS, template, recipient=user.pk, now=now, **words)
    return len(people)
