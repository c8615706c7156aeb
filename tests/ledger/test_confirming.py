"""A second person confirms: what fits goes through, what does not is named."""

from datetime import timedelta

import pytest

from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.commands import Refused, confirm, decline, record_many
from guangcai.ledger.enums import EntryOrigin, EntryState, Refusal
from guangcai.ledger.models import EntryDecline, Posting, ServiceEntry, ServiceSpan, YearTotal
from tests.cast import make_member
from tests.ledger.scenes import SATURDAY, confirmed, recorded, service


def _totals(member):
    return list(YearTotal.objects.filter(member=member).values_list("year", "minutes", "deeds", "postings"))


def test_confirm_posts_spans_and_totals(cast):
    entry = recorded(cast, deeds=1)
    result = confirm(entries=[entry], by=cast.actor("secretary"), now=cast.now)
    assert (result.confirmed, result.declined, result.refused, result.already) == ((entry.pk,), (), (), ())
    written = Posting.objects.values_list("entry_id", "minutes", "deeds", "recorded_by", "confirmed_by", "path").get()
    assert written == (entry.pk, 120, 1, cast.desk.pk, cast.secretary.pk, cast.nanyuan.path)
    assert Posting.objects.get().member == cast.teacher_member
    span = ServiceSpan.objects.get().during
    assert (span.lower, span.upper) == (entry.starts_at, entry.ends_at)
    assert _totals(cast.teacher_member) == [(2026, 120, 1, 1)]
    assert ServiceEntry.objects.with_state().get().state == EntryState.CONFIRMED


def test_confirm_twice_is_harmless(cast):
    entry = confirmed(cast)
    again = confirm(entries=[entry], by=cast.actor("desk_colleague"), now=cast.now)
    assert (again.confirmed, again.already) == ((), (entry.pk,))
    assert Posting.objects.get().confirmed_by == cast.secretary.pk
    assert _totals(cast.teacher_member) == [(2026, 120, 0, 1)]
    assert AuditEvent.objects.filter(tag="ledger:entry:confirm").count() == 1


def test_maker_is_not_checker(cast):
    entry = recorded(cast)
    result = confirm(entries=[entry], by=cast.actor("desk"), now=cast.now)
    assert result.refused == (Refused(entry.pk, Refusal.OWN_RECORD),)
    assert not Posting.objects.exists()


def test_nobody_confirms_his_own_service(cast):
    type(cast.member).objects.filter(pk=cast.member.pk).update(member_id=None)
    cast.secretary.member_id = cast.teacher_member.pk
    entry = recorded(cast)
    result = confirm(entries=[entry], by=cast.actor("secretary"), now=cast.now)
    assert result.refused == (Refused(entry.pk, Refusal.OWN_SERVICE),)


def test_back_filled_needs_the_approver(cast):
    entry = recorded(cast, origin=EntryOrigin.BACK_FILL, reason="补录原因")
    refused = confirm(entries=[entry], by=cast.actor("desk_colleague"), now=cast.now)
    assert refused.refused == (Refused(entry.pk, Refusal.NEEDS_APPROVER),)
    assert confirm(entries=[entry], by=cast.actor("secretary"), now=cast.now).confirmed == (entry.pk,)


def test_exceptions_are_declined_and_the_rest_goes_through(cast):
    good, bad = recorded(cast), recorded(cast, starts_at=SATURDAY + timedelta(hours=3))
    result = confirm(entries=[good, bad], except_={bad.pk: " 没有到场 "}, by=cast.actor("secretary"), now=cast.now)
    assert (result.confirmed, result.declined) == ((good.pk,), (bad.pk,))
    assert EntryDecline.objects.values_list("entry_id", "reason", "declined_by").get() == (
        bad.pk, "没有到场", cast.secretary.pk,
    )  # fmt: skip
    late = confirm(entries=[bad], by=cast.actor("secretary"), now=cast.now)
    assert late.refused == (Refused(bad.pk, Refusal.DECLINED),)
    silent = recorded(cast, starts_at=SATURDAY + timedelta(hours=6))
    with pytest.raises(RuleBroken) as broken:
        confirm(entries=[silent], except_={silent.pk: " "}, by=cast.actor("secretary"), now=cast.now)
    assert broken.value.code == "reason_missing"


