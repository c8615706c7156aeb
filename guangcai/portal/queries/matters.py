"""How suggestions are told in the story of a matter (core.matters)."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.matters import Teller, Told
from guangcai.core.screens import TimelineItem
from guangcai.portal.models import Suggestion

KIND = "suggestion"


def _told(rows: QuerySet[Suggestion], *, in_full: bool) -> Iterator[Told]:
    """Written and answered; the words and the page for those who may read them. One statement."""
    for row in rows.order_by("written_at", "pk"):
        url = reverse("portal:suggestion_answer", args=[row.pk]) if in_full else ""
        text, answer = (row.text, row.answer) if in_full else ("", "")
        yield row.pk, TimelineItem(row.written_at, _("Somebody makes a suggestion"), text, url, "info", "message")
        if row.answered_at:
            yield row.pk, TimelineItem(row.answered_at, _("The community answers"), answer, url, "good", "check")


def _seen(keys: Collection[UUID], actor: Actor) -> Iterator[Told]:
    return _told(Suggestion.objects.visible_to(actor).filter(pk__in=keys), in_full=True)


def _public(keys: Collection[UUID]) -> Iterator[Told]:
    return _told(Suggestion.objects.filter(pk__in=keys), in_full=False)


TELLER = Teller(_seen, _public)
