"""Words that several screens of wishes share."""

from django.utils.translation import gettext as _

from guangcai.core.errors import Text
from guangcai.core.screens import TimelineItem
from guangcai.core.templatetags.core import day
from guangcai.orgs.enums import ClaimOrder
from guangcai.wishes.enums import WishState
from guangcai.wishes.models import Wish

TONES = {
    WishState.COLLECTED: "wait",
    WishState.VERIFIED: "wait",
    WishState.PUBLISHED: "info",
    WishState.CLAIMED: "info",
    WishState.FULFILLED: "wait",
    WishState.CONFIRMED: "good",
    WishState.ENDED: "idle",
}


def title_of(wish: Wish) -> str:
    """The short name; before it has one, how and when it came."""
    if wish.title:
        return wish.title
    return _("Wish of %(day)s (%(channel)s)") % {"day": day(wish.collected_at), "channel": wish.get_channel_display()}


def order_of(wish: Wish) -> Text:
    """Who goes first, as announced; "" before it is published and where whoever comes first has it."""
    words: dict[str, Text] = {
        ClaimOrder.LOT: _("By lot, when claims are no longer collected."),
        ClaimOrder.FEWEST_FIRST: _("Whoever has taken on the fewest wishes goes first."),
    }
    return words.get(wish.claim_order, "")


def steps_of(wish: Wish) -> list[TimelineItem]:
    """The life of a wish, the latest first. One query."""
    return [
        TimelineItem(at=step.at, title=str(step.get_new_display()), tone=TONES[WishState(step.new)])
        for step in wish.steps.order_by("-at", "-pk")
    ]
