"""The desk's board: what is to do now, the most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from guangcai.cases.enums import ASSIGNED, RUNNING, CaseState
from guangcai.cases.models import Case
from guangcai.core.actor import Actor
from guangcai.core.database.fixed import Lookup
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node

SOON = timedelta(hours=4)
SHOWN = (
    *(
        "number",
        "item",
        "what",
        "community",
        "place",
        "assignment",
        "state",
        "close_code",
        "channel",
        "returns",
        "is_solved",
    ),
    *("raised_at", "dispatched_at", "responded_at", "due_response", "due_solution", "due", "ended_at"),
    *("item__name", "community__name", "place__name", "assignment__worker", "assignment__worker_name"),
)


def with_names(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Each case with what a row of a list names: item, community, place, who has it."""
    return rows.select_related("item", "community", "place", "assignment")


def on_board(rows: QuerySet[Case]) -> QuerySet[Case]:
    """What a board or its export shows of each case, and no more: a row is read and made 50 times a page."""
    return with_names(rows).only(*SHOWN)


_COMMUNITY = Lookup(lambda path: Node.objects.communities().filter(path=path), path="")


def in_stretch(actor: Actor) -> QuerySet[Case]:
    """What the actor's board begins with. A desk's cases are those of one path: they lie in the index in order, newest
    first, where those of an area have to be gathered and sorted. One statement."""
    paths = set(actor.paths_with(Permission.CASE_VIEW))
    if len(paths) == 1 and _COMMUNITY.first(path=(path := paths.pop())):
        return Case.objects.filter(path=path).not_about(actor)
    return Case.objects.of_area(actor)


def overdue(now: datetime) -> Q:
    """Nobody spoke to the asker in time, or the work is not done in time."""
    return Q(state__in=RUNNING, dispatched_at__isnull=False, due__lt=now)


@dataclass(frozen=True)
class CaseRow:
    """A case as the board shows it: without a word about who asked."""

    case: Case
    due: datetime | None
    tone: str
    due_words: str


def rows_of(cases: Iterable[Case], *, now: datetime) -> list[CaseRow]:
    return [_row(case, now=now) for case in cases]


def _row(case: Case, *, now: datetime) -> CaseRow:
    if case.state not in RUNNING:
        return CaseRow(case, None, "idle", "")
    if case.dispatched_at is None:
        return CaseRow(case, None, "wait", _("nobody asked yet"))
    left = case.due - now
    if left < timedelta():
        return CaseRow(case, case.due, "bad", _("%(time)s overdue") % {"time": _span(-left)})
    words = _("%(time)s left to answer") if case.responded_at is None else _("%(time)s left")
    return CaseRow(case, case.due, "wait" if left < SOON else "good", words % {"time": _span(left)})


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours >= 48:
        return _("%(number)d days") % {"number": hours // 24}
    return _("%(number)d h") % {"number": hours} if hours else _("less than 1 h")


@dataclass(frozen=True)
class Waiting:
    """What waits for the desk, or for the street."""

    to_dispatch: int = 0
    overdue: int = 0
    to_call_back: int = 0
    to_rule: int = 0
    under_way: int = 0


def waiting(actor: Actor, *, now: datetime, permission: Permission = Permission.CASE_VIEW) -> Waiting:
    """The counts of the area where the actor holds `permission`, in one statement over the open cases."""
    counted = (
        Case.objects.of_area(actor, permission)
        .filter(ended_at=None)
        .aggregate(
            to_dispatch=Count("pk", filter=Q(state=CaseState.TO_DISPATCH)),
            overdue=Count("pk", filter=overdue(now)),
            to_call_back=Count("pk", filter=Q(state=CaseState.DONE)),
            to_rule=Count("pk", filter=Q(state=CaseState.TO_RULE)),
            under_way=Count("pk", filter=Q(state__in=ASSIGNED)),
        )
    )
    return Waiting(**counted)
