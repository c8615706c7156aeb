"""Requests that grew out of what another room keeps (commitments.origins)."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from guangcai.cases.models import Case
from guangcai.commitments.origins import Outgrowth, Taker
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission

PAGE = "cases:new"


def _taken(origins: Collection[UUID], actor: Actor) -> Iterator[Outgrowth]:
    for row in Case.objects.of_area(actor).filter(from_id__in=origins).order_by("number"):
        words = _("Request %(number)s: %(state)s") % {"number": row.number, "state": row.get_state_display()}
        assert row.from_id is not None
        yield Outgrowth(row.from_id, words, row.get_absolute_url())


TAKER = Taker(pgettext_lazy("need", "Make it a request"), PAGE, Permission.CASE_EDIT, _taken)