def test_overlap_is_refused_by_name_and_touching_is_not(cast):
    first = confirmed(cast)
    inside = recorded(cast, starts_at=SATURDAY + timedelta(minutes=119))
    touching = recorded(cast, starts_at=SATURDAY + timedelta(minutes=240))
    before = recorded(cast, starts_at=SATURDAY - timedelta(minutes=120))
    result = confirm(entries=[inside, touching, before], by=cast.actor("secretary"), now=cast.now)
    assert result.refused == (Refused(inside.pk, Refusal.OVERLAP),)
    assert result.confirmed == (before.pk, touching.pk)
    assert _totals(first.member) == [(2026, 360, 0, 3)]


def test_overlap_inside_one_bulk_keeps_the_earlier(cast):
    later = recorded(cast, starts_at=SATURDAY + timedelta(minutes=60))
    earlier = recorded(cast)
    result = confirm(entries=[later, earlier], by=cast.actor("secretary"), now=cast.now)
    assert (result.confirmed, result.refused) == ((earlier.pk,), (Refused(later.pk, Refusal.OVERLAP),))


@pytest.mark.parametrize(("minutes", "fits"), [(239, True), (240, True), (241, False)])
def test_daily_limit(cast, minutes, fits):
    """720 minutes a day: 480 and 240 are just enough."""
    confirmed(cast, minutes=480, starts_at=SATURDAY - timedelta(hours=2))
    entry = recorded(cast, minutes=minutes, starts_at=SATURDAY + timedelta(hours=6))
    result = confirm(entries=[entry], by=cast.actor("secretary"), now=cast.now)
    assert result.refused == (() if fits else (Refused(entry.pk, Refusal.DAILY_LIMIT),))


def test_bulk_takes_the_same_number_of_statements_for_1_and_30(cast, queries):
    people = [
        make_member(cast, f"m{n}", f"成员{n}", f"1390000{n:04d}", community=cast.nanyuan, unit=cast.school)
        for n in range(300, 330)
    ]
    rows = record_many(
        services=[
            service(cast, member=member, starts_at=SATURDAY - timedelta(days=n % 5)) for n, member in enumerate(people)
        ],
        by=cast.actor("desk"),
        now=cast.now,
    )
    actor = cast.actor("secretary")
    with queries() as one:
        confirm(entries=rows[:1], by=actor, now=cast.now)
    with queries() as thirty:
        assert len(confirm(entries=rows[1:], by=actor, now=cast.now).confirmed) == 29
    assert len(one) == len(thirty) == 13
    assert list(YearTotal.objects.values_list("minutes", "postings").distinct()) == [(120, 1)]


def test_rights_to_confirm(cast):
    entry = recorded(cast)
    for who, error in [
        ("desk_next_door", OutOfScope),
        ("overseer", Forbidden),
        ("member", Forbidden),
        ("liaison", OutOfScope),
    ]:
        with pytest.raises(error):
            confirm(entries=[entry], by=cast.actor(who), now=cast.now)
        with pytest.raises(error):
            decline(entry=entry, reason="不实", by=cast.actor(who), now=cast.now)


def test_one_foreign_entry_stops_the_whole_call(cast):
    own, foreign = (
        recorded(cast),
        recorded(cast, by="desk_next_door", community=cast.gongyuan, member=cast.police_member),
    )
    with pytest.raises(OutOfScope):
        confirm(entries=[own, foreign], by=cast.actor("secretary"), now=cast.now)
    assert not Posting.objects.exists()


def test_decline_is_once_and_not_after_confirming(cast):
    entry = recorded(cast)
    first = decline(entry=entry, reason="没有到场", by=cast.actor("desk"), now=cast.now)
    assert decline(entry=entry, reason="另一个原因", by=cast.actor("secretary"), now=cast.now) == first
    done = confirmed(cast, starts_at=SATURDAY + timedelta(hours=3))
    with pytest.raises(RuleBroken) as broken:
        decline(entry=done, reason="不实", by=cast.actor("secretary"), now=cast.now)
    assert broken.value.code == "confirmed"


def test_merged_away_since_the_page_was_drawn(cast):
    entry = recorded(cast)
    stale = ServiceEntry.objects.get(pk=entry.pk)
    stale.member_id = new_id()
    result = confirm(entries=[stale], by=cast.actor("secretary"), now=cast.now)
    assert result.refused == (Refused(entry.pk, Refusal.MERGED),)
