"""Whether a member is one of those a commitment is for, also after its community moved or went over to another one.

Facts keep the path of their day, members the path of where they live now. The one rule for every room: a path of a
fact stands for the place that is there now, its successor counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from guangcai.core.scoping import ancestors, covers
from guangcai.orgs.models import FormerPath


def place_now(path: str) -> str:
    """The path that the place of a fact has now. One query."""
    return places_now([path])[path]


def places_now(paths: Iterable[str]) -> dict[str, str]:
    """The same for several places. One query."""
    found = {path: path for path in paths}
    rows = FormerPath.objects.filter(path__in=found)
    return found | dict(rows.values_list("path", "node__path"))


def is_for(path: str, *, member_path: str) -> bool:
    """Whether somebody who lives at `member_path` belongs to the place of a fact. One query."""
    return covers([place_now(path)], member_path)


def paths_for(member_path: str) -> list[str]:
    """Every path of facts for somebody who lives there: his community, what is above it, and what those were before.

    The same rule as is_for, asked for all of them at once. One query.
    """
    above = ancestors(member_path)
    return [*above, *FormerPath.objects.filter(node__path__in=above).values_list("path", flat=True)]


def paths_of(path: str) -> list[str]:
    """A place's own path and those under which facts that are now its own were written. One query."""
    return [path, *FormerPath.objects.filter(node__path=path).values_list("path", flat=True)]


@dataclass(frozen=True)
class Heirs:
    """paths: under which facts of places were written that are elsewhere now. of: key of a place then -> now."""

    paths: tuple[str, ...]
    of: Mapping[int, int]


def heirs_under(path: str) -> Heirs:
    """Of the places under `path` now: one query."""
    rows = FormerPath.objects.filter(node__path__under=path).order_by("path")
    found = dict(rows.values_list("path", "node_id"))
    keys = {int(former.rstrip("/").rpartition("/")[2]): node for former, node in found.items()}
    return Heirs(tuple(former for former in found if not covers([path], former)), keys)


def away() -> Q:
    """Commitments whose member lives in another community than theirs is now, or is on no roster any more."""
    now = FormerPath.objects.filter(path=OuterRef("path")).values("node")
    elsewhere = ~Q(member__community=Coalesce(Subquery(now), F("community")))
    return elsewhere | Q(member__community=None) | Q(member__ended_at__isnull=False)
