"""Real threads on the real database: no sixth household, no second pairing, no visit by who handed it over."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils.timezone import localdate

from guangcai.care import commands
from guangcai.care.enums import HouseholdEnd, PairingEnd, PairingKind
from guangcai.care.models import Alert, HouseholdConsent, Pairing, Visit
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.ledger.models import ServiceEntry
from tests.activities.test_races import at_once
from tests.care.conftest import broken, seen
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def offer(row: Any, member: Any, by: Actor, now: datetime, kind: PairingKind = PairingKind.CONTACT) -> Any:
    return lambda: commands.offer_pairing(household=row, member=member, kind=kind, by=by, now=now)


def test_there_is_no_sixth_household(
    cast: Cast, make_household: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    """Two desks fill the last places of one member at once, one by one and by a batch."""
    ((member, _actor),), homes = neighbours(1), [make_household() for _ in range(9)]
    for row in homes[:3]:
        offer(row, member, desk, now)()
    colleague = cast.actor("desk_colleague")
    batch = [(row, member) for row in homes[7:9]]
    told = at_once(
        [
            *(offer(row, member, desk if number % 2 else colleague, now) for number, row in enumerate(homes[3:7])),
            lambda: commands.offer_pairings(pairs=batch, by=desk, now=now),
        ]
    )
    assert Pairing.objects.live().filter(member=member).count() == 5
    assert told.count("limit_reached") >= 2
    assert broken() == []


def test_one_to_one_is_for_one(make_household: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    row, people = make_household(), neighbours(CLIENTS)
    told = at_once([offer(row, member, desk, now, PairingKind.ONE_TO_ONE) for member, _actor in people])
    assert sorted(one if isinstance(one, str) else "made" for one in told) == ["has_pairing"] * (CLIENTS - 1) + ["made"]
    assert Pairing.objects.live().count() == 1


def test_handing_over_against_visiting(
    make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    """A visit either lies before the hand-over and belongs to the first pairing, or is refused. No deadlock."""
    (member, actor), (other, other_actor) = neighbours(2)
    for _round in range(4):
        row, key = make_household(), new_id()
        pairing = pair(row, member, actor)
        start = (now - timedelta(hours=_round + 2)).astimezone().time().replace(second=0, microsecond=0)
        draft = seen(visited_on=localdate(now), minutes=5, start_time=start)
        told = at_once(
            [
                lambda d=draft, r=row: commands.record_visit(household=r, draft=d, by=actor, now=now),
                lambda p=pairing, k=key: commands.hand_over(pairing=p, to_member=other, by=desk, now=now, id=k),
                lambda p=pairing, k=key: commands.hand_over(pairing=p, to_member=other, by=desk, now=now, id=k),
            ]
        )
        assert told[0] == "not_found" or told[0].pairing_id == pairing.pk
        assert Pairing.objects.live().get(household=row).member_id == other.pk
        commands.end_pairing(
            pairing=Pairing.objects.get(pk=key), reason=PairingEnd.NO_TIME, note="", by=other_actor, now=now
        )
    assert ServiceEntry.objects.count() == Visit.objects.count()
    assert broken() == []


def test_a_visit_sent_many_times_is_one(make_household: Any, neighbours: Any, pair: Any, now: datetime) -> None:
    ((member, actor),), row = neighbours(1), make_household()
    pair(row, member, actor)
    draft = seen(visited_on=localdate(now), minutes=20, is_major_change=True, id=new_id())
    told = at_once([lambda: commands.record_visit(household=row, draft=draft, by=actor, now=now)] * CLIENTS)
    assert {visit.pk for visit in told} == {draft.id}
    assert (Visit.objects.count(), ServiceEntry.objects.count(), Alert.objects.count()) == (1, 1, 1)
    assert broken() == []


def test_withdrawing_and_ending_against_offering(
    make_household: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    people = neighbours(3)
    for number in range(4):
        row = make_household()
        stop = (
            (lambda r=row: commands.withdraw_consent(household=r, by=desk, now=now))
            if number % 2
            else (lambda r=row: commands.end_household(household=r, reason=HouseholdEnd.MOVED, by=desk, now=now))
        )
        at_once([stop, *(offer(row, member, desk, now) for member, _actor in people)])
        assert not Pairing.objects.live().filter(household=row).exists()
    assert HouseholdConsent.objects.filter(withdrawn_at__isnull=False).count() == 2
    assert not Pairing.objects.filter(ended_at__lt=F("offered_at")).exists()
    assert broken() == []
