"""Series: the repeat rules of activities, to read."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query, Router

from guangcai.activities.models import Series
from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING
from guangcai.api.schemas.activities import SeriesAsked, SeriesPage, SeriesShown
from guangcai.core.actor import Actor
from guangcai.core.http import ActorRequest

router = Router(tags=["series"])
OWN = ("id", "community", "rule", "starts_on", "ends_on", "minutes", "places", "on_holiday", "either")


def _seen(actor: Actor) -> "QuerySet[Series]":
    return Series.objects.visible_to(actor).select_related("activity", "community")


def _shown(series: Series) -> SeriesShown:
    own = {name: getattr(series, name) for name in OWN}
    more = {"activity": series.activity_id, "title": series.activity.title}
    return SeriesShown.model_validate(own | more | {"start_time": f"{series.start_time:%H:%M}"})


@router.get("/series", response={200: SeriesPage, **READING})
def list_series(request: ActorRequest, asked: Query[SeriesAsked]) -> Any:
    """Repeat rules of published activities of the caller's area; for the desk also of those in preparation."""
    rows = _seen(request.actor)
    if asked.activity:
        rows = rows.filter(activity=asked.activity)
    if asked.community:
        rows = rows.filter(community__code=asked.community)
    return cut(rows, asked, _shown)


@router.get("/series/{uuid:series}", response={200: SeriesShown, **READING})
def read_series(request: ActorRequest, series: UUID) -> Any:
    """One repeat rule."""
    return _shown(lookups.one(_seen(request.actor), series))
