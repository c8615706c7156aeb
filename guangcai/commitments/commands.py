"""Work done under a commitment becomes a service entry, by the same door as a shift. Every kind writes it by this."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.commitments import rules
from guangcai.commitments.models import Commitment
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.ledger.commands import Service, record_many
from guangcai.ledger.enums import EntryOrigin
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import ServiceKind


@dataclass(frozen=True)
class Work:
    """What was done, as typed. minutes: actually given, travel and rest left out. id: made with the form."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    content: str
    is_deed: bool
    id: UUID


@dataclass(frozen=True)
class Under:
    """What the work was done under, in the words of the entry. source: the word its room registered (sources.py)."""

    source: str
    title: str
    place: str
    kind: ServiceKind


@transaction.atomic
def record_work(
    *, row: Commitment, under: Under, work: Work, own_right: Permission, by: Actor, now: datetime
) -> ServiceEntry:
    """Write down work done under a commitment: it counts once somebody else has confirmed it.

    row: with member and community. By the holder, who has `own_right`, or by whoever may record there. Sent twice it
    is the same entry. Raises RuleBroken(field) as rules.check_work and the ledger's check_recording.
    Sources: A08, A11; Order 67 arts 7, 19.
    """
    own = by.member_id == row.member_id
    by.require(own_right if own else Permission.ENTRY_RECORD, row.path)
    rules.check_work(
        held_since=row.held_since,
        ended_on=localdate(row.ended_at) if row.ended_at else None,
        served_on=localdate(work.starts_at),
        content=work.content,
    )
    service = Service(
        member=row.member,
        community=row.community,
        starts_at=work.starts_at,
        ends_at=work.ends_at,
        minutes=work.minutes,
        deeds=int(work.is_deed),
        kind=under.kind,
        activity_name=under.title,
        content=work.content.strip(),
        place=under.place,
        lead_name=row.member.name,
        source=f"{under.source}:{row.pk}:{work.id}",
        origin=EntryOrigin.CLAIM,
        id=work.id,
    )
    return record_many(services=[service], by=by, now=now, permission=None if own else Permission.ENTRY_RECORD)[0]
