"""How requests are told in the story of a matter (core.matters): to those who see the request, and to nobody else."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import pgettext

from guangcai.cases.models import Case
from guangcai.core.actor import Actor
from guangcai.core.matters import Teller, Told
from guangcai.core.screens import TimelineItem

KIND = "case"


def _seen(keys: Collection[UUID], actor: Actor) -> Iterator[Told]:
    """Raised, and ended. One statement."""
    rows = Case.objects.visible_to(actor).filter(pk__in=keys).select_related("item").order_by("raised_at", "pk")
    for row in rows:
        url = row.get_absolute_url()
        title = pgettext("story", "Request %(number)s: %(state)s") % {"number": row.number, "state": row.item.name}
        yield row.pk, TimelineItem(row.raised_at, title, row.what, url, "info", "message")
        if row.ended_at:
            title = pgettext("story", "Request %(number)s: %(state)s") % {
                "number": row.number,
                "state": row.get_state_display(),
            }
            yield row.pk, TimelineItem(row.ended_at, title, "", url, "good" if row.is_solved else "idle", "check")


TELLER = Teller(_seen)
