"""Sums of what was confirmed: for the booklet, the quarterly sheet, the appraisal and the statistics."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from guangcai.core.scoping import under
from guangcai.ledger.models import Posting, YearTotal
from guangcai.members.models import Member


@dataclass(frozen=True)
class Sums:
    """Confirmed minutes and deeds, reversals taken off. postings: how many rows were added up, reversals among them."""

    minutes: int = 0
    deeds: int = 0
    postings: int = 0


NOTHING = Sums()


def quarter_span(quarter: str) -> tuple[date, date]:
    """ "2026Q3" -> (1 July, 1 October): the end is exclusive. Raises ValueError for anything else."""
    year, _, number = quarter.partition("Q")
    if not (year.isdigit() and len(year) == 4 and number in {"1", "2", "3", "4"}):
        raise ValueError(f"not a quarter: {quarter!r}")
    since = date(int(year), int(number) * 3 - 2, 1)
    return since, date(since.year + 1, 1, 1) if number == "4" else since.replace(month=since.month + 3)


def minutes_served(*, member: Member, year: int) -> int:
    """Confirmed minutes of a member in a calendar year, from the postings themselves."""
    rows = Posting.objects.filter(member=member, served_on__gte=date(year, 1, 1), served_on__lt=date(year + 1, 1, 1))
    return rows.aggregate(total=Sum("minutes"))["total"] or 0


def year_sums(*, members: Iterable[Member | UUID], year: int) -> dict[UUID, Sums]:
    """The yearly roll-up of these members; who has none is not in the answer. One query."""
    rows = YearTotal.objects.filter(member__in=members, year=year).values_list(
        "member_id", "minutes", "deeds", "postings"
    )
    return _added(rows)


def year_totals(*, path: str, year: int) -> QuerySet[YearTotal]:
    """The roll-up rows of everybody who belongs to the area now, for lists that sort and filter further."""
    return YearTotal.objects.filter(under("member__path", [path]), year=year)


def sums_by_member(*, path: str, since: date, until: date) -> dict[UUID, Sums]:
    """Confirmed service recorded under `path` from `since` until before `until`, by member. One query."""
    rows = Posting.objects.filter(under("path", [path]), served_on__gte=since, served_on__lt=until)
    return _added(_grouped(rows))


def sums_of(*, members: Iterable[Member | UUID], since: date, until: date) -> dict[UUID, Sums]:
    """Confirmed service of these members wherever it was recorded, `until` exclusive. One query."""
    rows = Posting.objects.filter(member__in=members, served_on__gte=since, served_on__lt=until)
    return _added(_grouped(rows))


def quarter_sums(*, path: str, quarter: str) -> dict[UUID, Sums]:
    """The sums of a quarter ("2026Q3") recorded under `path`, by member: what the quarterly sheet begins with (A50)."""
    since, until = quarter_span(quarter)
    return sums_by_member(path=path, since=since, until=until)


def _grouped(rows: QuerySet[Posting]) -> Iterable[tuple[UUID, int, int, int]]:
    return rows.values_list("member_id").annotate(minutes=Sum("minutes"), deeds=Sum("deeds"), postings=Count("pk"))


def _added(rows: Iterable[tuple[UUID, int, int, int]]) -> dict[UUID, Sums]:
    return {member_id: Sums(minutes, deeds, postings) for member_id, minutes, deeds, postings in rows}


@dataclass(frozen=True)
class UnitYear:
    """A work unit's members in a year: how many, how many reached the full duty, and their sums."""

    work_unit_id: int
    members: int
    met: int
    minutes: int
    deeds: int


# Who worked for the unit at the year's end. One pass over the roll-up, whatever the number of postings.
UNIT_YEARS = """
SELECT job.work_unit_id, count(*), count(*) FILTER (WHERE t.minutes >= %(minutes)s AND t.deeds >= %(deeds)s),
       coalesce(sum(t.minutes), 0), coalesce(sum(t.deeds), 0)
FROM members_employment AS job
LEFT JOIN ledger_yeartotal AS t ON t.member_id = job.member_id AND t.year = %(year)s
WHERE job.since <= %(last)s AND (job.until IS NULL OR job.until > %(last)s)
GROUP BY job.work_unit_id
"""


def unit_years(*, year: int, minutes: int, deeds: int) -> list[UnitYear]:
    """Every work unit's year against a full duty of `minutes` and `deeds`, from the roll-up. One query.

    Pro rata, exemptions and duty met elsewhere are the appraisal's (guangcai.appraisal.queries.standing).
    """
    values: dict[str, int | date] = {"year": year, "minutes": minutes, "deeds": deeds, "last": date(year, 12, 31)}
    with connection.cursor() as cursor:
        cursor.execute(UNIT_YEARS, values)
        return [UnitYear(*row) for row in cursor.fetchall()]
