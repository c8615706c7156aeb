"""What councils know of one member: lines of his timeline."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.screens import TimelineItem
from guangcai.councils.models import BodyMember, Proposal
from guangcai.councils.words import TONES
from guangcai.members.models import Member

SHOWN = 100


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """The bodies he sits in and what he proposed, for himself and for the desk: two queries."""
    own = actor.member_id == member.pk
    if not own and not actor.can(Permission.ROSTER_VIEW, member.path):
        return
    for seat in BodyMember.objects.filter(member=member).select_related("body").order_by("-added_at", "pk")[:SHOWN]:
        url = reverse("councils:body", args=[seat.body_id])
        yield TimelineItem(seat.added_at, seat.body.name, str(seat.get_role_display()), url, "info", "users-group")
    seen = Q() if own else Q(pk__in=Proposal.objects.visible_to(actor).values("pk"))
    for row in Proposal.objects.filter(seen, proposer=member).order_by("-raised_at", "pk")[:SHOWN]:
        url, state = row.get_absolute_url(), str(row.get_state_display())
        yield TimelineItem(row.raised_at, row.title, state, url, TONES[row.state], "bulb")
