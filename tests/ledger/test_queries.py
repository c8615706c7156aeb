"""Sums that other rooms read, lists of what is late, one person's timeline, and what a merge of two records does."""

from datetime import date, timedelta

import pytest

from guangcai.core import invariants
from guangcai.core.errors import RuleBroken
from guangcai.ledger.commands import reverse
from guangcai.ledger.models import ServiceEntry, YearTotal
from guangcai.ledger.queries import entries as queries
from guangcai.ledger.queries import life
from guangcai.ledger.queries.booklet import own_year
from guangcai.ledger.queries.totals import (
    Sums,
    minutes_served,
    quarter_span,
    quarter_sums,
    sums_of,
    unit_years,
    year_sums,
    year_totals,
)
from guangcai.members.commands.merge import merge_members
from tests.cast import make_member
from tests.ledger.scenes import SATURDAY, confirmed, recorded

QUARTER = timedelta(days=92)


@pytest.mark.parametrize(
    ("quarter", "since", "until"),
    [
        ("2026Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026Q3", date(2026, 7, 1), date(2026, 10, 1)),
        ("2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_quarter_span(quarter, since, until):
    assert quarter_span(quarter) == (since, until)


@pytest.mark.parametrize("quarter", ["", "2026", "2026Q5", "26Q1", "2026Q", "Q1", "2026q1"])
def test_what_is_no_quarter(quarter):
    with pytest.raises(ValueError):
        quarter_span(quarter)


def test_sums(cast):
    confirmed(cast, deeds=1)
    confirmed(cast, starts_at=SATURDAY - QUARTER)
    undone = confirmed(cast, starts_at=SATURDAY + timedelta(hours=3), deeds=1)
    reverse(entry=undone, reason="录错了", by=cast.actor("secretary"), now=cast.now)
    recorded(cast, starts_at=SATURDAY + timedelta(hours=6))
    teacher = cast.teacher_member
    assert quarter_sums(path=cast.street.path, quarter="2026Q4") == {teacher.pk: Sums(120, 1, 3)}
    assert quarter_sums(path=cast.nanyuan.path, quarter="2026Q3") == {teacher.pk: Sums(120, 0, 1)}
    assert quarter_sums(path=cast.gongyuan.path, quarter="2026Q4") == {}
    assert sums_of(members=[teacher], since=date(2026, 1, 1), until=date(2027, 1, 1)) == {teacher.pk: Sums(240, 1, 4)}
    assert year_sums(members=[teacher, cast.police_member], year=2026) == {teacher.pk: Sums(240, 1, 4)}
    assert minutes_served(member=teacher, year=2026) == 240
    assert minutes_served(member=teacher, year=2025) == 0
    assert year_totals(path=cast.street.path, year=2026).get().minutes == 240
    assert not year_totals(path=cast.gongyuan.path, year=2026).exists()


def test_unit_years(cast):
    confirmed(cast, deeds=1)
    found = {row.work_unit_id: row for row in unit_years(year=2026, minutes=120, deeds=1)}
    school, police = found[cast.school.pk], found[cast.police_branch.pk]
    assert (school.members, school.met, school.minutes, school.deeds) == (1, 1, 120, 1)
    assert (police.members, police.met, police.minutes, police.deeds) == (1, 0, 0, 0)
    assert [row.met for row in unit_years(year=2026, minutes=121, deeds=1)] == [0, 0]


def test_own_year_beside_the_duty(cast):
    confirmed(cast, deeds=1)
    year = own_year(member=cast.teacher_member, year=2026)
    assert (year.minutes, year.minutes_goal, year.deeds, year.deeds_goal) == (120, 960, 1, 12)
    before_any_rule = own_year(member=cast.teacher_member, year=2019)
    assert (before_any_rule.minutes_goal, before_any_rule.deeds_goal) == (0, 0)


def test_what_is_late(cast):
    old = recorded(cast, starts_at=SATURDAY - timedelta(days=15))
    recorded(cast)
    secretary, today = cast.actor("secretary"), cast.now.date()
    assert list(queries.overdue(actor=secretary, on=today, working_days=10)) == [old]
    late = queries.recorded_late(actor=cast.actor("overseer"), since=date(2026, 10, 1), until=today)
    assert list(late) == [old]
    assert not queries.overdue(actor=cast.actor("desk_next_door"), on=today, working_days=10).exists()


def test_the_timeline_of_a_person(cast):
    confirmed(cast)
    (item,) = life.timeline_of(cast.teacher_member, cast.actor("desk"))
    assert (item.title, item.tone) == ("周末清洁", "good")
    assert life.timeline_of(cast.teacher_member, cast.actor("desk_next_door")) == []
    assert len(life.timeline_of(cast.teacher_member, cast.actor("member"))) == 1


def test_entries_postings_and_totals_follow_a_merge(cast):
    twin = make_member(cast, "twin", "林晓岚", "13900000101", community=cast.nanyuan, unit=cast.school)
    confirmed(cast, deeds=1)
    confirmed(cast, member=twin, starts_at=SATURDAY + timedelta(hours=3))
    recorded(cast, member=twin, starts_at=SATURDAY + timedelta(hours=6))
    confirmed(cast, member=twin, starts_at=SATURDAY - timedelta(days=365))
    merge_members(kept=cast.teacher_member, gone=twin, by=cast.actor("desk"), now=cast.now)
    assert set(ServiceEntry.objects.values_list("member_id", flat=True)) == {cast.teacher_member.pk}
    totals = YearTotal.objects.order_by("year").values_list("member_id", "year", "minutes", "deeds", "postings")
    assert list(totals) == [(cast.teacher_member.pk, 2025, 120, 0, 1), (cast.teacher_member.pk, 2026, 240, 1, 2)]
    codes = [code for code in invariants.codes() if code.startswith("ledger.")]
    assert [broken for code in codes for broken in invariants.broken_by(code)] == []


def test_a_merge_that_passes_the_daily_limit_is_refused_with_the_day(cast):
    twin = make_member(cast, "twin", "林晓岚", "13900000101", community=cast.nanyuan, unit=cast.school)
    confirmed(cast, minutes=7 * 60)
    wrong = confirmed(cast, member=twin, starts_at=SATURDAY + timedelta(hours=7), minutes=6 * 60)
    confirmed(cast, member=twin, starts_at=SATURDAY + timedelta(days=1), minutes=8 * 60)
    with pytest.raises(RuleBroken) as refusal:
        merge_members(kept=cast.teacher_member, gone=twin, by=cast.actor("desk"), now=cast.now)
    assert refusal.value.code == "merge_in_the_way"
    assert "13" in str(refusal.value)
    assert "12" in str(refusal.value)
    assert wrong.served_on.isoformat() in str(refusal.value)
    assert ServiceEntry.objects.filter(member=twin).count() == 2
    reverse(entry=wrong, reason="写错", by=cast.actor("secretary"), now=cast.now)
    merge_members(kept=cast.teacher_member, gone=twin, by=cast.actor("desk"), now=cast.now)
    codes = [code for code in invariants.codes() if code.startswith("ledger.")]
    assert [broken for code in codes for broken in invariants.broken_by(code)] == []
