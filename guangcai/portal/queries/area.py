"""The figures of a street or district by the places below it, in a number of queries that does not grow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.timezone import localdate

from guangcai.activities.models import Shift
from guangcai.appraisal.models import FeedbackSheet, QuarterClose
from guangcai.appraisal.rules import Quarter
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.workdays import SHANGHAI, add_working_days
from guangcai.ledger.models import SampleCheck, WaitingEntry, YearTotal
from guangcai.members.models import Member
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from guangcai.orgs.policies import RecordingDeadline, in_force_at
from guangcai.orgs.queries import workday_overrides

# A bigint has 19 digits.
LONGEST_KEY = 19


@dataclass(frozen=True)
class PlaceRow:
    """One place below: people, what they did this year, and what lies there undone."""

    node: Node
    members: int = 0
    active: int = 0
    minutes: int = 0
    deeds: int = 0
    to_confirm: int = 0
    late_shifts: int = 0
    sheets_open: int = 0

    @property
    def share_active(self) -> float:
        return self.active / self.members if self.members else 0.0

    @property
    def is_leaf(self) -> bool:
        return self.node.level == Level.COMMUNITY


@dataclass(frozen=True)
class Area:
    """A place with its rows, their sum, and the quarter whose feedback is due."""

    node: Node
    above: Node | None
    rows: tuple[PlaceRow, ...]
    total: PlaceRow
    quarter: str
    samples: int


def top_node(actor: Actor, *, wanted: str = "") -> Node | None:
    """The place somebody oversees, or the one below it that he opened (`wanted`: its key)."""
    paths = actor.paths_with(Permission.STATISTICS_VIEW)
    seen = Node.objects.filter(under("path", paths)).select_related("parent")
    if wanted.isdecimal() and len(wanted) < LONGEST_KEY and (found := seen.filter(pk=int(wanted)).first()):
        return found
    return seen.filter(path__in=paths).order_by("path").first()


def area(actor: Actor, node: Node, *, now: datetime) -> Area:
    """The places right below `node`, each with its whole subtree: seven queries, however many places and people."""
    today = localdate(now)
    children = list(Node.objects.in_force(today).filter(parent=node).order_by("code"))
    if node.level == Level.COMMUNITY or not children:
        children = [node]
    columns = _columns(actor, node, today, now)
    rows = tuple(_row(child, columns) for child in children)
    above = node.parent if node.parent and actor.can(Permission.STATISTICS_VIEW, node.parent.path) else None
    return Area(
        node=node,
        above=above,
        rows=rows,
        total=_sum(node, rows),
        quarter=str(Quarter.of(today).previous),
        samples=SampleCheck.objects.visible_to(actor).filter(path__under=node.path, checked_at=None).count(),
    )


def _columns(actor: Actor, node: Node, today: date, now: datetime) -> dict[str, dict[str, int]]:
    """Column -> path of a community -> number."""
    here = {"path__under": node.path}
    # By the path alone, which the index of the roster holds. Whoever has not reported in lies at no community.
    communities = Node.objects.communities().filter(**here).values("path")
    people = Member.objects.visible_to(actor).current().filter(path__in=communities, **here)
    totals = YearTotal.objects.filter(year=today.year, member__path__under=node.path)
    late = _over(today, node)
    shifts = Shift.objects.planned().filter(activity__published_at__isnull=False, ends_at__lt=late, **here)
    quarter = str(Quarter.of(today).previous)
    return {
        "members": _count(people),
        **_service(totals),
        "to_confirm": _count(WaitingEntry.objects.filter(**here)),
        "late_shifts": _count(shifts.filter(activity__cancelled_at=None)),
        "sheets_open": _count(FeedbackSheet.objects.filter(approved_at=None, quarter=quarter, **here))
        | _not_closed(node, quarter, today),
    }


def _service(totals: "QuerySet[YearTotal]") -> dict[str, dict[str, int]]:
    """Who did anything, and how much, by the community where he lives: one pass over the roll-up."""
    sums = totals.values("member__path").annotate(
        active=Count("pk", filter=Q(minutes__gt=0)), n_minutes=Sum("minutes"), n_deeds=Sum("deeds")
    )
    rows = list(sums.order_by())
    return {
        "active": {row["member__path"]: row["active"] for row in rows},
        "minutes": {row["member__path"]: row["n_minutes"] for row in rows},
        "deeds": {row["member__path"]: row["n_deeds"] for row in rows},
    }


def _over(today: date, node: Node) -> datetime:
    """Shifts that ended before this moment are past their deadline (Order 67 art 11)."""
    days = in_force_at(RecordingDeadline, path=node.path, on=today).working_days
    day, overrides = today, workday_overrides()
    while add_working_days(day, days, overrides) >= today:
        day -= timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)


def _not_closed(node: Node, quarter: str, today: date) -> dict[str, int]:
    """Communities that have members and have not closed the quarter count as one sheet that is missing."""
    closed = QuarterClose.objects.filter(path__under=node.path, quarter=quarter).values("community")
    lived = Member.objects.current().filter(path=OuterRef("path"))
    rows = Node.objects.in_force(today).communities().filter(Exists(lived), path__under=node.path)
    return dict.fromkeys(rows.exclude(pk__in=closed).values_list("path", flat=True), 1)


def _count(rows: "QuerySet") -> dict[str, int]:
    by_path = rows.order_by().values(lies_at=F("path")).annotate(n=Count("*"))
    return {row["lies_at"]: row["n"] or 0 for row in by_path}


def _row(child: Node, columns: dict[str, dict[str, int]]) -> PlaceRow:
    numbers = {
        name: sum(n for path, n in column.items() if path.startswith(child.path)) for name, column in columns.items()
    }
    return PlaceRow(child, **numbers)


def _sum(node: Node, rows: Iterable[PlaceRow]) -> PlaceRow:
    names = ("members", "active", "minutes", "deeds", "to_confirm", "late_shifts", "sheets_open")
    kept = list(rows)
    return PlaceRow(node, **{name: sum(getattr(row, name) for row in kept) for name in names})
