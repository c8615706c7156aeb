"""Closing a quarter: the sheets are what was confirmed, once, for the unit that employed on the day (A48, A50)."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.db.utils import DatabaseError

from guangcai.appraisal.commands import approve_sheets, close_quarter, draft_supplements
from guangcai.appraisal.commands.quarter import Closed
from guangcai.appraisal.enums import ExemptionKind
from guangcai.appraisal.models import Exemption, FeedbackLine, FeedbackSheet, QuarterClose
from guangcai.appraisal.queries.behind import behind
from guangcai.appraisal.rules import Quarter
from guangcai.core import invariants
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.ledger.models import Posting
from guangcai.members.models import Employment
from guangcai.orgs.facts import of_community
from tests.appraisal.scenes import JULY, OCTOBER, Q3, closed, colleague, line_of, served
from tests.cast import DISTRICT, Cast, make_cast
from tests.conftest import NOW
from tests.ledger.test_races import at_once

SYSTEM = Actor.system()


def unbroken() -> None:
    codes = [code for code in invariants.codes() if code.startswith("appraisal.")]
    assert len(codes) == 2
    assert [found for code in codes for found in invariants.broken_by(code)] == []


def test_a_close_drafts_one_sheet_per_unit_with_the_sums_of_the_ledger(cast: Cast) -> None:
    served(cast, minutes=90, deeds=1)
    served(cast, on=JULY + timedelta(days=7), minutes=45)
    served(cast, member=colleague(cast), minutes=60)
    served(cast, member=cast.police_member, minutes=30)
    by = cast.actor("desk")
    answer = close_quarter(node=cast.nanyuan, quarter=Q3, by=by, now=OCTOBER)

    assert answer == Closed(communities=1, sheets=2, lines=3)
    of_school = FeedbackSheet.objects.get(work_unit=cast.school)
    assert (of_school.quarter, of_school.supplement_no, of_school.number) == ("2026Q3", 0, "")
    line = line_of(cast.teacher_member)
    assert (line.sheet_id, line.minutes, line.deeds, line.services) == (of_school.pk, 135, 1, 2)
    assert line.posts == "便民服务"
    sums = [table.objects.aggregate(Sum("minutes"), Sum("deeds")) for table in (FeedbackLine, Posting)]
    assert sums[0] == sums[1] == {"minutes__sum": 225, "deeds__sum": 1}
    event = AuditEvent.objects.get(tag=Tag.QUARTER_CLOSE)
    assert (event.actor_id, event.path) == (by.user_id, cast.nanyuan.path)
    unbroken()


def test_closing_again_does_nothing(cast: Cast) -> None:
    served(cast)
    sheets = closed(cast)
    served(cast, on=JULY + timedelta(days=1), now=OCTOBER + timedelta(hours=1))
    again = close_quarter(node=cast.nanyuan, quarter=Q3, by=SYSTEM, now=OCTOBER + timedelta(days=1))
    assert again == Closed(communities=0, sheets=0, lines=0)
    assert list(FeedbackSheet.objects.all()) == sheets
    assert line_of(cast.teacher_member).minutes == 120
    assert AuditEvent.objects.filter(tag=Tag.QUARTER_CLOSE).count() == 1


def test_a_district_closes_what_its_communities_have_not_closed(cast: Cast) -> None:
    closed(cast)
    answer = close_quarter(node=cast.district, quarter=Q3, by=SYSTEM, now=OCTOBER)
    assert answer.communities == 2
    assert set(QuarterClose.objects.values_list("community", flat=True)) == {
        cast.nanyuan.pk,
        cast.gongyuan.pk,
        cast.other_community.pk,
    }


def test_the_running_quarter_is_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(RuleBroken) as broken:
        close_quarter(node=cast.nanyuan, quarter=Quarter.of(now.date()), by=cast.actor("desk"), now=now)
    assert broken.value.code == "quarter_running"
    assert not QuarterClose.objects.exists()


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("overseer", Forbidden), ("desk_next_door", OutOfScope), ("liaison", OutOfScope), ("member", Forbidden)],
)
def test_only_the_desk_of_the_community_closes(cast: Cast, who: str, refusal: type[Exception]) -> None:
    closed(cast)
    with pytest.raises(refusal):
        close_quarter(node=cast.nanyuan, quarter=Q3, by=cast.actor(who), now=OCTOBER)
    with pytest.raises(refusal):
        draft_supplements(close=QuarterClose.objects.get(), by=cast.actor(who), now=OCTOBER)


def test_a_member_who_served_nobody_stands_with_zeros(cast: Cast) -> None:
    other, left = colleague(cast), colleague(cast, 2)
    left.employments.update(until=date(2026, 9, 1))
    served(cast)
    closed(cast)
    line = line_of(other)
    assert (line.minutes, line.deeds, line.services, line.posts) == (0, 0, 0, "")
    # Without a work unit on the quarter's last day there is nobody to tell.
    assert not FeedbackLine.objects.filter(member=left).exists()


def test_an_exempt_member_is_marked(cast: Cast) -> None:
    where = of_community(cast.nanyuan)
    span = {"since": date(2026, 8, 1), "until": date(2026, 9, 1)}
    Exemption.objects.create(**where, member=cast.teacher_member, kind=ExemptionKind.ILL, granted_at=NOW, **span)
    other = colleague(cast)
    closed(cast)
    assert (line_of(cast.teacher_member).is_exempt, line_of(other).is_exempt) == (True, False)


def move(cast: Cast, day: date) -> None:
    """The teacher changes to the police on `day`."""
    Employment.objects.filter(member=cast.teacher_member).update(until=day)
    Employment.objects.create(
        member=cast.teacher_member, work_unit=cast.police_branch, since=day, district_code=DISTRICT
    )


def test_a_service_counts_for_the_unit_that_employed_on_the_day(cast: Cast) -> None:
    move(cast, date(2026, 7, 19))
    served(cast, on=JULY, minutes=60)  # the last day at the school
    served(cast, on=JULY + timedelta(days=1), minutes=100)  # the first day with the police
    closed(cast)
    lines = {line.sheet.work_unit: line for line in FeedbackLine.objects.select_related("sheet__work_unit")}
    assert {unit: line.minutes for unit, line in lines.items()} == {cast.school: 60, cast.police_branch: 100}
    for line in lines.values():
        assert sum(posting.minutes for posting in behind(line, line.sheet).postings) == line.minutes
    unbroken()


def test_service_of_other_quarters_and_communities_is_not_on_the_sheet(cast: Cast) -> None:
    served(cast, minutes=60)
    served(cast, on=datetime.fromisoformat("2026-06-30T09:00+08:00"))
    served(cast, on=datetime.fromisoformat("2026-10-01T09:00+08:00"))
    served(cast, on=JULY + timedelta(days=1), community=cast.gongyuan)
    closed(cast)
    assert line_of(cast.teacher_member).minutes == 60
    # The last quarter-hour in Shanghai belongs to the quarter, whatever the day in London.
    served(cast, on=datetime.fromisoformat("2026-09-30T23:00+08:00"), minutes=50, now=OCTOBER + timedelta(hours=1))
    draft_supplements(close=QuarterClose.objects.get(), by=SYSTEM, now=OCTOBER + timedelta(days=1))
    assert line_of(cast.teacher_member, sheet__supplement_no=1).minutes == 50


def test_a_supplement_carries_exactly_what_was_confirmed_later(cast: Cast) -> None:
    other = colleague(cast)
    served(cast, minutes=60)
    closed(cast)
    close = QuarterClose.objects.get()
    assert draft_supplements(close=close, by=SYSTEM, now=OCTOBER + timedelta(hours=1)).sheets == 0

    served(cast, on=JULY + timedelta(days=1), minutes=40, deeds=1, now=OCTOBER + timedelta(hours=2))
    answer = draft_supplements(close=close, by=cast.actor("desk"), now=OCTOBER + timedelta(hours=3))
    assert (answer.sheets, answer.lines) == (1, 1)
    line = FeedbackLine.objects.get(sheet__supplement_no=1)
    assert (line.member_id, line.minutes, line.deeds, line.services) == (cast.teacher_member.pk, 40, 1, 1)
    assert line_of(cast.teacher_member, sheet__supplement_no=0).minutes == 60
    assert AuditEvent.objects.filter(tag=Tag.FEEDBACK_SUPPLEMENT).count() == 1

    assert draft_supplements(close=close, by=SYSTEM, now=OCTOBER + timedelta(hours=4)).sheets == 0
    served(cast, member=other, minutes=20, now=OCTOBER + timedelta(hours=5))
    draft_supplements(close=close, by=SYSTEM, now=OCTOBER + timedelta(hours=6))
    assert line_of(other, sheet__supplement_no=2).minutes == 20
    unbroken()


def test_the_figures_of_a_supplement_open_to_their_own_services(cast: Cast) -> None:
    """Two units whose supplements were drafted at different times: each number is the sum of its rows."""
    closed(cast)
    close = QuarterClose.objects.get()
    for n, member in enumerate([cast.teacher_member, cast.teacher_member, cast.police_member, cast.police_member]):
        late = OCTOBER + timedelta(hours=n + 1)
        served(cast, member=member, on=JULY + timedelta(days=n), minutes=10 * (n + 1), now=late)
        assert draft_supplements(close=close, by=SYSTEM, now=late + timedelta(minutes=1)).sheets == 1
    lines = FeedbackLine.objects.filter(minutes__gt=0).select_related("sheet")
    assert sorted(line.minutes for line in lines) == [10, 20, 30, 40]
    for line in lines:
        assert [posting.minutes for posting in behind(line, line.sheet).postings] == [line.minutes]
    unbroken()


FROZEN = [
    "UPDATE appraisal_feedbackline SET minutes = minutes + 1",
    "UPDATE appraisal_feedbackline SET remark = 'x'",
    "UPDATE appraisal_feedbackline SET member_id = core_new_id()",
    "DELETE FROM appraisal_feedbackline",
    "UPDATE appraisal_feedbacksheet SET number = 'x'",
    "UPDATE appraisal_feedbacksheet SET approved_at = NULL, number = ''",
    "UPDATE appraisal_feedbacksheet SET as_of = now()",
    "DELETE FROM appraisal_feedbacksheet",
]


@pytest.mark.parametrize("statement", FROZEN)
def test_the_database_itself_keeps_an_approved_sheet(cast: Cast, now: datetime, statement: str) -> None:
    served(cast)
    approve_sheets(sheets=closed(cast), by=cast.actor("secretary"), now=now)
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert line_of(cast.teacher_member).minutes == 120


def test_a_draft_may_still_be_changed(cast: Cast) -> None:
    closed(cast)
    with connection.cursor() as cursor:
        cursor.execute(FROZEN[1])
        assert cursor.rowcount == 1


@pytest.mark.django_db(transaction=True)
def test_closed_by_two_at_once_is_closed_once(transactional_db: None) -> None:
    cast = make_cast(NOW)
    served(cast)
    by = [cast.actor("desk"), cast.actor("secretary"), SYSTEM]
    nodes = [cast.nanyuan, cast.nanyuan, cast.street]
    answers = at_once(
        *(partial(close_quarter, node=n, quarter=Q3, by=b, now=OCTOBER) for n, b in zip(nodes, by, strict=True))
    )
    assert sum(answer.communities for answer in answers) == 2  # 南园 once, 公园 by the street
    assert sorted(FeedbackSheet.objects.values_list("work_unit__name", flat=True)) == ["公安站前分局", "站前区实验小学"]
    assert line_of(cast.teacher_member).minutes == 120
    unbroken()


@pytest.mark.django_db(transaction=True)
def test_a_supplement_drafted_by_two_at_once_is_drafted_once(transactional_db: None) -> None:
    cast = make_cast(NOW)
    closed(cast)
    served(cast, now=OCTOBER + timedelta(hours=1))
    later = OCTOBER + timedelta(hours=2)
    close = QuarterClose.objects.get()
    answers = at_once(*(partial(draft_supplements, close=close, by=SYSTEM, now=later) for _ in range(3)))
    assert sorted(answer.sheets for answer in answers) == [0, 0, 1]
    unbroken()


@pytest.mark.django_db(transaction=True)
def test_sheets_approved_by_two_at_once_get_one_number_each(transactional_db: None) -> None:
    cast = make_cast(NOW)
    served(cast, member=cast.police_member)
    sheets, by = closed(cast), cast.actor("secretary")
    answers = at_once(*(partial(approve_sheets, sheets=sheets, by=by, now=NOW) for _ in range(3)))
    assert sorted(answers) == [0, 0, 2]
    unbroken()
