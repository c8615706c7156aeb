"""How wishes are told in the story of a matter (core.matters): what the wall says of them, never whose they are."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.matters import Teller, Told
from guangcai.core.screens import TimelineItem
from guangcai.wishes.enums import WishState
from guangcai.wishes.models import Wish, WishStep
from guangcai.wishes.models.wish import ON_THE_WALL

KIND = "wish"
TOLD = (WishState.PUBLISHED, WishState.CLAIMED, WishState.CONFIRMED)


def _told(wishes: QuerySet[Wish], *, opens: bool) -> Iterator[Told]:
    """On the wall, taken on, come true. One statement."""
    steps = WishStep.objects.filter(wish__in=wishes, new__in=TOLD).select_related("wish").order_by("at", "pk")
    for step in steps:
        url, tone = step.wish.get_absolute_url() if opens else "", "info"
        if step.new == WishState.CONFIRMED:
            tone = "good"
        title = _("Wish “%(title)s”: %(state)s") % {"title": step.wish.title, "state": step.get_new_display()}
        yield step.wish_id, TimelineItem(step.at, title, "", url, tone, "heart-handshake")


def _seen(keys: Collection[UUID], actor: Actor) -> Iterator[Told]:
    return _told(Wish.objects.visible_to(actor).filter(pk__in=keys), opens=True)


def _public(keys: Collection[UUID]) -> Iterator[Told]:
    return _told(Wish.objects.filter(pk__in=keys, state__in=ON_THE_WALL), opens=False)


TELLER = Teller(_seen, _public)
