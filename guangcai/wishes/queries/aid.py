"""What programmes of aid came to (S15): exact for their desk, in bands for everybody else (docs/adr/0019)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from guangcai.core.actor import Actor
from guangcai.core.bands import band_of
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.orgs.policies import SmallCount, in_force_at_each
from guangcai.wishes.models import AidOutcome, AidProgramme

COLUMNS = {
    "programme": "programme__kind__name",
    "outcome": "measure__name",
    "community": "community__name",
}


def programmes(actor: Actor) -> QuerySet[AidProgramme]:
    """Programmes of the area whose figures one may read. One query."""
    return AidProgramme.objects.visible_to(actor).select_related("kind", "community")


@dataclass(frozen=True)
class Told:
    """One figure as this reader may know it. text: the figure, or its band."""

    measure: str
    unit: str
    text: str


def sums_of(programme: AidProgramme, actor: Actor, *, on: date) -> list[Told]:
    """What a programme came to in all, by what is counted. Two queries."""
    rows = AidOutcome.objects.standing().filter(programme=programme).order_by("measure__position", "measure_id")
    found = rows.values_list("measure__name", "measure__unit", "measure__counts_people").annotate(total=Sum("count"))
    below = in_force_at_each(SmallCount, paths=[programme.path], on=on)[programme.path].below
    exact = is_exact(actor, programme.path)
    return [
        Told(name, unit, str(band_of(total, below=below)) if people and not exact else str(total))
        for name, unit, people, total in found
        if total
    ]


def outcomes_of(programme: AidProgramme, actor: Actor) -> list[AidOutcome]:
    """Every number, corrected or not, the newest day first; none but for the desk. One query."""
    rows = (
        AidOutcome.objects.visible_to(actor)
        .filter(programme=programme)
        .select_related("measure", "correction", "corrects")
    )
    return list(rows.order_by("-on", "-noted_at", "pk"))


def is_exact(actor: Actor | None, path: str) -> bool:
    """The desk itself, and the program, read exact figures."""
    return actor is None or covers(actor.paths_with(Permission.WISH_EDIT), path)


@dataclass(frozen=True)
class AidCount:
    """The sum of one group."""

    values: dict[str, str]
    total: int


def count_aid(
    actor: Actor | None, *, paths: Sequence[str], by: Sequence[str], since: date, until: date
) -> list[AidCount]:
    """Outcomes of aid by kind of programme, what is counted and community, within two local days. Two queries (S15).

    For everybody but the desk each community's sum of people in need is the lower end of its band, before anything is
    added up, so that no place, filter or day tells what another one hides.
    """
    rows = AidOutcome.objects.standing().filter(under("path", paths), on__gte=since, on__lte=until, count__gt=0)
    columns = [COLUMNS[name] for name in by]
    counted = list(
        rows.order_by().values("path", "measure_id", "measure__counts_people", *columns).annotate(total=Sum("count"))
    )
    told_to = {row["path"] for row in counted}
    limits = in_force_at_each(SmallCount, paths=told_to, on=until) if told_to else {}
    found: dict[tuple[str, ...], int] = {}
    for row in counted:
        total, path = row["total"], row["path"]
        if row["measure__counts_people"] and not is_exact(actor, path):
            total -= total % max(limits[path].below, 1)
        key = tuple(row[column] for column in columns)
        found[key] = found.get(key, 0) + total
    return [AidCount(dict(zip(by, key, strict=True)), total) for key, total in sorted(found.items())]
