"""The confirmed services behind a line of a feedback sheet: every figure opens to its rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from guangcai.appraisal.models import FeedbackLine, FeedbackSheet
from guangcai.appraisal.rules import Figures, Quarter, share_out
from guangcai.ledger.models import Posting
from guangcai.members.models import Employment


@dataclass(frozen=True)
class Behind:
    """Postings of one line. is_shared: two records of the member stand on the sheet, the postings are behind both.

    adds_up: False where the member's unit was corrected after the sheet was drafted; a supplement says the difference.
    """

    postings: tuple[Posting, ...]
    is_shared: bool
    adds_up: bool


def behind(line: FeedbackLine, sheet: FeedbackSheet) -> Behind:
    """What was confirmed of this line's member for this sheet's unit and not on an earlier sheet. Three queries."""
    member = line.member.merged_into_id or line.member_id
    sheets = list(FeedbackSheet.objects.filter(close=sheet.close_id, work_unit=sheet.work_unit_id).order_by("as_of"))
    lines: dict[UUID, list[FeedbackLine]] = defaultdict(list)
    for one in FeedbackLine.objects.filter(
        Q(member=member) | Q(member__merged_into=member), sheet__in=[one.pk for one in sheets]
    ):
        lines[one.sheet_id].append(one)
    postings = list(_postings(member, sheet))
    shares = share_out(
        [(posting.confirmed_at, _figures_of(posting)) for posting in postings],
        [(one.as_of, _sum(lines[one.pk])) for one in sheets],
    )
    mine = tuple(postings[i] for i in shares[[one.pk for one in sheets].index(sheet.pk)])
    total = sum((_figures_of(posting) for posting in mine), Figures())
    return Behind(mine, is_shared=len(lines[sheet.pk]) > 1, adds_up=total == _sum(lines[sheet.pk]))


def _postings(member: UUID, sheet: FeedbackSheet) -> "QuerySet[Posting]":
    quarter = Quarter.parse(sheet.quarter)
    served_then = Q(until=None) | Q(until__gt=OuterRef("served_on"))
    jobs = Employment.objects.filter(
        served_then, member=OuterRef("member"), work_unit=sheet.work_unit_id, since__lte=OuterRef("served_on")
    )
    rows = Posting.objects.filter(
        Exists(jobs),
        member=member,
        community=sheet.community_id,
        served_on__range=(quarter.starts_on, quarter.ends_on),
    )
    return rows.select_related("entry", "entry__kind").order_by("served_on", "pk")


def _figures_of(posting: Posting) -> Figures:
    return Figures(posting.minutes, posting.deeds, -1 if posting.minutes < 0 or posting.deeds < 0 else 1)


def _sum(lines: Iterable[FeedbackLine]) -> Figures:
    return sum((Figures(line.minutes, line.deeds, line.services) for line in lines), Figures())
