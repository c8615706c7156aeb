"""The rules by table and by property: no database."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core.errors import RuleBroken
from guangcai.core.workdays import NO_OVERRIDES
from guangcai.ledger import rules
from guangcai.ledger.enums import EntryOrigin, Refusal

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
START = datetime(2026, 11, 14, 1, 0, tzinfo=UTC)
WORDS = {"activity_name": "周末清洁", "content": "清理", "place": "3号楼", "lead_name": "王桂芬"}
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def wish(**changes):
    minutes = changes.get("minutes", 120)
    values = {
        "starts_at": START,
        "ends_at": START + timedelta(minutes=minutes if type(minutes) is int and minutes > 0 else 120),
        "minutes": 120,
        "deeds": 0,
        "gives_hours": True,
        "joined_on": date(2026, 11, 14),
        "words": WORDS,
    }
    return rules.Recording(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"minutes": 1}, None),
        ({"minutes": 1440}, None),
        ({"deeds": 1}, None),
        ({"ends_at": NOW, "starts_at": NOW - timedelta(hours=2)}, None),
        ({"ends_at": START + timedelta(minutes=180)}, None),
        ({"minutes": 0}, "minutes"),
        ({"minutes": -60}, "minutes"),
        ({"minutes": 1441, "ends_at": START + timedelta(days=1)}, "minutes"),
        ({"minutes": 60.0}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"ends_at": START + timedelta(minutes=119)}, "minutes_exceed_interval"),
        ({"ends_at": START}, "ends_before_start"),
        ({"ends_at": START - timedelta(minutes=1)}, "ends_before_start"),
        ({"ends_at": START + timedelta(days=1, minutes=1)}, "longer_than_a_day"),
        ({"ends_at": NOW + timedelta(seconds=1), "starts_at": NOW - timedelta(hours=2)}, "in_future"),
        ({"deeds": 2}, "deeds"),
        ({"deeds": -1}, "deeds"),
        ({"gives_hours": False}, "no_hours"),
        ({"joined_on": None}, "not_joined"),
        ({"joined_on": date(2026, 11, 15)}, "before_joining"),
        ({"words": {**WORDS, "lead_name": " "}}, "words"),
        ({"origin": EntryOrigin.BACK_FILL}, "reason_missing"),
        ({"origin": EntryOrigin.CORRECTION, "reason": " "}, "reason_missing"),
        ({"origin": EntryOrigin.TRANSFER_IN, "reason": "公园社区证明"}, None),
    ],
)
def test_check_recording(changes, code):
    if code is None:
        rules.check_recording(wish(**changes), now=NOW)
        return
    with pytest.raises(RuleBroken) as broken:
        rules.check_recording(wish(**changes), now=NOW)
    assert broken.value.code == code


def test_the_day_is_the_local_day():
    """00:30 in Shanghai is the day before in UTC."""
    half_past_midnight = datetime(2026, 11, 13, 16, 30, tzinfo=UTC)
    assert rules.local_day(half_past_midnight) == date(2026, 11, 14)
    rules.check_recording(wish(starts_at=half_past_midnight, ends_at=half_past_midnight + timedelta(hours=2)), now=NOW)


@pytest.mark.parametrize(
    ("recorded_on", "late"),
    [(date(2026, 11, 5), False), (date(2026, 11, 19), False), (date(2026, 11, 20), True)],
)
def test_is_late_after_ten_working_days(recorded_on, late):
    found = rules.is_late(served_on=date(2026, 11, 5), recorded_on=recorded_on, working_days=10, overrides=NO_OVERRIDES)
    assert found == late


@pytest.mark.parametrize(
    ("day", "hour", "minutes", "inside"),
    [
        (13, 10, 60, True),
        (13, 17, 60, False),
        (13, 16, 61, True),
        (13, 7, 90, False),
        (14, 10, 60, False),
        (12, 20, 780, True),  # from Thursday evening into Friday morning
        (13, 20, 780, False),  # from Friday evening into Saturday morning
    ],
)
def test_in_office_hours(day, hour, minutes, inside):
    starts_at = datetime(2026, 11, day, hour, tzinfo=rules.workdays.SHANGHAI)
    found = rules.in_office_hours(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        opens=time(8, 30),
        closes=time(17),
        overrides=NO_OVERRIDES,
    )
    assert found == inside


def candidate(**changes):
    values = {
        "id": UUID(int=9),
        "member_id": A,
        "served_on": date(2026, 11, 14),
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "minutes": 120,
        "most_minutes": 720,
    }
    return rules.Candidate(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "checker", "why"),
    [
        ({}, (C, None, False), None),
        ({}, (B, None, True), Refusal.OWN_RECORD),
        ({}, (C, A, True), Refusal.OWN_SERVICE),
        ({"recorded_by": None}, (C, None, False), None),
        ({}, (None, None, False), None),
        ({"recorded_by": None}, (None, None, True), Refusal.OWN_RECORD),
        ({"origin": EntryOrigin.BACK_FILL}, (C, None, False), Refusal.NEEDS_APPROVER),
        ({"origin": EntryOrigin.TRANSFER_IN}, (C, None, False), Refusal.NEEDS_APPROVER),
        ({"origin": EntryOrigin.CORRECTION}, (C, None, False), None),
        ({"origin": EntryOrigin.BACK_FILL}, (C, None, True), None),
    ],
)
def test_refusal_of(changes, checker, why):
    values = {"recorded_by": B, "member_id": A, "origin": EntryOrigin.ATTENDANCE, **changes}
    assert rules.refusal_of(**values, checker=rules.Checker(*checker)) == why


starts = st.integers(0, 1400).map(lambda n: START + timedelta(minutes=n))
intervals = st.lists(st.tuples(st.sampled_from([A, B]), starts, st.integers(1, 600)), max_size=12)


@given(intervals, st.integers(60, 720))
def test_whatever_the_calendar_takes_neither_overlaps_nor_passes_the_limit(wanted, most):
    calendar = rules.Calendar(spans=[], served={})
    taken = []
    for member_id, starts_at, minutes in wanted:
        one = candidate(
            member_id=member_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            minutes=minutes,
            served_on=rules.local_day(starts_at),
            most_minutes=most,
        )
        if calendar.take(one) is None:
            taken.append(one)
    for first in taken:
        same = [other for other in taken if other.member_id == first.member_id and other is not first]
        assert all(other.ends_at <= first.starts_at or first.ends_at <= other.starts_at for other in same)
        day = [other.minutes for other in [first, *same] if other.served_on == first.served_on]
        assert sum(day) <= most


@pytest.mark.parametrize(
    ("recorded_by", "asked_by", "by_user", "by_member", "first"),
    [
        (B, None, C, None, B),
        (B, None, B, None, "own_record"),
        (B, A, B, None, A),
        (B, B, B, None, "own_record"),
        (B, A, C, None, B),
        (B, None, C, A, "own_service"),
        (None, None, None, None, "own_record"),
        (None, None, C, None, None),
    ],
)
def test_check_reversal(recorded_by, asked_by, by_user, by_member, first):
    def check():
        return rules.check_reversal(
            recorded_by=recorded_by,
            asked_by=asked_by,
            by_user=by_user,
            by_member=by_member,
            member_id=A,
            reason="录错了",
        )

    if isinstance(first, str):
        with pytest.raises(RuleBroken) as broken:
            check()
        assert broken.value.code == first
    else:
        assert check() == first


@pytest.mark.parametrize(("population", "size"), [(0, 0), (1, 1), (20, 1), (21, 2), (40, 2), (1000, 50)])
def test_sample_size(population, size):
    assert rules.sample_size(population=population, percent=5) == size


@given(st.lists(st.uuids(), unique=True, max_size=60), st.text(max_size=8), st.integers(1, 30))
def test_drawing_depends_on_the_seed_alone(ids, seed, percent):
    first = rules.draw(ids, seed=seed, percent=percent)
    assert first == rules.draw(list(reversed(ids)), seed=seed, percent=percent)
    assert len(first) == rules.sample_size(population=len(ids), percent=percent)
    # Later records never take a drawn one back.
    left = [key for key in ids if key not in first]
    assert rules.draw(left, seed=seed, percent=percent, drawn=len(first)) == []


@pytest.mark.parametrize(
    ("answer", "right"),
    [("单", True), ("s", True), ("S", True), (" S ", True), ("d", False), ("", False), ("单雄", False), ("sh", False)],
)
def test_name_initial(answer, right):
    assert rules.is_name_initial(answer, name="单雄信", pinyin_initials="sxx") == right


def test_name_initial_without_pinyin():
    assert not rules.is_name_initial("", name="", pinyin_initials="")
    assert not rules.is_name_initial(" ", name="李", pinyin_initials="")


def test_masked_name():
    assert [rules.masked_name(name) for name in ("林晓岚", "李丽", "丁", "欧阳明月")] == ["林**", "李*", "丁*", "欧***"]


def test_certificate_number():
    assert rules.certificate_number(community_code="210802001002", year=2026, serial=7) == "210802001002-2026-00007"
