"""Households: sealed, seen by three actors and nobody else, opened one by one, put into tiers."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate

from guangcai.care import commands, rules
from guangcai.care.enums import ConsentBy, HouseholdEnd, PairingEnd, PairingKind, RiskTier
from guangcai.care.models import Household, HouseholdOpening, HouseholdTier, Pairing, VisitNote
from guangcai.core.actor import Actor
from guangcai.core.bands import band_of
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from tests.care.conftest import MARK, broken, child, draft, seen
from tests.cast import Cast


def refusal(call: Any) -> str:
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value.code


def test_a_household_is_written_down_once(cast: Cast, desk: Actor, now: datetime) -> None:
    key = new_id()
    add = {"community": cast.nanyuan, "tier": RiskTier.HIGH, "by": desk, "now": now}
    row = commands.add_household(**add, draft=draft("A1"), id=key)
    assert commands.add_household(**add, draft=draft("A1"), id=key) == row
    with pytest.raises(Conflict):
        commands.add_household(**add, draft=draft("A1", name="别家"), id=key)
    assert refusal(lambda: commands.add_household(**add, draft=draft("A1"))) == "label_taken"
    assert refusal(lambda: commands.add_household(**add, draft=draft(f"{MARK}姓名家"))) == "label_names"
    assert (Household.objects.get().phone, Household.objects.get().tier) == ("+8613911112222", RiskTier.HIGH)
    assert AuditEvent.objects.filter(tag="care:household:add").count() == 1
    assert broken() == []


def test_only_the_desk_of_the_community_writes(cast: Cast, desk: Actor, now: datetime, make_household: Any) -> None:
    row = make_household()
    for name, error in (("desk_next_door", OutOfScope), ("overseer", Forbidden), ("member", Forbidden)):
        by = cast.actor(name)
        with pytest.raises(error):
            commands.add_household(community=cast.nanyuan, draft=draft("X"), tier=RiskTier.KEY, by=by, now=now)
        with pytest.raises(error):
            commands.change_household(household=row, draft=draft("X"), by=by, now=now)
        with pytest.raises(error):
            commands.end_household(household=row, reason=HouseholdEnd.MOVED, by=by, now=now)


def test_a_child_comes_with_a_guardian(cast: Cast, desk: Actor, now: datetime) -> None:
    add = {"community": cast.nanyuan, "tier": RiskTier.KEY, "by": desk, "now": now}
    missing = child("C1", guardian_name="")
    assert refusal(lambda: commands.add_household(**add, draft=missing)) == "guardian_missing"
    row = commands.add_household(**add, draft=child("C1"))
    agree = {"household": row, "how": "上门", "given_on": localdate(now), "by": desk, "now": now}
    assert refusal(lambda: commands.give_consent(**agree, said_by=ConsentBy.SELF)) == "guardian_agrees"
    commands.give_consent(**agree, said_by=ConsentBy.GUARDIAN)


def test_the_columns_hold_no_plain_word(make_household: Any, neighbours: Any, pair: Any, now: datetime) -> None:
    """The bytes of every table of care, as a stolen backup would show them."""
    ((member, actor),) = neighbours(1)
    row = make_household(draft=child("A1"))
    pair(row, member, actor)
    visit = seen(visited_on=localdate(now), with_guardian=True)
    commands.record_visit(household=row, draft=visit, by=actor, now=now)
    commands.draft_plan(household=row, member=member, times="周六", what=MARK, effect=MARK, by=Actor.system(), now=now)
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names() if name.startswith("care_")]
        assert len(tables) >= 13
        for table in [*tables, "core_auditevent", "core_outbox", "ledger_serviceentry"]:
            cursor.execute(f"SELECT encode(convert_to(t::text, 'UTF8'), 'hex') FROM \"{table}\" AS t")
            text = "".join(line for (line,) in cursor.fetchall())
            assert MARK.encode().hex() not in text, table
            # A bytea prints as hex of its own: a plain word stored as bytes would stand there.
            assert MARK.encode().hex().encode().hex() not in text, table
            assert b"13911112222".hex() not in text, table


def visible(row: Household, actor: Actor) -> bool:
    return Household.objects.visible_to(actor).filter(pk=row.pk).exists()


def test_three_actors_see_it_and_nobody_else(
    cast: Cast, make_household: Any, neighbours: Any, pair: Any, now: datetime
) -> None:
    row, ((member, actor), (_other, other_actor)) = make_household(), neighbours(2)
    pairing = pair(row, member, actor)
    strangers = ["administrator", "overseer", "overseer_next_door", "desk_next_door", "member", "auditor", "system"]
    strangers += ["liaison"]
    assert [name for name in strangers if visible(row, cast.actor(name))] == []
    assert visible(row, cast.actor("desk"))
    assert visible(row, cast.actor("secretary"))
    assert visible(row, actor)
    assert not visible(row, other_actor)
    assert not visible(row, Actor())
    with time_machine.travel(now, tick=False):
        overseer = cast.actor("overseer")
        assert refusal(lambda: commands.open_household(household=row, reason=" ", by=overseer, now=now))
        commands.open_household(household=row, reason="抽查走访记录", by=overseer, now=now)
        assert visible(row, overseer)
        assert not visible(row, cast.actor("administrator"))
        with pytest.raises(OutOfScope):
            commands.open_household(household=row, reason="抽查", by=cast.actor("overseer_next_door"), now=now)
        with pytest.raises(OutOfScope):
            commands.open_household(household=row, reason="抽查走访记录", by=other_actor, now=now)
        with pytest.raises(Forbidden):
            commands.set_tier(household=row, tier=RiskTier.HIGH, why="", by=overseer, now=now)
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        assert not visible(row, cast.actor("overseer"))
    line = AuditEvent.objects.get(tag="care:household:open")
    assert (line.subject_id, line.details["reason"]) == (str(row.pk), "抽查走访记录")
    commands.end_pairing(pairing=pairing, reason=PairingEnd.NO_TIME, note="", by=actor, now=now)
    assert not visible(row, actor)
    assert commands.forget_openings(now=now + timedelta(days=2)) == 1
    assert not HouseholdOpening.objects.exists()


def test_an_invited_member_sees_nothing_yet(make_household: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    row, ((member, actor),) = make_household(), neighbours(1)
    pairing = commands.offer_pairing(household=row, member=member, kind=PairingKind.CONTACT, by=desk, now=now)
    assert not visible(row, actor)
    assert Pairing.objects.visible_to(actor).get() == pairing
    commands.take_up(pairing=pairing, by=actor, now=now)
    assert visible(row, actor)


def test_tiers_are_rows(make_household: Any, desk: Actor, now: datetime) -> None:
    row, later = make_household(tier=RiskTier.GENERAL), now + timedelta(days=10)
    commands.set_tier(household=row, tier=RiskTier.HIGH, why="住院", by=desk, now=later)
    commands.set_tier(household=row, tier=RiskTier.HIGH, why="住院", by=desk, now=later + timedelta(days=1))
    told = list(HouseholdTier.objects.order_by("since").values_list("tier", "since", "until"))
    assert told == [
        (RiskTier.GENERAL, localdate(now), localdate(later)),
        (RiskTier.HIGH, localdate(later), None),
    ]
    row.refresh_from_db()
    assert (row.tier, row.tier_since) == (RiskTier.HIGH, localdate(later))
    assert broken() == []


def test_ending_and_withdrawing_end_the_pairings(
    make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    ((member, actor),) = neighbours(1)
    first, second = make_household(), make_household()
    pair(first, member, actor)
    pair(second, member, actor)
    commands.withdraw_consent(household=first, by=desk, now=now)
    commands.end_household(household=second, reason=HouseholdEnd.MOVED, by=desk, now=now)
    commands.end_household(household=second, reason=HouseholdEnd.DECLINED, by=desk, now=now)
    ends = dict(Pairing.objects.values_list("household_id", "end_reason"))
    assert ends == {first.pk: PairingEnd.REFUSED, second.pk: PairingEnd.CLOSED}
    assert refusal(lambda: commands.change_household(household=second, draft=draft("Z"), by=desk, now=now))
    second.refresh_from_db()
    assert second.end_reason == HouseholdEnd.MOVED
    assert broken() == []


def test_constraints_hold_what_a_command_could_forget(make_household: Any, now: datetime) -> None:
    row = make_household()
    with pytest.raises(IntegrityError), transaction.atomic():
        Household.objects.filter(pk=row.pk).update(ended_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Household.objects.filter(pk=row.pk).update(label="")
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseholdTier.objects.filter(household=row).update(until=localdate(now) - timedelta(days=1))


def test_after_three_years_nothing_names_it(
    cast: Cast, make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    ((member, actor),), row, other = neighbours(1), make_household(draft=child("A1")), make_household()
    pair(row, member, actor)
    visit = seen(visited_on=localdate(now), with_guardian=True)
    commands.record_visit(household=row, draft=visit, by=actor, now=now)
    commands.end_household(household=row, reason=HouseholdEnd.MOVED, by=desk, now=now)
    administrator, later = cast.actor("administrator"), now + rules.RETENTION + timedelta(days=1)
    with pytest.raises(OutOfScope):
        commands.anonymise_households(by=desk, now=later, is_dry=False)
    assert commands.anonymise_households(by=administrator, now=later - timedelta(days=3), is_dry=False) == 0
    assert commands.anonymise_households(by=administrator, now=later) == 1
    assert VisitNote.objects.count() == 1
    assert commands.anonymise_households(by=administrator, now=later, is_dry=False) == 1
    assert commands.anonymise_households(by=administrator, now=later, is_dry=False) == 0
    row.refresh_from_db()
    assert (row.name, row.guardian_name, row.phone, row.notes, row.label) == ("", "", "", "", "—")
    assert (VisitNote.objects.count(), row.visits.count()) == (0, 1)
    other.refresh_from_db()
    assert other.name == f"{MARK}姓名"
    assert broken() == []


def test_a_place_of_another_community_is_refused(cast: Cast, desk: Actor, now: datetime) -> None:
    words = replace(draft("A1"), place=cast.gongyuan)
    add = {"community": cast.nanyuan, "tier": RiskTier.KEY, "by": desk, "now": now}
    assert refusal(lambda: commands.add_household(**add, draft=words)) == "place_elsewhere"


@pytest.mark.parametrize("below", [1, 3, 5, 10])
def test_no_two_figures_of_an_overseer_differ_by_a_handful(below: int) -> None:
    """Whatever two questions are asked, what is told of them differs by nothing or by at least `below`."""
    told = [band_of(count, below=below) for count in range(200)]
    assert {abs(a.low - b.low) for a in told for b in told} & set(range(1, below)) == set()
    for count, band in enumerate(told):
        assert band.low <= count < band.low + below
        assert band.is_none == (count == 0)
    assert [str(band_of(n, below=5)) for n in (0, 1, 4, 5, 9, 10)] == ["0", "<5", "<5", "5–9", "5–9", "10–14"]


def test_the_night_forgets_openings(cast: Cast, desk: Actor, make_household: Any, now: datetime) -> None:
    from guangcai.care.tasks import forget_openings

    commands.open_household(household=make_household(), reason="入户前核对", by=desk, now=now - timedelta(days=9))
    forget_openings()
    assert HouseholdOpening.objects.count() == 0
