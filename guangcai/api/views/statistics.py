"""Statistics by name: the screen, Excel, the shell and programs get one number."""

from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from guangcai.api.refusals import READING
from guangcai.api.schemas.statistics import FiguresAsked, FiguresShown, Name, StatisticList, StatisticShown
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node
from guangcai.reports.queries import countable_nodes
from guangcai.reports.statistics import STATISTICS, Question, figures

router = Router(tags=["statistics"])
LATEST = 2200
EARLIEST = 1900


@router.get("/statistics", response={200: StatisticList, **READING})
def list_statistics(request: ActorRequest) -> Any:
    """What can be counted."""
    own = ("dimensions", "default", "measures", "has_period")
    rows = [
        StatisticShown(name=name, title=str(one.title), **{key: getattr(one, key) for key in own})
        for name, one in STATISTICS.items()
    ]
    return {"rows": rows}


@router.get("/statistics/{str:name}", response={200: FiguresShown, **READING})
def read_statistic(request: ActorRequest, name: Path[Name], asked: Query[FiguresAsked]) -> Any:
    """One statistic, as far as the caller may count."""
    if name not in STATISTICS:
        raise OutOfScope()
    if not request.actor.holds(Permission.STATISTICS_VIEW):
        raise Forbidden()
    for field, day in (("on", asked.on), ("from", asked.since), ("to", asked.until)):
        if day and not EARLIEST <= day.year <= LATEST:
            raise RuleBroken(_("This date cannot be right."), field=field, code="date_range")
    question = Question(
        node=_node(request.actor, asked.node),
        by=tuple(part.strip() for part in asked.by.split(",") if part.strip()),
        on=asked.on or localdate(),
        since=asked.since,
        until=asked.until,
        actor=request.actor,
    )
    return figures(name, question).as_json()


def _node(actor: Actor, text: str) -> Node:
    """The place asked for among those the actor may count; the highest of his own when he names none."""
    nodes = countable_nodes(actor, on=localdate())
    found = nodes.filter(Q(code=text) | Q(name=text)).first() if text else nodes.first()
    if found is None:
        raise OutOfScope()
    return found
