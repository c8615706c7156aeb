"""Cases that may be the same one: shown while somebody types, and again after sending, with scripts off too."""

from datetime import datetime, timedelta

from django.db.models import Q

from guangcai.cases.models import Case, Item
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.text import search_words
from guangcai.orgs.models import Node

SHOWN = 5
SINCE = timedelta(days=14)


def like_this(
    actor: Actor, *, community: Node, item: Item | None, what: str, place: Node | None, now: datetime
) -> list[Case]:
    """Open cases of the last two weeks in the community: the same item at the same place, or sharing a long word.

    For the desk; names nobody. At most SHOWN, newest first. One statement.
    """
    words = [word for word in search_words(what) if len(word) > 1][:8]
    same = Q(pk__in=[])
    if item is not None and place is not None:
        same |= Q(item=item, place=place)
    for word in words:
        same |= Q(pk__in=Case.objects.saying(word).filter(path__under=community.path, ended_at=None).values("pk"))
    rows = Case.objects.of_area(actor, Permission.CASE_EDIT).open().filter(path__under=community.path)
    rows = rows.filter(same, raised_at__gt=now - SINCE)
    if item is not None:
        rows = rows.filter(item__category=item.category_id)
    return list(rows.select_related("item", "place").order_by("-raised_at", "pk")[:SHOWN])
