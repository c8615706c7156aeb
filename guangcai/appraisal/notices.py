"""The words in which a member is told about his appraisal by message (core.notify): one, when he is answered."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.models import User
from guangcai.appraisal.models import Appraisal
from guangcai.core import notify
from guangcai.core.enums import Channel

ANSWERED: Final = "appraisal.objection.answered"


def declare_templates() -> None:
    """Make the text known to the outbox, at start."""
    notify.template(
        ANSWERED, _("The community has answered your objection to the appraisal of %(year)s. See “My appraisals”.")
    )


def tell_answered(appraisal: Appraisal, *, now: datetime) -> int:
    """Put one message into the outbox for the member's account; without one he hears it from the community."""
    member = appraisal.member
    people = User.objects.active().filter(member_id=member.merged_into_id or member.pk)
    for user in people.order_by("pk"):
        notify.post(Channel.SMS, ANSWERED, recipient=user.pk, now=now, year=appraisal.year)
    return len(people)
