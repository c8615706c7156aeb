"""What wishes know of one member: lines of his timeline. No line names a wisher."""

from collections.abc import Iterator

from django.urls import reverse

from guangcai.commitments.enums import CommitmentState
from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.members.models import Member
from guangcai.wishes.models import WishClaim

SHOWN = 100
TONES = {
    CommitmentState.WAITING: "wait",
    CommitmentState.OFFERED: "wait",
    CommitmentState.CONFIRMED: "info",
    CommitmentState.HELD: "good",
    CommitmentState.ENDED: "idle",
}


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """The wishes the member took on, and how far each came: one query."""
    rows = WishClaim.objects.visible_to(actor).filter(member=member).select_related("wish")
    for row in rows.order_by("-offered_at", "pk")[:SHOWN]:
        yield TimelineItem(
            at=row.ended_at or row.confirmed_at or row.offered_at,
            title=row.wish.title,
            text=str(row.get_end_reason_display() if row.end_reason else row.state.label),
            url=reverse("wishes:wish", args=[row.wish_id]),
            tone=TONES[row.state],
            icon="star",
        )
