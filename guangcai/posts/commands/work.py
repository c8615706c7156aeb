"""Work done under a claim becomes a service entry, by the same door as a shift."""

from datetime import datetime

from guangcai.commitments.commands import Under, Work, record_work
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.ledger.models import ServiceEntry
from guangcai.posts.models import PostClaim

SOURCE = "claim"


def log_work(*, claim: PostClaim, work: Work, by: Actor, now: datetime) -> ServiceEntry:
    """Write down work done under a post: commitments.commands.record_work in the words of the post. Source: A08."""
    row = PostClaim.objects.select_related("post__kind__service_kind", "community", "member").get(pk=claim.pk)
    post = row.post
    under = Under(source=SOURCE, title=post.title, place=post.place, kind=post.kind.service_kind)
    return record_work(row=row, under=under, work=work, own_right=Permission.POST_CLAIM, by=by, now=now)
