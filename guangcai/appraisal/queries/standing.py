"""Where members stand in a year: what they did and what they owe. The appraisal and the statistics read the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from guangcai.appraisal.enums import Verdict
from guangcai.appraisal.models import DutyElsewhere, Exemption
from guangcai.appraisal.rules import Owed, Span, owed, verdict
from guangcai.ledger.models import YearTotal
from guangcai.members.models import Employment, Residence
from guangcai.orgs.policies import AnnualDuty


@dataclass(frozen=True)
class Standing:
    """One member's year: confirmed minutes and deeds, what is owed of them, proven service elsewhere, verdict."""

    member_id: UUID
    work_unit_id: int | None
    minutes: int
    deeds: int
    owed: Owed
    elsewhere_minutes: int
    elsewhere_deeds: int

    @property
    def verdict(self) -> Verdict:
        return verdict(
            minutes=self.minutes,
            deeds=self.deeds,
            owed=self.owed,
            elsewhere_minutes=self.elsewhere_minutes,
            elsewhere_deeds=self.elsewhere_deeds,
        )


def standings(members: Sequence[UUID], *, year: int, duty: AnnualDuty) -> list[Standing]:
    """The standing of each of `members` in `year` under `duty`, in their order. Five queries whatever their number."""
    totals = {row.member_id: row for row in YearTotal.objects.filter(member__in=members, year=year)}
    bound = _spans(Residence.objects.filter(member__in=members))
    exempt = _spans(Exemption.objects.filter(member__in=members))
    elsewhere = _elsewhere(members, year)
    units = _units(members, year)
    return [
        Standing(
            member_id=member,
            work_unit_id=units.get(member),
            minutes=totals[member].minutes if member in totals else 0,
            deeds=totals[member].deeds if member in totals else 0,
            owed=owed(duty, year=year, bound=bound[member], exempt=exempt[member]),
            elsewhere_minutes=elsewhere[member][0],
            elsewhere_deeds=elsewhere[member][1],
        )
        for member in members
    ]


def _spans(rows: Iterable[Any]) -> dict[UUID, list[Span]]:
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for row in rows:
        spans[row.member_id].append(Span(row.since, row.until))
    return spans


def _elsewhere(members: Sequence[UUID], year: int) -> dict[UUID, tuple[int, int]]:
    sums: dict[UUID, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in DutyElsewhere.objects.filter(member__in=members, year=year):
        minutes, deeds = sums[row.member_id]
        sums[row.member_id] = (minutes + row.minutes, deeds + row.deeds)
    return sums


def _units(members: Sequence[UUID], year: int) -> dict[UUID, int]:
    last = date(year, 12, 31)
    jobs = Employment.objects.filter(Q(until=None) | Q(until__gt=last), member__in=members, since__lte=last)
    return dict(jobs.values_list("member_id", "work_unit_id"))
