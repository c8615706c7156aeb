"""Figures for statistics S7 (duty) and S12 (feedback)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from guangcai.appraisal.enums import Answer, Verdict
from guangcai.appraisal.models import FeedbackSheet
from guangcai.appraisal.queries.standing import standings
from guangcai.appraisal.rules import Quarter
from guangcai.core.scoping import under
from guangcai.members.models import Residence
from guangcai.orgs.models import WorkUnit
from guangcai.orgs.models.organisations import in_force
from guangcai.orgs.policies import AnnualDuty, in_force_at

DutyKey = tuple[str, ...]


def count_duty(*, paths: Sequence[str], by: Sequence[str], year: int, on: date) -> dict[DutyKey, int]:
    """Members living under `paths` on `on`, by `verdict` and any of `community`, `unit`: values in the order of `by`.

    The rule of each community is the one in force there on 1 January. Source: A43, S7.
    """
    homes = (
        Residence.objects.filter(in_force(on), under("path", paths), member__merged_into=None)
        .select_related("community")
        .order_by("community__code")
    )
    by_community: dict[int, list[Residence]] = {}
    for home in homes:
        by_community.setdefault(home.community_id, []).append(home)
    unit_names = dict(WorkUnit.objects.values_list("pk", "name")) if "unit" in by else {}
    counted: Counter[DutyKey] = Counter()
    for group in by_community.values():
        community = group[0].community
        duty = in_force_at(AnnualDuty, path=community.path, on=date(year, 1, 1))
        for standing in standings([home.member_id for home in group], year=year, duty=duty):
            values = {
                "verdict": str(Verdict(standing.verdict).label),
                "community": community.name,
                "unit": unit_names.get(standing.work_unit_id or 0, ""),
            }
            counted[tuple(values[name] for name in by)] += 1
    return dict(counted)


@dataclass(frozen=True)
class FeedbackCount:
    """Sheets of one group: drafted, sent (approved), read, acknowledged, disputed."""

    values: dict[str, str]
    drafted: int
    sent: int
    read: int
    acknowledged: int
    disputed: int


FEEDBACK_DIMENSIONS = {
    "quarter": ("quarter", "quarter"),
    "community": ("community__name", "community__code"),
    "unit": ("work_unit__name", "work_unit__name"),
}


def count_feedback(
    *, paths: Sequence[str], by: Sequence[str], since: date | None = None, until: date | None = None
) -> list[FeedbackCount]:
    """Sheets under `paths` whose quarter touches `since`..`until`, by the dimensions named, in order. One query."""
    sheets = FeedbackSheet.objects.filter(under("path", paths))
    if since:
        sheets = sheets.filter(quarter__gte=str(Quarter.of(since)))
    if until:
        sheets = sheets.filter(quarter__lte=str(Quarter.of(until)))
    words = [FEEDBACK_DIMENSIONS[name][0] for name in by]
    order = [FEEDBACK_DIMENSIONS[name][1] for name in by]
    figures = {
        "drafted": Count("pk"),
        "sent": Count("pk", filter=Q(approved_at__isnull=False)),
        "read": Count("pk", filter=Q(read_at__isnull=False)),
        "acknowledged": Count("pk", filter=Q(answer=Answer.ACKNOWLEDGED)),
        "disputed": Count("pk", filter=Q(answer=Answer.DISPUTED)),
    }
    rows = (
        sheets.values(*dict.fromkeys([*words, *order])).annotate(**figures).order_by(*order)
        if by
        else [sheets.aggregate(**figures)]
    )
    return [
        FeedbackCount(
            values={name: row[word] for name, word in zip(by, words, strict=True)},
            **{name: row[name] for name in figures},
        )
        for row in rows
    ]
