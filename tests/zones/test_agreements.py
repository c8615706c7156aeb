"""Offering, confirming, signing, renewing, ending: nobody is assigned, a zone has one holder, ended stays ended."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from guangcai.commitments.enums import CommitmentState, EndReason
from guangcai.commitments.shown import lines
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.ledger.commands import Service, record_many
from guangcai.ledger.enums import EntryOrigin
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import merge_members
from guangcai.members.models import Member
from guangcai.orgs.models import Policy
from guangcai.zones import commands
from guangcai.zones.enums import Coverage, ZoneEnd, ZoneKind
from guangcai.zones.models import Zone, ZoneAgreement, ZoneDuty
from guangcai.zones.queries.load import commitments_of
from tests.cast import Cast
from tests.zones.conftest import DUTIES, broken, signed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def code_of(call: Any) -> str:
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value.code


def test_zones_come_from_the_tree_in_one_step_and_twice_is_once(cast: Cast, desk: Actor, now: datetime) -> None:
    kinds = (ZoneKind.BUILDING, ZoneKind.STAIRWELL)
    assert commands.add_zones(community=cast.nanyuan, kinds=[ZoneKind.BUILDING], by=desk, now=now) == 2
    assert commands.add_zones(community=cast.nanyuan, kinds=kinds, by=desk, now=now) == 3
    assert commands.add_zones(community=cast.nanyuan, kinds=kinds, by=desk, now=now) == 0
    names = set(Zone.objects.values_list("name", flat=True))
    assert names == {"3号楼", "4号楼", "3号楼1单元", "3号楼2单元", "3号楼3单元"}
    assert AuditEvent.objects.filter(tag="zones:zone:add").count() == 2
    for who, error in (("member", Forbidden), ("overseer", Forbidden), ("desk_next_door", OutOfScope)):
        with pytest.raises(error):
            commands.add_zones(community=cast.nanyuan, kinds=kinds, by=cast.actor(who), now=now)


def test_adding_asks_as_often_for_many_places_as_for_one(cast: Cast, desk: Actor, now: datetime, queries: Any) -> None:
    counts = []
    for kind in (ZoneKind.BUILDING, ZoneKind.STAIRWELL):
        with queries() as seen:
            commands.add_zones(community=cast.nanyuan, kinds=[kind], by=desk, now=now)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_lot_has_a_name_once(cast: Cast, desk: Actor, now: datetime) -> None:
    key = new_id()
    lot = commands.add_lot(community=cast.nanyuan, name=" 3号楼前绿地 ", by=desk, now=now, id=key)
    assert (lot.pk, lot.name, lot.kind, lot.node) == (key, "3号楼前绿地", "lot", None)
    assert commands.add_lot(community=cast.nanyuan, name="3号楼前绿地", by=desk, now=now, id=key) == lot
    again = lambda name: commands.add_lot(community=cast.nanyuan, name=name, by=desk, now=now)  # noqa: E731
    assert code_of(lambda: again("3号楼前绿地")) == "name_taken"
    assert code_of(lambda: again("  ")) == "name_missing"
    commands.end_zone(zone=lot, reason=ZoneEnd.GONE, by=desk, now=now)
    assert again("3号楼前绿地").pk != key


def test_the_three_steps(cast: Cast, zone: Zone, desk: Actor, now: datetime) -> None:
    member, actor, key = cast.teacher_member, cast.actor("member"), new_id()
    row = commands.offer_zone(zone=zone, member=member, by=actor, now=now, id=key)
    assert (row.pk, row.state, row.number) == (key, CommitmentState.OFFERED, "")
    assert commands.offer_zone(zone=zone, member=member, by=actor, now=now, id=key) == row
    assert (
        code_of(lambda: commands.sign_agreement(agreement=row, name=member.name, by=actor, now=now)) == "not_confirmed"
    )
    with pytest.raises(Forbidden):
        commands.confirm_agreement(agreement=row, duties=DUTIES, by=actor, now=now)
    assert code_of(lambda: commands.confirm_agreement(agreement=row, duties=" ", by=desk, now=now)) == "duties_missing"
    for _twice in range(2):
        row = commands.confirm_agreement(agreement=row, duties=DUTIES, by=desk, now=now)
    today = now.date()
    assert row.number == f"ZR210802001002-{today.year}-0001"
    assert (row.starts_on, row.until) == (today, date(today.year + 1, today.month, today.day) - DAY)
    assert row.remind_on == row.until - timedelta(days=30)
    sign = lambda **how: commands.sign_agreement(agreement=row, now=now, **how)  # noqa: E731
    assert code_of(lambda: sign(name="别人", by=actor)) == "other_name"
    assert code_of(lambda: sign(name=member.name, by=desk)) == "not_own"
    for _twice in range(2):
        row = sign(name=f" {member.name} ", by=actor)
    assert (row.state, row.held_since, row.signed_how) == (CommitmentState.HELD, today, "screen")
    assert (row.holder_name, row.community_name) == (member.name, "南园社区")
    tags = list(AuditEvent.objects.filter(tag__startswith="zones:agreement").values_list("tag", flat=True))
    assert sorted(tags) == ["zones:agreement:confirm", "zones:agreement:offer", "zones:agreement:sign"]
    assert broken() == []


def test_a_signed_paper_is_noted_by_the_desk(cast: Cast, zone: Zone, desk: Actor, now: datetime) -> None:
    row = commands.offer_zone(zone=zone, member=cast.teacher_member, by=desk, now=now)
    row = commands.confirm_agreement(agreement=row, duties=DUTIES, by=desk, now=now)
    later, note = now + 3 * DAY, "本人在服务台签字，原件存档"
    paper = commands.Paper(signed_on=now.date() + DAY, note=note)
    note_it = lambda which, by=desk: commands.sign_agreement(agreement=row, paper=which, by=by, now=later)  # noqa: E731
    assert code_of(lambda: note_it(replace(paper, note=""))) == "note_missing"
    assert code_of(lambda: note_it(replace(paper, signed_on=now.date() - DAY))) == "before_drawn_up"
    assert code_of(lambda: note_it(replace(paper, signed_on=later.date() + DAY))) == "future"
    with pytest.raises(Forbidden):
        note_it(paper, cast.actor("member"))
    row = note_it(paper)
    assert (row.held_since, row.signed_how, row.paper_note) == (now.date() + DAY, "paper", note)


def test_nobody_confirms_what_he_takes_on(cast: Cast, zone: Zone, desk: Actor, now: datetime) -> None:
    row = commands.offer_zone(zone=zone, member=cast.teacher_member, by=desk, now=now)
    own = replace(desk, member_id=cast.teacher_member.pk)
    assert (
        code_of(lambda: commands.confirm_agreement(agreement=row, duties=DUTIES, by=own, now=now)) == "own_commitment"
    )


def test_a_zone_has_one_holder(cast: Cast, zone: Zone, desk: Actor, neighbours: Any, now: datetime) -> None:
    (first, by_first), (second, by_second) = neighbours(2)
    offer = lambda member, by: commands.offer_zone(zone=zone, member=member, by=by, now=now)  # noqa: E731
    row = offer(first, by_first)
    assert code_of(lambda: offer(second, by_second)) == "has_holder"
    assert code_of(lambda: offer(first, by_first)) == "own_already"
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneAgreement.objects.create(
            community=cast.nanyuan,
            path=zone.path,
            district_code=zone.district_code,
            zone=zone,
            member=second,
            offered_at=now,
        )
    commands.end_agreement(agreement=row, reason=EndReason.NO_TIME, note="", by=by_first, now=now)
    assert offer(second, by_second).member == second
    assert commitments_of([first.pk, second.pk]) == {second.pk: 1}


def test_who_may_offer(cast: Cast, zone: Zone, desk: Actor, neighbours: Any, now: datetime) -> None:
    ((member, actor),) = neighbours(1)
    offer = lambda who, by: commands.offer_zone(zone=zone, member=who, by=by, now=now)  # noqa: E731
    with pytest.raises(Forbidden):
        offer(cast.teacher_member, actor)
    with pytest.raises(OutOfScope):
        offer(cast.police_member, cast.actor("member_next_door"))
    assert code_of(lambda: offer(cast.police_member, desk)) == "other_area"
    Member.objects.filter(pk=member.pk).update(ended_at=now)
    member.refresh_from_db()
    assert code_of(lambda: offer(member, desk)) == "not_on_roster"
    commands.end_zone(zone=zone, reason=ZoneEnd.GONE, by=desk, now=now)
    assert code_of(lambda: offer(cast.teacher_member, cast.actor("member"))) == "zone_ended"


def test_a_renewal_begins_when_the_old_one_ends(cast: Cast, held: ZoneAgreement, desk: Actor, now: datetime) -> None:
    actor, member = cast.actor("member"), cast.teacher_member
    assert code_of(lambda: commands.offer_renewal(agreement=held, by=actor, now=now)) == "too_early"
    assert held.until
    assert held.remind_on
    soon = now + (held.remind_on - now.date())
    row = commands.offer_renewal(agreement=held, by=actor, now=soon)
    assert commands.offer_renewal(agreement=held, by=desk, now=soon) == row
    row = commands.confirm_agreement(agreement=row, duties=DUTIES, by=desk, now=soon)
    row = commands.sign_agreement(agreement=row, name=member.name, by=actor, now=soon)
    assert (row.starts_on, row.held_since) == (held.until + DAY, held.until + DAY)
    assert commitments_of([member.pk]) == {member.pk: 1}
    after = soon + timedelta(days=31)
    assert commands.end_terms(by=Actor.system(), now=after) == 1
    assert commands.end_terms(by=Actor.system(), now=after) == 0
    held.refresh_from_db()
    assert (held.end_reason, ZoneAgreement.objects.live().get()) == (EndReason.TERM_OVER, row)
    assert not Outbox.objects.filter(template="zone_ended").exists()
    assert broken() == []


def test_the_end_of_an_agreement_ends_its_renewal(cast: Cast, held: ZoneAgreement, desk: Actor, now: datetime) -> None:
    assert held.remind_on
    soon = now + (held.remind_on - now.date())
    commands.offer_renewal(agreement=held, by=cast.actor("member"), now=soon)
    commands.end_agreement(agreement=held, reason=EndReason.AGREED, note="", by=desk, now=soon)
    assert not ZoneAgreement.objects.live().exists()
    assert Outbox.objects.filter(template="zone_ended").count() == 1


def test_a_term_that_is_over_frees_the_zone_even_before_the_night(
    cast: Cast, held: ZoneAgreement, desk: Actor, neighbours: Any, now: datetime
) -> None:
    ((member, actor),) = neighbours(1)
    later = now + timedelta(days=400)
    assert Zone.objects.covered(Coverage.NOBODY, on=later.date()).filter(pk=held.zone_id).exists()
    assert code_of(lambda: commands.offer_renewal(agreement=held, by=desk, now=later)) == "term_over"
    commands.offer_zone(zone=held.zone, member=member, by=actor, now=later)
    held.refresh_from_db()
    assert held.end_reason == EndReason.TERM_OVER


def test_each_holder_is_reminded_once(cast: Cast, held: ZoneAgreement, now: datetime) -> None:
    assert held.remind_on
    system, soon = Actor.system(), now + (held.remind_on - now.date())
    assert commands.remind_renewals(by=system, now=soon - DAY) == 0
    assert commands.remind_renewals(by=system, now=soon) == 1
    assert commands.remind_renewals(by=system, now=soon + DAY) == 0
    assert Outbox.objects.filter(template="zone_due").count() == 1


def test_who_moved_away_is_seen_and_not_ended(cast: Cast, held: ZoneAgreement, desk: Actor, now: datetime) -> None:
    on = now.date()
    assert not Zone.objects.covered(Coverage.AWAY, on=on).exists()
    Member.objects.filter(pk=held.member_id).update(community=cast.gongyuan, path=cast.gongyuan.path)
    assert Zone.objects.covered(Coverage.AWAY, on=on).get() == held.zone
    assert ZoneAgreement.objects.live().count() == 1
    assert held.remind_on
    soon = now + (held.remind_on - on)
    assert commands.remind_renewals(by=Actor.system(), now=soon) == 0
    assert code_of(lambda: commands.offer_renewal(agreement=held, by=desk, now=soon)) == "other_area"


def test_ending_a_zone_ends_what_was_agreed_on_it(held: ZoneAgreement, desk: Actor, now: datetime) -> None:
    for _twice in range(2):
        commands.end_zone(zone=held.zone, reason=ZoneEnd.REGROUPED, by=desk, now=now)
    held.refresh_from_db()
    assert held.end_reason == EndReason.NOT_NEEDED
    assert Outbox.objects.filter(template="zone_ended").count() == 1
    ended = commands.end_agreement(agreement=held, reason=EndReason.AGREED, note="", by=desk, now=now + DAY)
    assert ended.ended_at == held.ended_at
    assert broken() == []


def test_the_term_is_the_rule_of_the_day_and_stays(cast: Cast, held: ZoneAgreement, desk: Actor, now: datetime) -> None:
    until = held.until
    Policy.objects.filter(key="zone_term").update(value={"months": 6, "remind_days": 10})
    held.refresh_from_db()
    assert held.until == until
    zone = commands.add_lot(community=cast.nanyuan, name="东侧绿地", by=desk, now=now)
    row = commands.offer_zone(zone=zone, member=cast.teacher_member, by=cast.actor("member"), now=now)
    row = commands.confirm_agreement(agreement=row, duties=DUTIES, by=desk, now=now)
    assert row.until
    assert row.starts_on
    assert 170 < (row.until - row.starts_on).days < 190
    assert row.remind_on == row.until - 10 * DAY
    assert row.number.endswith("-0002")


def test_duties_are_a_row_and_agreements_keep_theirs(cast: Cast, held: ZoneAgreement, now: datetime) -> None:
    duty = ZoneDuty.objects.get(kind=ZoneKind.STAIRWELL)
    for who in ("desk", "member", "overseer"):
        with pytest.raises(OutOfScope):
            commands.change_duty(duty=duty, duties="每天巡看", by=cast.actor(who), now=now)
    commands.change_duty(duty=duty, duties="每天巡看", by=cast.actor("administrator"), now=now)
    assert commands.load_zone_duties(by=Actor.system(), now=now) == 0
    duty.refresh_from_db()
    held.refresh_from_db()
    assert (duty.duties, held.duties) == ("每天巡看", DUTIES)


def test_work_in_a_zone_becomes_an_entry(cast: Cast, held: ZoneAgreement, now: datetime) -> None:
    work = commands.Work(
        now - timedelta(hours=3), now - timedelta(hours=1), 110, "清理楼道杂物", is_deed=True, id=new_id()
    )
    actor = cast.actor("member")
    for _twice in range(2):
        entry = commands.log_work(agreement=held, work=work, by=actor, now=now)
    assert (entry.minutes, entry.deeds, entry.origin, entry.place) == (110, 1, "claim", "3号楼1单元")
    assert (entry.source, entry.activity_name) == (f"zone:{held.pk}:{work.id}", "责任区：3号楼1单元")
    assert ServiceEntry.objects.count() == 1
    with pytest.raises(OutOfScope):
        commands.log_work(agreement=held, work=replace(work, id=new_id()), by=cast.actor("desk_next_door"), now=now)
    week = timedelta(days=7)
    early = replace(work, starts_at=work.starts_at - week, ends_at=work.ends_at - week, id=new_id())
    assert code_of(lambda: commands.log_work(agreement=held, work=early, by=actor, now=now)) == "before_held"
    assert broken() == []
    astray = Service(
        member=held.member,
        community=cast.nanyuan,
        starts_at=now - timedelta(hours=6),
        ends_at=now - timedelta(hours=5),
        minutes=60,
        deeds=0,
        kind=entry.kind,
        activity_name="巡看",
        content="巡看",
        place="3号楼",
        lead_name="林晓岚",
        source=f"zone:{new_id()}:{new_id()}",
        origin=EntryOrigin.CLAIM,
    )
    record_many(services=[astray], by=Actor.system(), now=now)
    assert len(broken()) == 1


def test_two_records_of_one_person_keep_both_zones(
    cast: Cast, zones: dict[str, Zone], desk: Actor, neighbours: Any, now: datetime
) -> None:
    (kept, by_kept), (gone, by_gone) = neighbours(2)
    signed(zones["3号楼1单元"], kept, by_kept, desk, now)
    other = signed(zones["3号楼2单元"], gone, by_gone, desk, now)
    merge_members(kept=kept, gone=gone, by=desk, now=now)
    other.refresh_from_db()
    assert (other.member_id, other.holder_name) == (kept.pk, gone.name)
    assert commitments_of([kept.pk, gone.pk]) == {kept.pk: 2}
    assert broken() == []


def test_the_same_key_for_another_zone_is_a_conflict(cast: Cast, zones: dict[str, Zone], now: datetime) -> None:
    key, by, member = new_id(), cast.actor("member"), cast.teacher_member
    commands.offer_zone(zone=zones["3号楼1单元"], member=member, by=by, now=now, id=key)
    with pytest.raises(Conflict):
        commands.offer_zone(zone=zones["3号楼2单元"], member=member, by=by, now=now, id=key)


def test_the_plate_tells_the_zone_while_it_is_held(held: ZoneAgreement, desk: Actor, now: datetime) -> None:
    assert f"负责“{held.zone.name}”" in lines(held.member_id)
    commands.end_agreement(agreement=held, reason=EndReason.AGREED, note="", by=desk, now=now)
    assert lines(held.member_id) == []
