"""What zones know of one member: lines of his timeline."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guangcai.commitments.enums import CommitmentState
from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.members.models import Member
from guangcai.zones.models import ZoneAgreement

SHOWN = 100
WORDS = {
    CommitmentState.CONFIRMED: _("To sign"),
    CommitmentState.HELD: pgettext_lazy("zone", "Signed"),
}
TONES = {
    CommitmentState.OFFERED: "wait",
    CommitmentState.CONFIRMED: "info",
    CommitmentState.HELD: "good",
    CommitmentState.ENDED: "idle",
}


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """The zones the member offered to hold, and how far each came: one query."""
    rows = ZoneAgreement.objects.visible_to(actor).filter(member=member).select_related("zone")
    for row in rows.order_by("-offered_at", "pk")[:SHOWN]:
        yield TimelineItem(
            at=row.ended_at or row.signed_at or row.confirmed_at or row.offered_at,
            title=row.zone.name,
            text=str(WORDS.get(row.state, row.state.label)),
            url=row.get_absolute_url(),
            tone=TONES[row.state],
            icon="building",
        )


def shown_of(member_id: UUID) -> Iterator[str]:
    """The zones the member holds, for his plate (commitments.shown). One query."""
    rows = ZoneAgreement.objects.held().filter(member=member_id, zone__ended_at=None).select_related("zone")
    for name in dict.fromkeys(rows.order_by("held_since", "pk").values_list("zone__name", flat=True)):
        yield gettext("Looks after “%(zone)s”") % {"zone": name}
