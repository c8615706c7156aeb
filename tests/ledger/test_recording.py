"""Writing down: once per source, and only what can have happened."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.commands import back_fill, record_many, record_service
from guangcai.ledger.enums import EntryOrigin
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import Residence, ServiceKind
from tests.cast import make_member
from tests.ledger.scenes import SATURDAY, recorded, service


def test_record_service_writes_what_was_said(cast):
    entry = recorded(cast, minutes=90, deeds=1)
    assert ServiceEntry.objects.values_list(
        "member_id", "minutes", "deeds", "path", "district_code", "recording_unit", "recorded_by", "origin",
        "in_office_hours", "is_late",
    ).get(pk=entry.pk) == (
        cast.teacher_member.pk, 90, 1, cast.nanyuan.path, "210802", "南园社区", cast.desk.pk, EntryOrigin.ATTENDANCE,
        False, False,
    )  # fmt: skip
    assert str(entry.served_on) == "2026-11-14"
    line = AuditEvent.objects.get(tag="ledger:entry:record")
    assert (line.path, line.details["entries"]) == (cast.nanyuan.path, [str(entry.pk)])


def test_the_same_source_twice_is_one_row(cast):
    once = service(cast)
    first = record_many(services=[once], by=cast.actor("desk"), now=cast.now)
    again = record_many(services=[once], by=cast.actor("desk_colleague"), now=cast.now + timedelta(days=300))
    assert first == again
    assert ServiceEntry.objects.count() == 1
    assert AuditEvent.objects.filter(tag="ledger:entry:record").count() == 1


def test_the_same_source_with_other_content_is_a_conflict(cast):
    once = service(cast)
    record_many(services=[once], by=cast.actor("desk"), now=cast.now)
    for change in ({"minutes": 119}, {"member": cast.police_member}, {"place": "别处"}, {"community": cast.gongyuan}):
        other = replace(once, **change)
        by = cast.actor("desk_next_door" if "community" in change else "desk")
        with pytest.raises(Conflict):
            record_many(services=[other], by=by, now=cast.now)
    assert ServiceEntry.objects.count() == 1


def test_a_shift_is_one_insert_whatever_its_size(cast, queries):
    people = [
        make_member(cast, f"m{n}", f"成员{n}", f"1390000{n:04d}", community=cast.nanyuan, unit=cast.school)
        for n in range(300, 309)
    ]
    small = [service(cast, member=member) for member in people[:3]]
    large = [service(cast, member=member, starts_at=SATURDAY + timedelta(hours=3)) for member in people]
    actor = cast.actor("desk")
    with queries() as few:
        record_many(services=small, by=actor, now=cast.now)
    with queries() as many:
        rows = record_many(services=large, by=actor, now=cast.now)
    assert [row.member_id for row in rows] == [member.pk for member in people]
    assert len(few) == len(many) == 11


def test_one_wrong_person_stops_the_shift_and_is_named(cast):
    stranger = make_member(cast, "new", "钱小芳", "13900000555", community=cast.nanyuan, unit=cast.school)
    Residence.objects.filter(member=stranger).delete()
    with pytest.raises(RuleBroken, match="钱小芳") as broken:
        record_many(services=[service(cast), service(cast, member=stranger)], by=cast.actor("desk"), now=cast.now)
    assert broken.value.code == "not_joined"
    assert not ServiceEntry.objects.exists()


def test_rights_to_record(cast):
    for who, error in [
        ("desk_next_door", OutOfScope),
        ("overseer", Forbidden),
        ("member", Forbidden),
        ("auditor", Forbidden),
    ]:
        with pytest.raises(error):
            recorded(cast, by=who)
    assert not ServiceEntry.objects.exists()
    rows = record_many(services=[service(cast)], by=cast.actor("member"), now=cast.now, permission=None)
    assert rows[0].recorded_by == cast.member.pk


def test_office_hours_and_late_records_are_marked_not_refused(cast):
    friday = SATURDAY - timedelta(days=1)
    assert recorded(cast, starts_at=friday).in_office_hours
    assert not recorded(cast, starts_at=friday + timedelta(hours=9)).in_office_hours
    # Ten working days from 5 November (Thursday) end on 19 November; the tests act on the 20th.
    assert recorded(cast, starts_at=SATURDAY - timedelta(days=9)).is_late
    assert not recorded(cast, starts_at=SATURDAY - timedelta(days=8)).is_late


def test_long_words_are_cut_with_an_ellipsis(cast):
    entry = recorded(cast, content="清" * 2000)
    assert (len(entry.content), entry.content[-1]) == (300, "…")


def _back_fill(cast, *, by="desk", id=None, **changes):
    values = {
        "id": id or new_id(),
        "member": cast.teacher_member,
        "community": cast.nanyuan,
        "starts_at": SATURDAY,
        "ends_at": SATURDAY + timedelta(hours=2),
        "minutes": 120,
        "deeds": 1,
        "kind": ServiceKind.objects.get(code="convenience"),
        "activity_name": "送药上门",
        "content": "为独居老人送药",
        "place": "3号楼",
        "lead_name": "王桂芬",
        "reason": "当天停电，纸质登记",
    }
    return back_fill(**{**values, **changes}, by=cast.actor(by), now=cast.now)


def test_back_fill_carries_its_reason(cast):
    key = new_id()
    entry = _back_fill(cast, id=key)
    assert _back_fill(cast, id=key) == entry
    assert (entry.pk, entry.origin, entry.reason) == (key, EntryOrigin.BACK_FILL, "当天停电，纸质登记")
    assert AuditEvent.objects.filter(tag="ledger:entry:back_fill").count() == 1
    with pytest.raises(Conflict):
        _back_fill(cast, id=key, minutes=60)


def test_back_fill_is_refused_without_reason_or_for_oneself(cast):
    with pytest.raises(RuleBroken) as broken:
        _back_fill(cast, reason="  ")
    assert broken.value.field == "reason"
    cast.desk.member_id = cast.teacher_member.pk
    type(cast.desk).objects.filter(pk=cast.member.pk).update(member_id=None)
    with pytest.raises(RuleBroken) as broken:
        _back_fill(cast)
    assert broken.value.code == "own_service"


def test_record_service_is_one_of_many(cast):
    one = service(cast)
    entry = record_service(**dict(vars(one).items()), by=cast.actor("desk"), now=cast.now)
    assert record_many(services=[one], by=cast.actor("desk"), now=cast.now) == [entry]
