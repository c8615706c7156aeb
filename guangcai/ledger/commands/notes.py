"""What is written down about reading: exports in the audit trail, tries to verify a certificate."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from guangcai.accounts.commands.limits import take
from guangcai.accounts.rules import Limit
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.ledger.models import ServiceEntry

# A surname's letter is guessed in 26 tries: one paper is asked about a few times an hour, whoever asks.
TRIES_OF_NUMBER: Final = Limit("verification:number", 10, timedelta(hours=1))
TRIES_OF_ADDRESS: Final = Limit("verification:address", 120, timedelta(minutes=10))


@transaction.atomic
def note_export(*, rows: QuerySet[ServiceEntry], by: Actor, now: datetime) -> int:
    """Record that somebody took these rows out of the house; returns how many."""
    count = rows.count()
    audit.record(Tag.ENTRY_EXPORT, by=by, now=now, rows=count)
    return count


def may_verify(*, number: str, address: str, now: datetime) -> bool:
    """Count one try to verify a certificate; False when there were too many, for this number or from this address.

    Unknown numbers count like known ones, so that the answer tells nothing.
    """
    tries = take(TRIES_OF_ADDRESS, address, now=now) <= TRIES_OF_ADDRESS.most
    return take(TRIES_OF_NUMBER, number.strip(), now=now) <= TRIES_OF_NUMBER.most and tries
