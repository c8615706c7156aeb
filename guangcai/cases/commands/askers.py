"""Who asked is opened: one case at a time, written down."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.cases.commands.locks import lock_visible
from guangcai.cases.models import Case
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.phones import national
from guangcai.core.text import is_blank

LONGEST_REASON = 200


@dataclass(frozen=True)
class Opened:
    """Name, full phone and flat, for the answer to one request; kept nowhere."""

    name: str
    phone: str
    flat: str


@transaction.atomic
def open_asker(*, case: Case, reason: str, by: Actor, now: datetime) -> Opened:
    """Show who asked, in full, and write down who looked. By the desk with phone_open, by the street with a reason.

    Raises RuleBroken(field="reason"); OutOfScope also for whoever the case complains of.
    """
    row = lock_visible(case.pk, by)
    reason = reason.strip()
    if by.can(Permission.CASE_EDIT, row.path):
        by.require(Permission.PHONE_OPEN, row.path)
    elif not by.can(Permission.CASE_RULE, row.path):
        raise Forbidden()
    elif is_blank(reason):
        raise RuleBroken(_("Say why you have to know who asked. It is written down."), field="reason", code="reason")
    if len(reason) > LONGEST_REASON:
        words = _("At most %(number)d characters.") % {"number": LONGEST_REASON}
        raise RuleBroken(words, field="reason", code="reason_long")
    audit.record(Tag.CASE_ASKER_OPEN, by=by, on=row, now=now, reason=reason)
    asker = row.asker
    return Opened(asker.name, national(asker.phone) if asker.phone else "", asker.flat)
