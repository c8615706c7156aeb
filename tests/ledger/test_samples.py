"""The street's random sample, and the list of doubtful entries."""

from datetime import date, timedelta

import pytest

from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.ledger import rules
from guangcai.ledger.commands import check_sample, confirm, draw_sample, record_many
from guangcai.ledger.enums import Doubt, EntryOrigin, SampleResult
from guangcai.ledger.models import SampleCheck, ServiceEntry
from guangcai.ledger.queries.plausibility import plausibility_list
from tests.cast import make_member
from tests.ledger.scenes import SATURDAY, confirmed, service

NOVEMBER = date(2026, 11, 1)


def _many(cast, count, **changes):
    services = []
    for n in range(count):
        key = f"s{n}"
        member = cast.members.get(key) or make_member(
            cast, key, f"成员{n}", f"1391000{n:04d}", community=cast.nanyuan, unit=cast.school
        )
        services.append(service(cast, member=member, **changes))
    rows = record_many(services=services, by=cast.actor("desk"), now=cast.now)
    confirm(entries=rows, by=cast.actor("secretary"), now=cast.now)
    return rows


def _draw(cast, *, by="overseer", path=None):
    return draw_sample(path=path or cast.street.path, month=NOVEMBER, by=cast.actor(by), now=cast.now)


def test_five_percent_rounded_up_and_the_same_every_time(cast):
    rows = _many(cast, 41)
    drawn = _draw(cast)
    assert len(drawn) == 3
    seed = f"{cast.street.path}2026-11"
    assert {check.entry_id for check in drawn} == set(rules.draw([row.pk for row in rows], seed=seed, percent=5))
    assert _draw(cast) == drawn
    _many(cast, 41, starts_at=SATURDAY + timedelta(hours=3))
    again = _draw(cast)
    assert len(again) == 5
    assert set(drawn) <= set(again)


def test_nothing_to_draw(cast):
    assert _draw(cast) == []


def test_checking_a_sample(cast):
    confirmed(cast)
    (check,) = _draw(cast)
    done = check_sample(check=check, result=SampleResult.TRUE, note="", by=cast.actor("overseer"), now=cast.now)
    assert (done.result, done.checked_by) == ("true", cast.overseer.pk)
    assert check_sample(check=check, result=SampleResult.TRUE, note="", by=cast.actor("overseer"), now=cast.now) == done
    with pytest.raises(Conflict):
        check_sample(check=check, result=SampleResult.FALSE, note="没有此事", by=cast.actor("overseer"), now=cast.now)


def test_a_doubt_needs_words_and_the_right(cast):
    confirmed(cast)
    (check,) = _draw(cast)
    with pytest.raises(RuleBroken):
        check_sample(check=check, result=SampleResult.DOUBTFUL, note=" ", by=cast.actor("overseer"), now=cast.now)
    for who, error in [("secretary", Forbidden), ("desk", Forbidden), ("overseer_next_door", OutOfScope)]:
        with pytest.raises(error):
            check_sample(check=check, result=SampleResult.TRUE, note="", by=cast.actor(who), now=cast.now)
    with pytest.raises(Forbidden):
        _draw(cast, by="secretary", path=cast.nanyuan.path)
    assert not SampleCheck.objects.visible_to(cast.actor("secretary")).exists()
    assert SampleCheck.objects.visible_to(cast.actor("overseer")).count() == 1


def _reasons(cast, *, by="overseer"):
    rows = plausibility_list(
        actor=cast.actor(by), path=cast.street.path, since=date(2026, 11, 1), until=date(2026, 11, 30)
    )
    return {row.entry.pk: set(row.doubts) for row in rows}


def test_honest_shifts_raise_no_doubt(cast):
    _many(cast, 30)
    assert _reasons(cast) == {}


def test_night_and_long_days(cast):
    night = confirmed(cast, starts_at=SATURDAY + timedelta(hours=13))  # 22:00
    early = confirmed(cast, starts_at=SATURDAY - timedelta(hours=4), minutes=60)  # 5:00
    assert _reasons(cast) == {night.pk: {Doubt.NIGHT}, early.pk: {Doubt.NIGHT}}
    long = confirmed(cast, starts_at=SATURDAY, minutes=361)
    assert _reasons(cast)[long.pk] == {Doubt.LONG_DAY}


def _typed(cast, count, **changes):
    return [
        record_many(
            services=[
                service(
                    cast,
                    starts_at=SATURDAY - timedelta(days=n),
                    origin=EntryOrigin.BACK_FILL,
                    reason="补录",
                    **changes,
                )
            ],
            by=cast.actor("desk"),
            now=cast.now,
        )[0].pk
        for n in range(count)
    ]


def _round(cast):
    return {key for key, found in _reasons(cast).items() if Doubt.ROUND_HOURS in found}


def test_round_hours_in_a_row(cast):
    _typed(cast, 4)
    assert not _round(cast)
    fifth = record_many(
        services=[service(cast, starts_at=SATURDAY - timedelta(days=6), origin=EntryOrigin.BACK_FILL, reason="补录")],
        by=cast.actor("desk"),
        now=cast.now,
    )
    assert len(_round(cast)) == 5
    assert fifth[0].pk in _round(cast)


def test_an_odd_time_breaks_the_run(cast):
    _typed(cast, 4)
    record_many(
        services=[
            service(
                cast, starts_at=SATURDAY - timedelta(days=5), minutes=95, origin=EntryOrigin.BACK_FILL, reason="补录"
            ),
            service(cast, starts_at=SATURDAY - timedelta(days=6), origin=EntryOrigin.BACK_FILL, reason="补录"),
        ],
        by=cast.actor("desk"),
        now=cast.now,
    )
    assert not _round(cast)


def test_batches_one_maker_and_haste(cast):
    services = []
    for n in range(20):
        member = make_member(cast, f"b{n}", f"成员{n}", f"1392000{n:04d}", community=cast.nanyuan, unit=cast.school)
        services.append(service(cast, member=member, minutes=115, origin=EntryOrigin.BACK_FILL, reason="补录"))
    rows = record_many(services=services[:10], by=cast.actor("desk"), now=cast.now)
    same = {Doubt.LATE_BATCH, Doubt.SAME_TIMES}
    assert set(map(frozenset, _reasons(cast).values())) == {frozenset(same)}
    record_many(services=services[10:], by=cast.actor("desk"), now=cast.now + timedelta(days=1))
    confirm(entries=rows[:1], by=cast.actor("secretary"), now=cast.now + timedelta(minutes=2))
    reasons = _reasons(cast)
    assert len(reasons) == 20
    assert reasons[rows[0].pk] == {*same, Doubt.QUICK}
    assert reasons[rows[1].pk] == same
    assert [found for found in reasons.values() if Doubt.SAME_MAKER in found] == [{*same, Doubt.SAME_MAKER}]


def test_doubts_stay_in_the_area(cast):
    confirmed(cast, starts_at=SATURDAY + timedelta(hours=13))
    assert _reasons(cast, by="overseer_next_door") == {}
    assert len(_reasons(cast, by="desk")) == 1
    assert ServiceEntry.objects.count() == 1
    assert new_id() not in _reasons(cast)
