"""The words in which people are told about a shift, and where those words go besides the application.

The row (models.ShiftNotice) is written by the command in its own transaction; what leaves the house goes after it is
committed, through whatever the portal provides at start.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guangcai.activities.enums import Occasion
from guangcai.activities.models import Shift, ShiftNotice


@dataclass(frozen=True)
class Message:
    """One message to one member, in plain words. `matter` is the same for everything about one sign-up."""

    member_id: UUID
    matter: str
    title: str
    text: str


Sender = Callable[[Message], None]
_senders: list[Sender] = []


def provide(sender: Sender) -> None:
    """Name a function that hands messages on (SMS, WeCom, mail). Until then they stay in the application."""
    if sender not in _senders:
        _senders.append(sender)


def send(notice_ids: Iterable[UUID]) -> None:
    """Hand committed notices to every sender."""
    if not _senders:
        return
    for notice in ShiftNotice.objects.filter(pk__in=list(notice_ids)).select_related("shift__activity").order_by("pk"):
        message = Message(
            member_id=notice.member_id,
            matter=f"shift:{notice.shift_id}",
            title=title_of(notice),
            text=text_of(notice),
        )
        for sender in _senders:
            sender(message)


def title_of(notice: ShiftNotice) -> str:
    words = {
        Occasion.MOVED_UP: _("You have a place: %(title)s"),
        Occasion.CHANGED: _("Changed: %(title)s"),
        Occasion.CANCELLED: _("Called off: %(title)s"),
        Occasion.BEFORE: _("Soon: %(title)s"),
    }
    return words[Occasion(notice.occasion)] % {"title": notice.shift.activity.title}


def text_of(notice: ShiftNotice) -> str:
    """When and where, or why not."""
    shift = notice.shift
    if notice.occasion == Occasion.CANCELLED:
        reason = shift.get_cancel_reason_display() or shift.activity.get_cancel_reason_display()
        words = {"when": when(shift), "reason": reason, "note": shift.cancel_note or shift.activity.cancel_note}
        return (_("%(when)s does not take place (%(reason)s). %(note)s") % words).strip()
    words = {"when": when(shift), "place": shift.activity.place, "lead": shift.activity.lead_name}
    if notice.occasion == Occasion.MOVED_UP:
        return _("Somebody cancelled and you moved up: %(when)s, %(place)s. Cancel in time if you cannot come.") % words
    return _("%(when)s, %(place)s. %(lead)s leads.") % words


def when(shift: Shift) -> str:
    """Saturday 21 November 09:00-11:00, local time."""
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    day = date_format(start, "MONTH_DAY_FORMAT")
    return f"{day} {date_format(start, 'D')} {start:%H:%M}–{end:%H:%M}"
