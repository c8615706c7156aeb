"""Pairings and visits: invited, taken up, visited by rhythm, handed over, ended."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, localtime

from guangcai.care import commands, rules
from guangcai.care.enums import Outcome, PairingEnd, PairingKind, RiskTier, SaidBy
from guangcai.care.models import Alert, Household, NeedKind, Pairing, Visit, VisitNote
from guangcai.commitments.enums import CommitmentState
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import merge_members
from guangcai.members.models import Member
from tests.care.conftest import MARK, broken, child, need, seen
from tests.care.test_households import refusal
from tests.cast import Cast

DAY = timedelta(days=1)


def offer(row: Household, member: Member, by: Actor, now: datetime, **other: Any) -> Pairing:
    other.setdefault("kind", PairingKind.CONTACT)
    return commands.offer_pairing(household=row, member=member, by=by, now=now, **other)


def test_invited_and_taken_up(make_household: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    row, ((member, actor), (_other, other_actor)), key = make_household(), neighbours(2), new_id()
    pairing = offer(row, member, desk, now, id=key)
    assert (pairing.pk, pairing.state) == (key, CommitmentState.CONFIRMED)
    assert offer(row, member, desk, now, id=key) == pairing
    with pytest.raises(Conflict):
        offer(make_household(), member, desk, now, id=key)
    with pytest.raises(Forbidden):
        offer(make_household(), member, actor, now)
    with pytest.raises(OutOfScope):
        commands.take_up(pairing=pairing, by=other_actor, now=now)
    assert refusal(lambda: commands.take_up(pairing=pairing, by=desk, now=now)) == "asked_missing"
    assert commands.take_up(pairing=pairing, by=actor, now=now).held_since == localdate(now)
    again = commands.take_up(pairing=pairing, by=desk, now=now + DAY, asked="电话里同意")
    assert again.held_since == localdate(now)
    tags = AuditEvent.objects.filter(tag__startswith="care:pairing").order_by("number").values_list("tag", flat=True)
    assert list(tags) == ["care:pairing:offer", "care:pairing:take_up"]
    assert [row.template for row in Outbox.objects.filter(template__startswith="care")] == ["care_offered"]
    assert broken() == []


def test_who_may_be_asked(make_household: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    ((member, _actor),) = neighbours(1)
    silent = make_household(consent=False)
    assert refusal(lambda: offer(silent, member, desk, now)) == "no_consent"
    homes = [make_household() for _ in range(6)]
    for row in homes[:5]:
        offer(row, member, desk, now)
    assert refusal(lambda: offer(homes[5], member, desk, now)) == "limit_reached"
    assert offer(homes[5], member, desk, now, kind=PairingKind.ONE_TO_ONE).state == CommitmentState.CONFIRMED
    Member.objects.filter(pk=member.pk).update(ended_at=now)
    gone = make_household()
    assert refusal(lambda: offer(gone, member, desk, now, kind=PairingKind.ONE_TO_ONE)) == "off_roster"
    assert broken() == []


def test_one_live_pairing_of_a_kind(make_household: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    row, people = make_household(), neighbours(2)
    first = offer(row, people[0][0], desk, now, kind=PairingKind.ONE_TO_ONE)
    again = {"kind": PairingKind.ONE_TO_ONE}
    assert refusal(lambda: offer(row, people[1][0], desk, now, **again)) == "has_pairing"
    with pytest.raises(IntegrityError), transaction.atomic():
        Pairing.objects.create(
            community_id=first.community_id,
            path=first.path,
            district_code=first.district_code,
            household=row,
            member=people[1][0],
            kind=PairingKind.ONE_TO_ONE,
            offered_at=now,
        )


def test_nobody_of_the_desk_confirms_himself(
    cast: Cast, make_household: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    ((member, _actor),) = neighbours(1)
    own = Actor(user_id=desk.user_id, member_id=member.pk, holdings=desk.holdings)
    pairing = offer(make_household(), member, own, now)
    assert pairing.state == CommitmentState.OFFERED
    assert refusal(lambda: commands.take_up(pairing=pairing, by=own, now=now)) == "not_confirmed"
    assert refusal(lambda: commands.confirm_pairing(pairing=pairing, by=own, now=now)) == "own_commitment"
    commands.confirm_pairing(pairing=pairing, by=cast.actor("desk_colleague"), now=now)
    assert commands.take_up(pairing=pairing, by=own, now=now).state == CommitmentState.HELD


def test_a_batch_is_all_or_nothing(make_household: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    homes, people = [make_household() for _ in range(7)], neighbours(2)
    (one, _), (two, _) = people
    too_many = [(row, one) for row in homes[:6]]
    with pytest.raises(RuleBroken) as refused:
        commands.offer_pairings(pairs=too_many, by=desk, now=now)
    assert refused.value.code == "limit_reached"
    assert homes[5].label in str(refused.value)
    assert one.name in str(refused.value)
    assert not Pairing.objects.exists()
    made = commands.offer_pairings(pairs=[*too_many[:5], (homes[5], two)], by=desk, now=now)
    assert len(made) == 6
    assert Outbox.objects.filter(template="care_offered").count() == 2
    assert refusal(lambda: commands.offer_pairings(pairs=[(homes[0], two)], by=desk, now=now)) == "has_pairing"
    twice = [(homes[6], two), (homes[6], two)]
    assert refusal(lambda: commands.offer_pairings(pairs=twice, by=desk, now=now)) == "has_pairing"
    assert broken() == []


def test_a_batch_reads_once(make_household: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    """What is read does not grow with the batch: two writes a pair."""
    homes, people = [make_household() for _ in range(4)], neighbours(1)
    with CaptureQueriesContext(connection) as one:
        commands.offer_pairings(pairs=[(homes[0], people[0][0])], by=desk, now=now)
    with CaptureQueriesContext(connection) as three:
        commands.offer_pairings(pairs=[(row, people[0][0]) for row in homes[1:]], by=desk, now=now)
    assert len(three) - len(one) == 2 * 2


def test_handing_over(cast: Cast, make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime) -> None:
    row, ((member, actor), (other, other_actor)), key = make_household(), neighbours(2), new_id()
    pairing = pair(row, member, actor)
    assert refusal(lambda: commands.hand_over(pairing=pairing, to_member=member, by=desk, now=now)) == "same_member"
    made = commands.hand_over(pairing=pairing, to_member=other, by=desk, now=now, id=key)
    assert commands.hand_over(pairing=pairing, to_member=other, by=desk, now=now, id=key) == made
    pairing.refresh_from_db()
    assert (pairing.end_reason, made.state) == (PairingEnd.HANDED_OVER, CommitmentState.CONFIRMED)
    assert not Household.objects.visible_to(actor).exists()
    commands.take_up(pairing=made, by=other_actor, now=now)
    with pytest.raises(OutOfScope):
        commands.record_visit(household=row, draft=seen(visited_on=localdate(now)), by=actor, now=now)
    with pytest.raises(OutOfScope):
        commands.hand_over(pairing=made, to_member=member, by=cast.actor("desk_next_door"), now=now)
    assert broken() == []


def test_either_side_ends_it(make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime) -> None:
    ((member, actor),) = neighbours(1)
    pairing = pair(make_household(), member, actor)

    def end(by: Actor, reason: PairingEnd) -> Pairing:
        return commands.end_pairing(pairing=pairing, reason=reason, note="", by=by, now=now)

    assert refusal(lambda: end(actor, PairingEnd.REFUSED)) == "reason_unknown"
    assert refusal(lambda: end(desk, PairingEnd.MERGED)) == "reason_unknown"
    assert end(desk, PairingEnd.REFUSED).end_reason == PairingEnd.REFUSED
    assert end(actor, PairingEnd.NO_TIME).end_reason == PairingEnd.REFUSED
    assert refusal(lambda: commands.take_up(pairing=pairing, by=actor, now=now)) == "ended"


# --- visits ---------------------------------------------------------------------------------------------------------


def test_a_visit_is_written_down_once_and_becomes_an_entry(
    make_household: Any, neighbours: Any, pair: Any, now: datetime
) -> None:
    ((member, actor),), key = neighbours(1), new_id()
    row = make_household(at=now - 5 * DAY)
    pair(row, member, actor, at=now - 5 * DAY)
    draft = seen(visited_on=localdate(now), minutes=30, needs=(need("repair"), need("company")), id=key)
    visit = commands.record_visit(household=row, draft=draft, by=actor, now=now)
    assert commands.record_visit(household=row, draft=draft, by=actor, now=now) == visit
    assert (visit.member_id, visit.needs.count(), visit.written.note) == (member.pk, 2, f"{MARK}见闻")
    entry = ServiceEntry.objects.get()
    assert (entry.minutes, entry.source, entry.member_id) == (30, f"visit:{key}", member.pk)
    words = " ".join([entry.activity_name, entry.content, entry.place, entry.reason])
    assert MARK not in words
    assert row.label not in words
    assert broken() == []


def test_what_a_visit_asks_for(make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime) -> None:
    ((member, actor), (_other, other_actor)), today = neighbours(2), localdate(now)
    row, kid = make_household(at=now - 5 * DAY), make_household(draft=child("C1"))
    pair(row, member, actor)
    pair(kid, member, actor)

    def visit(to: Household, **other: Any) -> Any:
        other.setdefault("visited_on", today)
        return lambda: commands.record_visit(household=to, draft=seen(**other), by=actor, now=now)

    assert refusal(visit(row, visited_on=today + DAY)) == "day_ahead"
    assert refusal(visit(row, visited_on=today - 6 * DAY)) == "day_old"
    assert refusal(visit(row, note="长" * 501)) == "note_long"
    assert refusal(visit(row, minutes=0)) == "minutes_range"
    assert refusal(visit(row, minutes=30, visited_on=today - DAY)) == "start_missing"
    assert refusal(visit(kid)) == "guardian_first"
    assert visit(kid, with_guardian=True)().with_guardian
    earlier = seen(visited_on=today - DAY, minutes=30, start_time=time(19, 0))
    assert commands.record_visit(household=row, draft=earlier, by=actor, now=now).visited_on == today - DAY
    with pytest.raises(OutOfScope):
        commands.record_visit(household=row, draft=seen(visited_on=today), by=other_actor, now=now)
    by_desk = commands.record_visit(household=row, draft=seen(visited_on=today, minutes=30), by=desk, now=now)
    assert (by_desk.pairing, by_desk.member) == (None, None)
    assert ServiceEntry.objects.count() == 1
    assert broken() == []


def test_visits_are_appended_and_corrected_by_a_new_row(
    make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    ((member, actor),), today = neighbours(1), localdate(now)
    row = make_household()
    pair(row, member, actor)
    first = commands.record_visit(household=row, draft=seen(visited_on=today), by=actor, now=now)
    second = commands.correct_visit(visit=first, draft=seen(visited_on=today, note="改正"), by=actor, now=now)
    assert list(Visit.objects.standing()) == [second]
    again = seen(visited_on=today)
    assert refusal(lambda: commands.correct_visit(visit=first, draft=again, by=actor, now=now)) == "corrected_before"
    third = commands.correct_visit(visit=second, draft=again, by=desk, now=now)
    with pytest.raises(Forbidden):
        commands.correct_visit(visit=third, draft=seen(visited_on=today), by=actor, now=now)
    for change in (lambda: Visit.objects.update(visited_on=today - DAY), lambda: first.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_an_alert_is_due_within_a_day_and_answered_by_a_visit(
    make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    ((member, actor),), today = neighbours(1), localdate(now)
    row = make_household()
    pair(row, member, actor)
    alert = commands.raise_alert(household=row, by=desk, now=now)
    assert commands.raise_alert(household=row, by=actor, now=now) == alert
    assert alert.due_at == now + timedelta(hours=24)
    told = Outbox.objects.get(template="care_alert")
    assert set(told.parameters) == {"due"}
    visit = commands.record_visit(household=row, draft=seen(visited_on=today), by=actor, now=now)
    alert.refresh_from_db()
    assert (alert.answered_at, alert.answer) == (now, visit)
    changed = seen(visited_on=today, is_major_change=True)
    commands.record_visit(household=row, draft=changed, by=actor, now=now)
    assert Alert.objects.filter(answered_at=None).count() == 1


D = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("last", "held", "tier_since", "days", "due"),
    [
        (None, D, D, 7, D + 7 * DAY),
        (D + 3 * DAY, D, D, 7, D + 10 * DAY),
        # A stricter tier than when it was last seen: due on the day of the change, not before.
        (D, D, D + 20 * DAY, 7, D + 20 * DAY),
        # Taken up long after the last visit: due on that day.
        (D, D + 60 * DAY, D, 30, D + 60 * DAY),
    ],
)
def test_the_next_date(last: date | None, held: date, tier_since: date, days: int, due: date) -> None:
    assert rules.next_visit_on(last_on=last, held_since=held, tier_since=tier_since, days=days) == due


# --- plans and the card ---------------------------------------------------------------------------------------------


def test_a_plan_starts_with_all_five_and_is_checked_by_somebody_else(
    make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    row, ((member, actor), (stranger, _)) = make_household(tier=RiskTier.HIGH), neighbours(2)
    pair(row, member, actor)
    words = {"household": row, "times": "每周六", "what": "送餐", "effect": "三餐有着落", "by": desk, "now": now}
    assert refusal(lambda: commands.draft_plan(**words, member=stranger)) == "not_the_pair"
    for name in ("times", "what", "effect"):
        plan = commands.draft_plan(**(words | {name: ""}), member=member)
        assert refusal(lambda p=plan: commands.start_plan(plan=p, by=desk, now=now)) == f"missing_{name}"
    nobody = commands.draft_plan(**words, member=None)
    assert refusal(lambda: commands.start_plan(plan=nobody, by=desk, now=now)) == "missing_member"
    plan = commands.draft_plan(**words, member=member)
    check = {"outcome": Outcome.REACHED, "said_by": SaidBy.RECIPIENT, "now": now}
    assert refusal(lambda: commands.check_plan(plan=plan, by=desk, **check)) == "plan_not_started"
    plan = commands.start_plan(plan=plan, by=desk, now=now)
    assert commands.start_plan(plan=plan, by=desk, now=now + DAY).started_on == localdate(now)
    own = Actor(user_id=desk.user_id, member_id=member.pk, holdings=desk.holdings)
    with pytest.raises(Forbidden):
        commands.check_plan(plan=plan, by=own, **check)
    assert commands.check_plan(plan=plan, by=desk, **check).outcome == Outcome.REACHED
    assert refusal(lambda: commands.check_plan(plan=plan, by=desk, **check)) == "plan_checked"


def test_a_merge_moves_the_households(
    make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    (kept, actor), (gone, gone_actor) = neighbours(2)
    for number in range(4):
        pair(make_household(), *((kept, actor) if number < 3 else (gone, gone_actor)))
    row = Pairing.objects.get(member=gone).household
    commands.record_visit(household=row, draft=seen(visited_on=localdate(now)), by=gone_actor, now=now)
    merge_members(kept=kept, gone=gone, by=desk, now=now)
    assert Pairing.objects.held().filter(member=kept).count() == 4
    assert Visit.objects.get().member_id == kept.pk
    assert VisitNote.objects.count() == 1
    assert broken() == []


def test_a_merge_over_the_limit_is_refused(
    make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    (kept, actor), (gone, gone_actor) = neighbours(2)
    for number in range(6):
        pair(make_household(), *((kept, actor) if number < 3 else (gone, gone_actor)))
    assert refusal(lambda: merge_members(kept=kept, gone=gone, by=desk, now=now)) == "merge_in_the_way"


def test_the_same_visit_with_other_content_is_told(
    make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    row, ((member, actor),) = make_household("A1"), neighbours(1)
    pair(row, member, actor)
    repair, company = NeedKind.objects.all()[:2]
    start = localtime(now - timedelta(hours=2)).time()
    said = seen(visited_on=localdate(now), needs=(repair,), minutes=30, start_time=start, id=new_id())
    first = commands.record_visit(household=row, draft=said, by=actor, now=now)
    assert commands.record_visit(household=row, draft=said, by=actor, now=now + timedelta(minutes=1)) == first
    others: list[dict[str, Any]] = [{"needs": ()}, {"needs": (repair, company)}, {"minutes": 60}]
    others += [{"minutes": None, "start_time": None}, {"start_time": time(7, 0)}, {"with_guardian": True}]
    for other in others:
        with pytest.raises(Conflict):
            commands.record_visit(household=row, draft=replace(said, **other), by=actor, now=now)
    # What gave no time is not sent again with time, and the other way round.
    plain = seen(visited_on=localdate(now), id=new_id())
    commands.record_visit(household=row, draft=plain, by=actor, now=now)
    with pytest.raises(Conflict):
        commands.record_visit(household=row, draft=replace(plain, minutes=30), by=actor, now=now)
    assert (Visit.objects.count(), ServiceEntry.objects.count()) == (2, 1)
    # A correction of that id is no visit of that id.
    with pytest.raises(Conflict):
        commands.correct_visit(visit=first, draft=plain, by=actor, now=now)
