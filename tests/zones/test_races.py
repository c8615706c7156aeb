"""Real threads on the real database: a zone claimed twice has one holder, numbers have no gaps, nothing outlives."""

from datetime import datetime
from typing import Any

import pytest

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.zones import commands
from guangcai.zones.enums import ZoneEnd, ZoneKind
from guangcai.zones.models import AgreementCounter, Zone, ZoneAgreement
from tests.activities.test_races import at_once
from tests.cast import Cast
from tests.zones.conftest import DUTIES, broken

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def test_a_zone_claimed_at_once_has_one_holder(zone: Zone, neighbours: Any, now: datetime) -> None:
    people = neighbours(CLIENTS)
    answers = at_once([lambda m=m, a=a: commands.offer_zone(zone=zone, member=m, by=a, now=now) for m, a in people])
    assert sorted(str(one) for one in answers if isinstance(one, str)) == ["has_holder"] * (CLIENTS - 1)
    assert ZoneAgreement.objects.count() == 1


def test_one_phone_offers_many_times(zone: Zone, neighbours: Any, now: datetime) -> None:
    ((member, actor),), key = neighbours(1), new_id()
    same = at_once(
        [lambda: commands.offer_zone(zone=zone, member=member, by=actor, now=now, id=key) for _ in range(CLIENTS)]
    )
    assert {row.pk for row in same} == {key}


def test_numbers_drawn_at_once_have_no_gaps(
    zones: dict[str, Zone], neighbours: Any, desk: Actor, now: datetime
) -> None:
    people = neighbours(4)
    rows = [
        commands.offer_zone(zone=zone, member=member, by=actor, now=now)
        for zone, (member, actor) in zip(zones.values(), people, strict=False)
    ]
    drawn = at_once(
        [lambda r=r: commands.confirm_agreement(agreement=r, duties=DUTIES, by=desk, now=now) for r in rows * 2]
    )
    assert len({row.number for row in drawn}) == AgreementCounter.objects.get().last == len(rows)
    assert broken() == []


def test_signing_against_ending(zones: dict[str, Zone], neighbours: Any, desk: Actor, now: datetime) -> None:
    ((member, actor),) = neighbours(1)
    agreed = EndReason.AGREED
    for zone in zones.values():
        row = commands.offer_zone(zone=zone, member=member, by=actor, now=now)
        row = commands.confirm_agreement(agreement=row, duties=DUTIES, by=desk, now=now)
        at_once(
            [
                lambda r=row: commands.sign_agreement(agreement=r, name=member.name, by=actor, now=now),
                lambda r=row: commands.end_agreement(agreement=r, reason=agreed, note="", by=desk, now=now),
                lambda r=row: commands.end_zone(zone=r.zone, reason=ZoneEnd.GONE, by=desk, now=now),
                lambda r=row: commands.sign_agreement(agreement=r, name=member.name, by=actor, now=now),
            ]
        )
    assert not ZoneAgreement.objects.live().exists()
    assert AuditEvent.objects.filter(tag="zones:agreement:end").count() == len(zones)
    assert broken() == []


def test_two_desks_add_the_same_zones(cast: Cast, desk: Actor, now: datetime) -> None:
    kinds = (ZoneKind.BUILDING, ZoneKind.STAIRWELL)
    added = at_once(
        [lambda: commands.add_zones(community=cast.nanyuan, kinds=kinds, by=desk, now=now) for _ in range(4)]
    )
    assert sorted(added) == [0, 0, 0, 5]
    assert Zone.objects.count() == 5
