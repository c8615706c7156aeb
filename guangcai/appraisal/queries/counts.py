"""Figures for statistics S7 (duty) and S12 (feedback)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Q, QuerySet

from guangcai.appraisal.enums import Answer, Verdict
from guangcai.appraisal.models import FeedbackSheet
from guangcai.appraisal.queries.standing import STANDING, standing_values
from guangcai.appraisal.rules import Quarter
from guangcai.core.scoping import under
from guangcai.members.models import Residence
from guangcai.orgs.models.organisations import in_force
from guangcai.orgs.policies import AnnualDuty, in_force_at_each

DutyKey = tuple[str, ...]
DUTY_DIMENSIONS = {"verdict": "standing.verdict", "community": "community.name", "unit": "coalesce(unit.name, '')"}
COUNT_DUTY = """
SELECT %s, count(*) FROM standing
JOIN orgs_node AS community ON community.id = standing.community_id
LEFT JOIN orgs_workunit AS unit ON unit.id = standing.work_unit_id
%s
"""


def duties(homes: "QuerySet[Residence]", *, year: int) -> dict[int, AnnualDuty]:
    """The duty of `year` in each community of these residences: the rule in force on 1 January. Source: A43."""
    paths = dict(homes.order_by().values_list("community_id", "community__path").distinct())
    rules = in_force_at_each(AnnualDuty, paths=paths.values(), on=date(year, 1, 1))
    return {community: rules[path] for community, path in paths.items()}


def count_duty(*, paths: Sequence[str], by: Sequence[str], year: int, on: date) -> dict[DutyKey, int]:
    """Members living under `paths` on `on`, by `verdict` and any of `community`, `unit`: values in the order of `by`.

    The rule of each community is the one in force there on 1 January. Three queries. Source: A43, S7.
    """
    homes = Residence.objects.filter(in_force(on), under("path", paths))
    values = standing_values(duties(homes, year=year), year=year, day=on, only_current=False)
    words = ", ".join(DUTY_DIMENSIONS[name] for name in by) or "''"
    group = f"GROUP BY {words} ORDER BY min(community.code), {words}" if by else ""
    with connection.cursor() as cursor:
        cursor.execute(STANDING + COUNT_DUTY % (words, group), values)
        rows = cursor.fetchall()
    labels = {verdict.value: str(verdict.label) for verdict in Verdict}
    return {
        tuple(labels[value] if name == "verdict" else value for name, value in zip(by, row[:-1], strict=False)): row[-1]
        for row in rows
    }


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
