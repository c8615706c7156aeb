"""What studios know of one member: lines of his timeline and of his plate."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.members.models import Member
from guangcai.studios.models import RotaPlace
from guangcai.studios.words import TONES, state_of

SHOWN = 100


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """The studios the member sits or sat in: one query."""
    rows = RotaPlace.objects.visible_to(actor).filter(member=member).select_related("studio", "background")
    for row in rows.order_by("-offered_at", "pk")[:SHOWN]:
        yield TimelineItem(
            at=row.ended_at or row.confirmed_at or row.offered_at,
            title=row.studio.name,
            text=f"{state_of(row)} · {row.background}",
            url=reverse("studios:studio", args=[row.studio_id]),
            tone=TONES[row.state],
            icon="message-2",
        )


def shown_of(member_id: UUID) -> Iterator[str]:
    """The studios the member sits in, for his plate. One query."""
    held = RotaPlace.objects.held().filter(member=member_id, studio__ended_at=None)
    for row in held.select_related("studio").order_by("held_since", "pk"):
        yield _("%(studio)s · sits there") % {"studio": row.studio.name}
