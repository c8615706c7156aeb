"""Every invariant is quiet on an honest ledger, and speaks when its promise is broken behind the triggers' back."""

from datetime import timedelta

import pytest
from django.db import connection

from guangcai.core import invariants
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.ledger.commands import decline, issue_certificate, rebuild_year_totals, reverse
from guangcai.ledger.models import Posting, ServiceEntry, YearTotal
from tests.ledger.scenes import SATURDAY, confirmed, recorded

CODES = [code for code in invariants.codes() if code.startswith("ledger.")]


@pytest.fixture
def busy(cast):
    first = confirmed(cast, deeds=1)
    undone = confirmed(cast, starts_at=SATURDAY + timedelta(hours=3))
    reverse(entry=undone, reason="录错了", by=cast.actor("secretary"), now=cast.now)
    decline(entry=recorded(cast, starts_at=SATURDAY), reason="没有到场", by=cast.actor("desk"), now=cast.now)
    recorded(cast, starts_at=SATURDAY + timedelta(hours=6))
    issue_certificate(
        id=new_id(),
        member=cast.teacher_member,
        community=cast.nanyuan,
        since=SATURDAY.date(),
        until=SATURDAY.date(),
        by=cast.actor("desk"),
        now=cast.now,
    )
    return first


def _broken():
    return {code for code in CODES if invariants.broken_by(code)}


def test_an_honest_ledger_breaks_nothing(busy):
    assert len(CODES) == 17
    assert _broken() == set()


BREAKS = {
    "ledger.postings.equal_entries": "UPDATE ledger_posting SET deeds = 0 WHERE deeds = 1",
    "ledger.postings.not_declined": (
        "UPDATE ledger_entrydecline SET entry_id = (SELECT entry_id FROM ledger_posting WHERE deeds = 1)"
    ),
    "ledger.entries.waiting_as_listed": (
        "INSERT INTO ledger_waitingentry (entry_id, path) SELECT entry_id, path FROM ledger_posting LIMIT 1"
    ),
    "ledger.postings.two_people": "UPDATE ledger_posting SET confirmed_by = NULL, recorded_by = NULL",
    "ledger.postings.not_before_recorded": "UPDATE ledger_posting SET confirmed_at = confirmed_at - interval '1 day'",
    "ledger.entries.fit_their_interval": "UPDATE ledger_serviceentry SET ends_at = starts_at + interval '5 minutes'",
    "ledger.reversals.undo_their_entry": "UPDATE ledger_serviceentry SET minutes = -1 WHERE reverses_id IS NOT NULL",
    "ledger.spans.equal_standing_postings": "DELETE FROM ledger_servicespan",
    "ledger.postings.daily_limit": "UPDATE ledger_posting SET minutes = 1000 WHERE minutes > 0",
    "ledger.totals.equal_sums": "UPDATE ledger_yeartotal SET minutes = minutes + 1",
    "ledger.totals.belong_to_members": "UPDATE ledger_yeartotal SET member_id = gen_random_uuid()",
    "ledger.certificates.equal_lines": "UPDATE ledger_certificate SET minutes = minutes + 1",
    "ledger.certificates.numbered_without_gaps": "UPDATE ledger_certificate SET number = '210802001002-2026-00003'",
    "ledger.entries.after_joining": "UPDATE members_residence SET since = '2026-11-16'",
    "ledger.entries.member_not_merged": (
        "UPDATE members_member SET ended_at = now(),"
        " merged_into_id = (SELECT id FROM members_member WHERE name = '赵海峰') WHERE name = '林晓岚'"
    ),
}


@pytest.mark.parametrize("code", BREAKS)
def test_a_broken_promise_is_found(busy, code):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(BREAKS[code])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert code in _broken()


def test_totals_missing_and_too_many_are_found(busy):
    YearTotal.objects.all().delete()
    assert _broken() == {"ledger.totals.equal_sums"}


def test_rebuilding_mends_the_totals(cast, busy):
    before = list(YearTotal.objects.values_list("member_id", "year", "minutes", "deeds", "postings"))
    YearTotal.objects.update(minutes=7)
    YearTotal.objects.create(member=cast.police_member, year=2026, minutes=9, district_code="210802")
    for wrong in (2, 0):
        assert rebuild_year_totals(district_code="210802", year=2026, by=Actor.system(), now=cast.now) == wrong
    assert list(YearTotal.objects.values_list("member_id", "year", "minutes", "deeds", "postings")) == before
    assert _broken() == set()
    assert Posting.objects.count() == 3
    assert ServiceEntry.objects.count() == 5
