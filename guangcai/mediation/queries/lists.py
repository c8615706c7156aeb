"""Lists of matters: numbers, causes, states and days; nobody's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.mediation.enums import OVER, MediationState
from guangcai.mediation.models import Mediation

TONES = {
    MediationState.OPEN: "wait",
    MediationState.HEARD: "info",
    MediationState.AGREED: "info",
    MediationState.HOLDING: "good",
    MediationState.NOT_AGREED: "bad",
    MediationState.WITHDRAWN: "idle",
}


@dataclass(frozen=True)
class Line:
    """A matter as a list shows it. is_due: a visit is due today or earlier."""

    matter: Mediation
    tone: str
    is_due: bool


@dataclass(frozen=True)
class Waiting:
    """What waits for the desk: quarrels nobody has heard yet, and visits that are due."""

    to_hear: int
    visits: int


def lines_of(rows: Iterable[Mediation], *, today: date) -> list[Line]:
    """`rows` as lines, without a statement of their own."""
    return [Line(row, TONES[MediationState(row.state)], row.due_on is not None and row.due_on <= today) for row in rows]


def own_matters(actor: Actor) -> list[Mediation]:
    """What somebody mediates now, what is due first: one statement, none for who is no member."""
    if actor.member_id is None:
        return []
    rows = Mediation.objects.visible_to(actor).mediated_by(actor).exclude(state__in=OVER).select_related("cause")
    return list(rows.order_by("due_on", "opened_at", "pk"))


def waiting(actor: Actor, *, now: datetime) -> Waiting:
    """For the desk's home: one statement."""
    rows = Mediation.objects.visible_to(actor).filter(under("path", actor.paths_with(Permission.MEDIATION_EDIT)))
    found = rows.aggregate(
        to_hear=Count("pk", filter=Q(state=MediationState.OPEN)),
        visits=Count("pk", filter=Q(due_on__lte=localdate(now))),
    )
    return Waiting(found["to_hear"], found["visits"])
