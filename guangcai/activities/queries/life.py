"""What activities know of one member: lines of his timeline."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.activities.enums import Presence
from guangcai.activities.models import Attendance, SignUp
from guangcai.core.actor import Actor
from guangcai.core.screens import TimelineItem
from guangcai.core.units import hours
from guangcai.members.models import Member

SHOWN = 200
TONES = {Presence.PRESENT: "good", Presence.ABSENT_TOLD: "idle", Presence.ABSENT: "idle"}


def timeline_of(member: Member, actor: Actor) -> list[TimelineItem]:
    """Shifts the member was at or missed, and those he has signed up for: two queries."""
    return [*_attended(member, actor), *_to_come(member, actor)]


def _attended(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    rows = Attendance.objects.visible_to(actor).filter(member=member).select_related("shift__activity")
    for row in rows.order_by("-recorded_at", "pk")[:SHOWN]:
        words = str(Presence(row.presence).label)
        if row.presence == Presence.PRESENT and row.minutes:
            words = _("%(presence)s, %(hours)s h") % {"presence": words, "hours": hours(row.minutes)}
        yield TimelineItem(
            at=row.shift.starts_at,
            title=row.shift.activity.title,
            text=words,
            url=reverse("activities:shift", args=[row.shift_id]),
            tone=TONES[Presence(row.presence)],
            icon="calendar-check",
        )


def _to_come(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    live = SignUp.objects.visible_to(actor).live().filter(member=member, shift__closed_at=None)
    rows = live.exclude(shift__attendances__member=member).select_related("shift__activity")
    for row in rows.order_by("-signed_up_at", "pk")[:SHOWN]:
        words = (
            _("Signed up, place %(number)d") % {"number": row.place_no} if row.place_no else _("On the waiting list")
        )
        yield TimelineItem(
            at=row.shift.starts_at,
            title=row.shift.activity.title,
            text=words,
            url=reverse("activities:shift", args=[row.shift_id]),
            tone="wait" if row.place_no is None else "info",
            icon="calendar-event",
        )
