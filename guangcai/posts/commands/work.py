"""Work done under a claim becomes a service entry, by the same door as a shift."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.ledger.commands import Service, record_many
from guangcai.ledger.enums import EntryOrigin
from guangcai.ledger.models import ServiceEntry
from guangcai.posts import rules
from guangcai.posts.models import PostClaim


@dataclass(frozen=True)
class Work:
    """What was done, as typed. minutes: actually given, travel and rest left out. id: made with the form."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    content: str
    is_deed: bool
    id: UUID


@transaction.atomic
def log_work(*, claim: PostClaim, work: Work, by: Actor, now: datetime) -> ServiceEntry:
    """Write down work done under a post: it counts once somebody else has confirmed it.

    By the holder, or by whoever may record there. Sent twice it is the same entry.
    Raises RuleBroken(field) as rules.check_work and the ledger's check_recording. Sources: A08; Order 67 arts 7, 19.
    """
    own = by.member_id == claim.member_id
    by.require(Permission.POST_CLAIM if own else Permission.ENTRY_RECORD, claim.path)
    row = PostClaim.objects.select_related("post__kind__service_kind", "community", "member").get(pk=claim.pk)
    rules.check_work(
        held_since=row.held_since,
        ended_on=localdate(row.ended_at) if row.ended_at else None,
        served_on=localdate(work.starts_at),
        content=work.content,
    )
    service = _service(row, work)
    return record_many(services=[service], by=by, now=now, permission=None if own else Permission.ENTRY_RECORD)[0]


def _service(row: PostClaim, work: Work) -> Service:
    return Service(
        member=row.member,
        community=row.community,
        starts_at=work.starts_at,
        ends_at=work.ends_at,
        minutes=work.minutes,
        deeds=int(work.is_deed),
        kind=row.post.kind.service_kind,
        activity_name=row.post.title,
        content=work.content.strip(),
        place=row.post.place,
        lead_name=row.member.name,
        source=f"claim:{row.pk}:{work.id}",
        origin=EntryOrigin.CLAIM,
        id=work.id,
    )
