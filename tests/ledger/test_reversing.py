"""Undoing, objecting, answering: the old value stays, and the sums follow."""

from datetime import timedelta

import pytest

from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.commands import Correction, answer_objection, confirm, raise_objection, reverse
from guangcai.ledger.enums import EntryOrigin, EntryState, ObjectionOutcome
from guangcai.ledger.models import EntryDecline, Objection, Posting, ServiceEntry, ServiceSpan, YearTotal
from tests.ledger.scenes import SATURDAY, confirmed, recorded


def _states():
    rows = ServiceEntry.objects.with_state().order_by("recorded_at", "pk")
    return sorted(rows.values_list("state", "minutes"))


def _total(member):
    return YearTotal.objects.values_list("minutes", "deeds", "postings").get(member=member)


def test_reverse_writes_a_pair_and_frees_the_time(cast):
    entry = confirmed(cast, deeds=1)
    reversal = reverse(entry=entry, reason="录错了人", by=cast.actor("secretary"), now=cast.now)
    assert (reversal.minutes, reversal.deeds, reversal.reverses_id, reversal.reason) == (-120, -1, entry.pk, "录错了人")
    assert reversal.served_on == entry.served_on
    posting = Posting.objects.get(entry=reversal)
    assert (posting.minutes, posting.deeds) == (-120, -1)
    assert (posting.recorded_by, posting.confirmed_by) == (cast.desk.pk, cast.secretary.pk)
    assert not ServiceSpan.objects.exists()
    assert _total(cast.teacher_member) == (0, 0, 2)
    assert _states() == [(EntryState.REVERSAL, -120), (EntryState.REVERSED, 120)]
    assert AuditEvent.objects.filter(tag="ledger:entry:reverse", subject_id=str(entry.pk)).count() == 1
    assert confirmed(cast).pk != entry.pk  # the same time can be written again


def test_reverse_twice_is_one_reversal(cast):
    entry = confirmed(cast)
    first = reverse(entry=entry, reason="录错了人", by=cast.actor("secretary"), now=cast.now)
    assert reverse(entry=entry, reason="录错了人", by=cast.actor("secretary"), now=cast.now) == first
    with pytest.raises(Conflict):
        reverse(entry=entry, reason="另一个原因", by=cast.actor("secretary"), now=cast.now)
    assert ServiceEntry.objects.count() == 2


def test_who_may_reverse(cast):
    entry = confirmed(cast)
    for who, error in [
        ("desk", Forbidden),
        ("overseer", Forbidden),
        ("member", Forbidden),
        ("desk_next_door", OutOfScope),
    ]:
        with pytest.raises(error):
            reverse(entry=entry, reason="不实", by=cast.actor(who), now=cast.now)
    own = confirmed(cast, by="secretary", checker="desk", starts_at=SATURDAY + timedelta(hours=3))
    with pytest.raises(RuleBroken) as broken:
        reverse(entry=own, reason="不实", by=cast.actor("secretary"), now=cast.now)
    assert broken.value.code == "own_record"
    with pytest.raises(RuleBroken) as broken:
        reverse(entry=entry, reason=" ", by=cast.actor("secretary"), now=cast.now)
    assert broken.value.field == "reason"


def test_only_confirmed_records_are_reversed(cast):
    waiting = recorded(cast)
    with pytest.raises(RuleBroken) as broken:
        reverse(entry=waiting, reason="不实", by=cast.actor("secretary"), now=cast.now)
    assert broken.value.code == "not_confirmed"
    done = confirmed(cast)
    reversal = reverse(entry=done, reason="不实", by=cast.actor("secretary"), now=cast.now)
    with pytest.raises(RuleBroken):
        reverse(entry=reversal, reason="不实", by=cast.actor("secretary"), now=cast.now)


def _object(cast, entry, *, by="member", text="少记了一小时", id=None):
    return raise_objection(id=id or new_id(), entry=entry, text=text, by=cast.actor(by), now=cast.now)


def test_a_member_objects_to_his_own_record_once_at_a_time(cast):
    entry, key = confirmed(cast), new_id()
    objection = _object(cast, entry, id=key)
    assert _object(cast, entry, id=key) == objection
    assert (objection.member_id, objection.text, objection.raised_by) == (
        cast.teacher_member.pk, "少记了一小时", cast.member.pk,
    )  # fmt: skip
    with pytest.raises(Conflict):
        _object(cast, entry, id=key, text="别的话")
    with pytest.raises(RuleBroken) as broken:
        _object(cast, entry)
    assert broken.value.code == "objection_open"
    with pytest.raises(RuleBroken):
        _object(cast, recorded(cast, starts_at=SATURDAY + timedelta(hours=3)), text="  ")


