"""What was acknowledged is there once, and every read says the same as a plain list of what people did.

Source: promises I3, I4, I10-I12. Overlap, daily limit, maker and checker (I7-I9): test_machine.py.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcai.core import invariants
from guangcai.core.errors import Conflict
from guangcai.core.units import hours
from guangcai.ledger.commands import confirm, decline, record_many, reverse
from guangcai.ledger.enums import EntryState
from guangcai.ledger.models import ServiceEntry
from guangcai.ledger.queries import entries as queries
from guangcai.ledger.queries.booklet import booklet, own_year
from guangcai.ledger.queries.certificates import preview
from guangcai.ledger.queries.totals import Sums, quarter_sums, year_sums, year_totals
from tests.ledger.scenes import SATURDAY, service

MEMBERS = ("teacher_member", "police_member")
QUARTERS = ("2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4")
SINCE, UNTIL = date(2025, 10, 1), date(2026, 11, 20)


@dataclass(frozen=True)
class Act:
    """One act of service and what became of it. `sent`: how often the desk's request arrived."""

    member: str
    minutes: int
    deeds: int
    fate: EntryState
    sent: int


acts = st.lists(
    st.builds(
        Act,
        member=st.sampled_from(MEMBERS),
        minutes=st.integers(1, 720),
        deeds=st.integers(0, 1),
        fate=st.sampled_from(
            [EntryState.WAITING, EntryState.CONFIRMED, EntryState.DECLINED, EntryState.REVERSED, EntryState.CONFIRMED]
        ),
        sent=st.integers(1, 3),
    ),
    min_size=1,
    max_size=9,
)


def _day(n):
    """Each act on its own day, over two years and five quarters."""
    return SATURDAY - timedelta(days=45 * n)


def _done(cast, story):
    """Carry the story out by the commands; the entry of each act."""
    desk, secretary = cast.actor("desk"), cast.actor("secretary")
    known = {}
    for n, act in enumerate(story):
        wish = service(cast, member=cast.members[act.member], starts_at=_day(n), minutes=act.minutes, deeds=act.deeds)
        answers = {record_many(services=[wish], by=desk, now=cast.now)[0].pk for _ in range(act.sent)}
        (key,) = answers
        known[key] = act
        entry = ServiceEntry.objects.get(pk=key)
        if act.fate == EntryState.DECLINED:
            decline(entry=entry, reason="没有到场", by=secretary, now=cast.now)
        if act.fate in (EntryState.CONFIRMED, EntryState.REVERSED):
            for _ in range(act.sent):
                confirm(entries=[entry], by=secretary, now=cast.now)
        if act.fate == EntryState.REVERSED:
            reverse(entry=entry, reason="录错了", by=secretary, now=cast.now)
    return known


def _sum(pairs):
    counted = [act for _n, act in pairs]
    return sum(act.minutes for act in counted), sum(act.deeds for act in counted)


def _check_lists(cast, known):
    actor = cast.actor("overseer")
    rows = queries.entries_of_area(actor).filter(reverses=None)
    shown = {row.pk: queries.entry_row(row) for row in rows}
    assert {key: (row.state, row.minutes, row.deeds) for key, row in shown.items()} == {
        key: (act.fate, act.minutes, act.deeds) for key, act in known.items()
    }
    exported = Counter((row[0], row[10], row[13]) for row in queries.export_rows(rows))
    names = {name: cast.members[name].name for name in MEMBERS}
    assert exported == Counter((names[act.member], hours(act.minutes), str(act.fate.label)) for act in known.values())
    waiting = {row.entry.id for group in queries.waiting_groups(cast.actor("secretary")) for row in group.rows}
    assert waiting == {key for key, act in known.items() if act.fate == EntryState.WAITING}


def _check_sums(cast, standing):
    for name in MEMBERS:
        member = cast.members[name]
        own = [(n, act) for n, act in standing if act.member == name]
        for year in (2025, 2026):
            minutes, deeds = _sum((n, act) for n, act in own if _day(n).year == year)
            paper = booklet(actor=cast.actor("overseer"), member_id=member.pk, year=year)
            assert (paper.minutes, paper.deeds, len(paper.lines)) == (
                minutes,
                deeds,
                sum(_day(n).year == year for n, _act in own),
            )
            mine = own_year(member=member, year=year)
            summed = year_sums(members=[member], year=year).get(member.pk, Sums(0, 0, 0))
            kept = year_totals(path="/", year=year).filter(member=member).first()
            assert (mine.minutes, mine.deeds) == (summed.minutes, summed.deeds) == (minutes, deeds)
            assert (kept.minutes, kept.deeds) == (minutes, deeds) if kept else not minutes
        by_quarter = [quarter_sums(path=cast.street.path, quarter=q).get(member.pk) for q in QUARTERS]
        assert sum(found.minutes for found in by_quarter if found) == _sum(own)[0]
        proof = preview(member=member, community=cast.nanyuan, since=SINCE, until=UNTIL)
        assert (proof.minutes, len(proof.lines)) == (_sum(own)[0], len(own))


@pytest.mark.django_db
def test_every_read_says_what_was_done(cast):
    """I3, I4, I10, I11, I12: whatever was sent however often, the reads and the chain agree with the story."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts)
    def check(story):
        with transaction.atomic():
            known = _done(cast, story)
            _check_lists(cast, known)
            standing = [(n, act) for n, act in enumerate(story) if act.fate == EntryState.CONFIRMED]
            _check_sums(cast, standing)
            codes = [code for code in invariants.codes() if code.startswith(("ledger.", "core.audit"))]
            assert "core.audit.chain" in codes
            assert [broken for code in codes for broken in invariants.broken_by(code)] == []
            transaction.set_rollback(True)

    check()


@pytest.mark.django_db
@given(first=st.integers(1, 720), second=st.integers(1, 720))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_key_never_means_two_things(cast, first, second):
    """I3: a source that comes again with other minutes is refused or changes nothing; it never is a second row."""
    with transaction.atomic():
        wish = service(cast, minutes=first)
        (entry,) = record_many(services=[wish], by=cast.actor("desk"), now=cast.now)
        other = service(cast, minutes=second, source=wish.source)
        try:
            (again,) = record_many(services=[other], by=cast.actor("desk"), now=cast.now)
        except Conflict:
            assert first != second
        else:
            assert again.pk == entry.pk
        (row,) = ServiceEntry.objects.all()
        assert row.minutes == first
        transaction.set_rollback(True)
