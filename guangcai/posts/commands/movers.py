"""How claims follow when two records of one person become one (members.merging)."""

from uuid import UUID

from django.db.models import QuerySet

from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.posts.commands.places import fill_places, lock_post
from guangcai.posts.models import Post, PostClaim


@merging.mover("posts.postclaim.member")
def claims(merge: Merge) -> int:
    """One live claim a post: the one that got further stays, the other ends and its place goes to who waits."""
    both = PostClaim.objects.live().filter(member=merge.gone, post__in=_posts_of(merge.kept.pk))
    for key in both.order_by("post_id").values_list("post_id", flat=True):
        post = lock_post(key)
        rows = PostClaim.objects.live().filter(post=post, member__in=[merge.kept, merge.gone])
        _stays, falls = sorted(rows, key=_weakness)
        falls.ended_at, falls.ended_by, falls.end_reason = merge.now, merge.by.user_id, EndReason.MERGED
        falls.save(update_fields=["ended_at", "ended_by", "end_reason"])
        audit.record(Tag.POST_CLAIM_END, by=merge.by, on=falls, now=merge.now, reason=EndReason.MERGED.value)
        fill_places(post, by=merge.by, now=merge.now)
    return PostClaim.objects.filter(member=merge.gone).update(member=merge.kept)


def _posts_of(member_id: UUID) -> QuerySet[Post]:
    return Post.objects.filter(claims__member=member_id, claims__ended_at=None)


def _weakness(row: PostClaim) -> tuple[object, ...]:
    """Held before confirmed, confirmed before placed, placed before waiting; then the earlier one."""
    return (row.held_since is None, row.confirmed_at is None, row.place_no is None, row.offered_at, row.pk)
