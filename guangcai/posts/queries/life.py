"""What posts know of one member: lines of his timeline."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.commitments.enums import CommitmentState
from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.members.models import Member
from guangcai.posts.models import PostClaim

SHOWN = 100
TONES = {
    CommitmentState.WAITING: "wait",
    CommitmentState.OFFERED: "wait",
    CommitmentState.CONFIRMED: "info",
    CommitmentState.HELD: "good",
    CommitmentState.ENDED: "idle",
}


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """The posts the member claimed, and how far each came: one query."""
    rows = PostClaim.objects.visible_to(actor).filter(member=member).select_related("post")
    for row in rows.order_by("-offered_at", "pk")[:SHOWN]:
        yield TimelineItem(
            at=row.ended_at or row.confirmed_at or row.offered_at,
            title=row.post.title,
            text=str(row.state.label),
            url=reverse("posts:post", args=[row.post_id]),
            tone=TONES[row.state],
            icon="id-badge-2",
        )


def shown_of(member_id: UUID) -> Iterator[str]:
    """The posts the member holds, for his plate (commitments.shown). One query."""
    rows = PostClaim.objects.held().filter(member=member_id, post__ended_at=None).select_related("post")
    for row in rows.order_by("held_since", "pk"):
        yield _("Holds the post “%(title)s”") % {"title": row.post.title}
