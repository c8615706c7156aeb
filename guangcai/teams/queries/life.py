"""What teams know of one member: lines of his timeline and of his plate."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.commitments.enums import CommitmentState
from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.members.models import Member
from guangcai.teams.models import TeamLeader, TeamMembership
from guangcai.teams.words import state_of

SHOWN = 100
TONES = {
    CommitmentState.OFFERED: "wait",
    CommitmentState.CONFIRMED: "info",
    CommitmentState.HELD: "good",
    CommitmentState.ENDED: "idle",
}


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """The teams the member is or was in: one query."""
    rows = TeamMembership.objects.visible_to(actor).filter(member=member).select_related("team")
    for row in rows.order_by("-offered_at", "pk")[:SHOWN]:
        yield TimelineItem(
            at=row.ended_at or row.confirmed_at or row.offered_at,
            title=row.team.name,
            text=state_of(row),
            url=reverse("teams:team", args=[row.team_id]),
            tone=TONES[row.state],
            icon="users",
        )


def shown_of(member_id: UUID) -> Iterator[str]:
    """The teams the member is in, for his plate: the team and what he is in it. Two queries."""
    roles = {row.team_id: row for row in TeamLeader.objects.open().filter(member=member_id)}
    held = TeamMembership.objects.held().filter(member=member_id, team__ended_at=None)
    for row in held.select_related("team").order_by("held_since", "pk"):
        role = roles.get(row.team_id)
        yield f"{row.team.name} · {role.get_role_display() if role else _('Team member')}"
