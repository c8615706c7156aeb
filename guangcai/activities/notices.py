"""The words in which people are told about a shift: in the application and by message (core.notify)."""

from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guangcai.activities.enums import Occasion
from guangcai.activities.models import Shift, ShiftNotice
from guangcai.core import notify

# Message gateways in China know a text by its code; the words below are the ones to hand in there.
TEMPLATES: Final = {
    Occasion.MOVED_UP: gettext_lazy("You have a place now: %(title)s, %(when)s, %(place)s. Cancel in time if needed."),
    Occasion.CHANGED: gettext_lazy("Changed: %(title)s is now on %(when)s, %(place)s."),
    Occasion.CANCELLED: gettext_lazy("Called off: %(title)s on %(when)s (%(reason)s)."),
    Occasion.BEFORE: gettext_lazy("Soon: %(title)s, %(when)s, %(place)s."),
}


def declare_templates() -> None:
    """Make the texts known to the outbox, at start."""
    for occasion, text in TEMPLATES.items():
        notify.template(template_code(occasion), text)


def template_code(occasion: Occasion) -> str:
    return f"activities.shift.{occasion.value}"


def parameters(shift: Shift) -> dict[str, str]:
    """What the texts are filled with: title, time, place, reason. No names."""
    return {
        "title": shift.activity.title,
        "when": when(shift),
        "place": shift.activity.place,
        "reason": reason_of(shift),
    }


def title_of(notice: ShiftNotice) -> str:
    words = {
        Occasion.MOVED_UP: _("You have a place: %(title)s"),
        Occasion.CHANGED: _("Changed: %(title)s"),
        Occasion.CANCELLED: _("Called off: %(title)s"),
        Occasion.BEFORE: _("Soon to come: %(title)s"),
    }
    return words[Occasion(notice.occasion)] % {"title": notice.shift.activity.title}


def text_of(notice: ShiftNotice) -> str:
    """When and where, or why not."""
    shift = notice.shift
    if notice.occasion == Occasion.CANCELLED:
        note = shift.cancel_note or shift.activity.cancel_note
        words = {"when": when(shift), "reason": reason_of(shift), "note": note}
        return (_("%(when)s does not take place (%(reason)s). %(note)s") % words).strip()
    words = {"when": when(shift), "place": shift.activity.place, "lead": shift.activity.lead_name}
    return _("%(when)s, %(place)s. %(lead)s leads.") % words


def reason_of(shift: Shift) -> str:
    return shift.get_cancel_reason_display() or shift.activity.get_cancel_reason_display()


def when(shift: Shift) -> str:
    """Day, weekday and hours in local time."""
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    return f"{date_format(start, 'MONTH_DAY_FORMAT')} {date_format(start, 'D')} {start:%H:%M}-{end:%H:%M}"
