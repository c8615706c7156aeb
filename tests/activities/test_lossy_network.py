"""200 phones on a network that loses three requests in ten and three replies in ten: 200 rows, none twice."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from guangcai.activities import codes, commands
from guangcai.activities.models import Attendance, Shift
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent

LOST = 0.3


@dataclass
class Phone:
    """As static/activities/js/check-in.js: keeps id and code before sending, tries until it has an answer."""

    actor: Actor
    code: str
    scanned_at: datetime
    id: UUID = field(default_factory=new_id)
    delivered: bool = False
    clock_error: timedelta = timedelta()

    def try_once(self, shift: Shift, now: datetime, luck: Random) -> None:
        if luck.random() < LOST:
            return
        done = commands.check_in(
            shift_id=shift.pk,
            member_id=self.actor.member_id,  # type: ignore[arg-type]
            code=self.code,
            id=self.id,
            was_kept=now - self.scanned_at > timedelta(seconds=20),
            by=self.actor,
            now=now,
        )
        assert done.attendance_id == self.id
        if luck.random() >= LOST:
            self.delivered = True


def test_two_hundred_phones(make_shift: Any, neighbours: Any, now: datetime) -> None:
    luck = Random(20261120)
    shift = make_shift(starts_in=timedelta(minutes=-30), places=300)
    phones = []
    for number, (_member, actor) in enumerate(neighbours(200)):
        at = now + timedelta(seconds=number % 90)
        shown = codes.shown_at(shift_id=shift.pk, key=bytes(shift.code_key), now=at).text
        phones.append(Phone(actor, shown, at))
    clock = now + timedelta(seconds=90)
    while not all(phone.delivered for phone in phones):
        for phone in phones:
            if not phone.delivered:
                phone.try_once(shift, clock, luck)
        clock += timedelta(seconds=luck.choice([2, 8, 60, 600]))
        assert clock < now + timedelta(hours=72)
    assert set(Attendance.objects.values_list("pk", flat=True)) == {phone.id for phone in phones}
    assert Attendance.objects.count() == 200
    assert AuditEvent.objects.filter(tag="activities:attendance:check_in").count() == 200
    for phone in phones:
        row = Attendance.objects.get(pk=phone.id)
        assert abs(row.arrived_at - phone.scanned_at) < timedelta(seconds=90 + 30)


def test_after_three_days_the_desk_types_it(make_shift: Any, neighbours: Any, now: datetime) -> None:
    shift = make_shift(starts_in=timedelta(minutes=-30))
    (_member, actor), *_ = neighbours(1)
    shown = codes.shown_at(shift_id=shift.pk, key=bytes(shift.code_key), now=now).text
    with pytest.raises(RuleBroken) as refused:
        Phone(actor, shown, now).try_once(shift, now + timedelta(hours=73), Random(2))
    assert refused.value.code == "too_late"
    assert not Attendance.objects.exists()
