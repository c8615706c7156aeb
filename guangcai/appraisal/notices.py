"""The words in which a member is told about his appraisal by message (core.notify): one, when he is answered."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.commands import tell_members
from guangcai.appraisal.models import Appraisal
from guangcai.core import notify

ANSWERED: Final = "appraisal.objection.answered"


def declare_templates() -> None:
    """Make the text known to the outbox, at start."""
    notify.template(
        ANSWERED, _("The community has answered your objection to the appraisal of %(year)s. See “My appraisals”.")
    )


def tell_answered(appraisal: Appraisal, *, now: datetime) -> int:
    """Put one message into the outbox for the member's account; without one he hears it from the community."""
    member = appraisal.member
    return tell_members([member.merged_into_id or member.pk], ANSWERED, now=now, year=appraisal.year)
