"""Figures of mediation: opened, agreed, holding; exact for the desk, in bands for everybody else (docs/adr/0028)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from guangcai.core.actor import Actor
from guangcai.core.bands import band_of
from guangcai.core.days import span
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.mediation.enums import StepKind
from guangcai.mediation.models import MediationStep
from guangcai.orgs.policies import SmallCount, in_force_at_each

COLUMNS = {"cause": "mediation__cause__name", "community": "mediation__community__name"}
KINDS = {"opened": StepKind.OPENED, "agreed": StepKind.AGREED, "holding": StepKind.HOLDS}


@dataclass(frozen=True)
class MediationCount:
    """Matters opened, agreed, and found holding at the last visit: each by the day on which that happened."""

    values: dict[str, str]
    opened: int
    agreed: int
    holding: int


def count_mediations(
    actor: Actor | None, *, paths: Sequence[str], by: Sequence[str], since: date, until: date
) -> list[MediationCount]:
    """Figures by the dimensions `by` (cause, community): two statements. actor None is the program itself.

    For everybody but the desk each community's figure is the lower end of its band, so that no place, filter or day
    tells what another one hides (reliability, abuse case 18).
    """
    begin, end = span(since, until)
    # What was said again counts once, on the day of the step that was said wrongly.
    in_time = Q(corrects=None, at__gte=begin, at__lt=end) | Q(corrects__at__gte=begin, corrects__at__lt=end)
    rows = MediationStep.objects.standing().filter(
        in_time, under("mediation__path", list(paths)), kind__in=KINDS.values()
    )
    columns = [COLUMNS[name] for name in by]
    counted = rows.order_by().values_list("mediation__path", "kind", *columns)
    counts = list(counted.annotate(number=Count("mediation", distinct=True)))
    limits = in_force_at_each(SmallCount, paths={row[0] for row in counts}, on=until) if counts else {}
    desks = actor.paths_with(Permission.MEDIATION_VIEW) if actor else ()
    told: dict[tuple[str, ...], dict[str, int]] = {}
    for path, kind, *key, number in counts:
        is_exact = actor is None or covers(desks, path)
        figure = number if is_exact else band_of(number, below=limits[path].below).low
        line = told.setdefault(tuple(key), {})
        line[kind] = line.get(kind, 0) + figure
    return [
        MediationCount(dict(zip(by, key, strict=True)), *(told[key].get(kind.value, 0) for kind in KINDS.values()))
        for key in sorted(told)
    ]
