"""What care knows of one member: lines of his timeline, without a word about a household."""

from collections.abc import Iterator

from guangcai.care.models import Pairing
from guangcai.commitments.enums import CommitmentState
from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.members.models import Member

SHOWN = 100
TONES = {
    CommitmentState.OFFERED: "wait",
    CommitmentState.CONFIRMED: "wait",
    CommitmentState.HELD: "good",
    CommitmentState.ENDED: "idle",
}


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """The member's pairings by kind and state, to himself and his desk: one query."""
    for row in Pairing.objects.visible_to(actor).filter(member=member).order_by("-offered_at", "pk")[:SHOWN]:
        yield TimelineItem(
            at=row.ended_at or row.offered_at,
            title=str(row.get_kind_display()),
            text=str(row.state.label),
            tone=TONES[row.state],
            icon="home-heart",
        )
