"""What pledges know of one member: lines of his timeline."""

from collections.abc import Iterator

from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.members.models import Member
from guangcai.pledges.models import Pledge

SHOWN = 50


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """The pledges the member made, and what the community found: one query."""
    rows = Pledge.objects.kept_by(actor).filter(member=member).select_related("template", "review")
    for row in rows.order_by("-offered_at", "pk")[:SHOWN]:
        found = row.outcome
        yield TimelineItem(
            at=found.reviewed_at if found else row.ended_at or row.offered_at,
            title=f"{row.template.name} {row.year}",
            text=str(found.get_finding_display() if found else row.get_end_reason_display()),
            url=row.get_absolute_url(),
            tone="info" if found else "idle",
            icon="writing",
        )
