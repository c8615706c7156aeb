"""What a post says of itself in plain words: when, in which order places are given, until when."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guangcai.core.errors import Text
from guangcai.core.units import hours
from guangcai.orgs.enums import ClaimOrder
from guangcai.posts.enums import HoursForm
from guangcai.posts.models import Post


def when(post: Post) -> str:
    """The hours of a post: set ones as typed, flexible ones with how many and in which period."""
    if post.hours_form == HoursForm.SET:
        return post.hours_note
    if post.hours_form == HoursForm.FLEXIBLE and post.minutes_wanted:
        wanted = hours(post.minutes_wanted).removesuffix(".00")
        words = _("%(hours)s hours, at times of your own choice") % {"hours": wanted}
    else:
        words = _("As needed, by arrangement")
    return f"{words}; {post.hours_note}" if post.hours_note else words


def order_of(order: str, *, days: int | None = None) -> Text:
    """Who goes first, in a sentence. days: how long claims are collected, where that is not yet a date."""
    found: dict[str, Text] = {
        ClaimOrder.FIRST_COME: _("First come, first served; whoever comes later waits in this order."),
        ClaimOrder.LOT: _("Claims are collected first, then a lot decides. Anybody can check it."),
        ClaimOrder.FEWEST_FIRST: _("Claims are collected first; whoever holds the fewest posts goes first."),
    }
    words = found.get(order, "")
    if days:
        return f"{words} {ngettext('Collected for %(n)d day.', 'Collected for %(n)d days.', days) % {'n': days}}"
    return words


def until(post: Post) -> str:
    """The last day on which claims are collected; "" where they are served as they come."""
    if post.claims_until is None:
        return ""
    last = localtime(post.claims_until)
    return _("%(month)d/%(day)d, end of day") % {"month": last.month, "day": last.day}
