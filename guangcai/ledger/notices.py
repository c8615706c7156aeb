"""The words in which a member is told by message (core.notify) that his objection is answered: one message, no more."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.models import User
from guangcai.core import notify
from guangcai.core.enums import Channel
from guangcai.ledger.enums import ObjectionOutcome
from guangcai.ledger.models import Objection

TEMPLATES: Final = {
    ObjectionOutcome.CORRECTED: _(
        "Your objection to “%(title)s” on %(day)s is answered: the record is corrected. See “My record”."
    ),
    ObjectionOutcome.KEPT: _(
        "Your objection to “%(title)s” on %(day)s is answered: the record stays as it was. See “My record”."
    ),
}


def declare_templates() -> None:
    """Make the texts known to the outbox, at start."""
    for outcome, text in TEMPLATES.items():
        notify.template(_code(outcome), text)


def tell_answered(objection: Objection, *, now: datetime) -> int:
    """Put one message into the outbox for the member's account; without one he hears it from the community."""
    people = User.objects.active().filter(member_id=objection.member_id).order_by("pk")
    code, entry = _code(ObjectionOutcome(objection.outcome)), objection.entry
    title, day = entry.activity_name, entry.served_on.isoformat()
    for user in people:
        notify.post(Channel.SMS, code, recipient=user.pk, now=now, title=title, day=day)
    return len(people)


def _code(outcome: ObjectionOutcome) -> str:
    return f"ledger.objection.{outcome.value}"