def test_who_may_object(cast):
    entry = confirmed(cast)
    for who, error in [
        ("member_next_door", OutOfScope),
        ("desk_next_door", OutOfScope),
        ("overseer", Forbidden),
        ("auditor", Forbidden),
    ]:
        with pytest.raises(error):
            _object(cast, entry, by=who)
    assert _object(cast, entry, by="desk").raised_by == cast.desk.pk  # on the member's behalf


def test_keeping_leaves_everything(cast):
    entry = confirmed(cast)
    objection = _object(cast, entry)
    answered = answer_objection(
        objection=objection, answer="签到表显示两小时", correction=None, by=cast.actor("secretary"), now=cast.now
    )
    assert (answered.outcome, answered.answer, answered.answered_by) == (
        ObjectionOutcome.KEPT, "签到表显示两小时", cast.secretary.pk,
    )  # fmt: skip
    assert _states() == [(EntryState.CONFIRMED, 120)]
    again = answer_objection(
        objection=objection, answer="签到表显示两小时", correction=None, by=cast.actor("desk"), now=cast.now
    )
    assert again.answered_by == cast.secretary.pk
    with pytest.raises(Conflict):
        answer_objection(objection=objection, answer="改了", correction=None, by=cast.actor("desk"), now=cast.now)


def _correct(cast, entry, *, minutes, by="secretary", objector="member"):
    correction = Correction(entry.starts_at, entry.starts_at + timedelta(minutes=max(minutes, 1)), minutes, entry.deeds)
    return answer_objection(
        objection=_object(cast, entry, by=objector),
        answer="核对了签到表",
        correction=correction,
        by=cast.actor(by),
        now=cast.now,
    )


def test_correcting_keeps_the_old_value_and_waits_for_a_second_person(cast):
    entry = confirmed(cast)
    assert _correct(cast, entry, minutes=180).outcome == ObjectionOutcome.CORRECTED
    assert _states() == [(EntryState.REVERSAL, -120), (EntryState.REVERSED, 120), (EntryState.WAITING, 180)]
    assert _total(cast.teacher_member) == (0, 0, 2)
    new = ServiceEntry.objects.get(origin=EntryOrigin.CORRECTION)
    assert (new.reason, new.recorded_by) == ("核对了签到表", cast.secretary.pk)
    assert not confirm(entries=[new], by=cast.actor("secretary"), now=cast.now).confirmed
    assert confirm(entries=[new], by=cast.actor("desk"), now=cast.now).confirmed == (new.pk,)
    assert _total(cast.teacher_member) == (180, 0, 3)


def test_correcting_a_waiting_record_declines_it(cast):
    entry = recorded(cast)
    _correct(cast, entry, minutes=60, by="desk_colleague")
    assert EntryDecline.objects.get().entry_id == entry.pk
    assert _states() == [(EntryState.DECLINED, 120), (EntryState.WAITING, 60)]


def test_correcting_to_nothing_writes_nothing_anew(cast):
    _correct(cast, confirmed(cast), minutes=0)
    assert _states() == [(EntryState.REVERSAL, -120), (EntryState.REVERSED, 120)]


def test_the_recorder_may_correct_when_the_member_asked(cast):
    """The two people are then the member who objected and the secretary who had recorded."""
    entry = confirmed(cast, by="secretary", checker="desk")
    _correct(cast, entry, minutes=60)
    negative = Posting.objects.get(minutes=-120)
    assert (negative.recorded_by, negative.confirmed_by) == (cast.member.pk, cast.secretary.pk)


def test_correcting_a_confirmed_record_needs_the_right_to_reverse(cast):
    entry = confirmed(cast)
    with pytest.raises(Forbidden):
        _correct(cast, entry, minutes=60, by="desk")
    assert Objection.objects.open().count() == 1


def test_answering_is_for_the_community(cast):
    objection = _object(cast, confirmed(cast))
    for who, error in [("member", Forbidden), ("desk_next_door", OutOfScope), ("overseer", Forbidden)]:
        with pytest.raises(error):
            answer_objection(objection=objection, answer="好", correction=None, by=cast.actor(who), now=cast.now)
    with pytest.raises(RuleBroken) as broken:
        answer_objection(objection=objection, answer=" ", correction=None, by=cast.actor("desk"), now=cast.now)
    assert broken.value.field == "answer"
