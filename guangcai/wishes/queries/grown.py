"""Wishes that grew out of what another room keeps (commitments.origins)."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from guangcai.commitments.origins import Outgrowth, Taker
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.wishes.models import Wish

PAGE = "wishes:new"


def _taken(origins: Collection[UUID], actor: Actor) -> Iterator[Outgrowth]:
    for row in Wish.objects.visible_to(actor).filter(from_id__in=origins).order_by("collected_at", "pk"):
        words = _("Wish: %(state)s") % {"state": row.get_state_display()}
        assert row.from_id is not None
        yield Outgrowth(row.from_id, words, row.get_absolute_url())


TAKER = Taker(pgettext_lazy("need", "Make it a wish"), PAGE, Permission.WISH_EDIT, _taken)
