"""Two records become one: every relation moves, nothing is lost, a new relation fails until it is handled."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.members import checks, commands, merging, rules
from guangcai.members.commands import Placement, SkillGiven
from guangcai.members.enums import DayPart, DuplicateReason
from guangcai.members.models import (
    Consent,
    DuplicatePair,
    Employment,
    Intention,
    Member,
    ReportIn,
    Residence,
    ServiceKind,
    Skill,
    SkillKind,
)
from guangcai.members.rules import Span, fit_spans
from tests.cast import Cast

# Every foreign key to a member, and how it follows a merge. A new one belongs in here, after thought:
# "moves": it simply follows. "guarded": a promise speaks of the member, or rows may say the same thing twice, so that
# its room has said what happens (merging.mover).
HANDLED = {
    "activities.attendance.member": "guarded",
    "activities.shiftnotice.member": "guarded",
    "activities.signup.member": "guarded",
    "appraisal.appraisal.member": "guarded",
    "appraisal.dutyelsewhere.member": "guarded",
    "appraisal.exemption.member": "guarded",
    "appraisal.feedbackline.member": "guarded",
    "care.careoffer.member": "guarded",
    "care.pairing.member": "guarded",
    "care.serviceplan.member": "moves",
    "care.taskmark.member": "moves",
    "care.visit.member": "moves",
    "cases.asker.member": "moves",
    "cases.case.about_member": "moves",
    "cases.casestep.member": "moves",
    "cases.technician.member": "guarded",
    "councils.bodymember.member": "guarded",
    "councils.proposal.proposer": "moves",
    "invitations.invitation.member": "guarded",
    "invitations.proposal.member": "guarded",
    "ledger.certificate.member": "moves",
    "ledger.objection.member": "moves",
    "ledger.posting.member": "moves",
    "ledger.serviceentry.member": "moves",
    "ledger.servicespan.member": "guarded",
    "ledger.yeartotal.member": "guarded",
    "mediation.mediator.member": "guarded",
    "mediation.party.member": "guarded",
    "members.consent.member": "guarded",
    "members.duplicatepair.first": "guarded",
    "members.duplicatepair.second": "guarded",
    "members.employment.member": "guarded",
    "members.intention.member": "guarded",
    "members.member.merged_into": "guarded",
    "members.mobileregistration.member": "guarded",
    "members.orgrelation.member": "guarded",
    "members.reportin.member": "guarded",
    "members.residence.member": "guarded",
    "members.rosterrow.match": "moves",
    "members.skill.member": "guarded",
    "pledges.pledge.member": "guarded",
    "posts.postclaim.member": "guarded",
    "studios.rotaplace.member": "guarded",
    "teams.plate.member": "guarded",
    "teams.teamleader.member": "guarded",
    "teams.teammembership.member": "guarded",
    "wishes.gift.member": "moves",
    "wishes.wishclaim.member": "guarded",
    "zones.zoneagreement.member": "moves",
}


def how(name: str) -> str:
    is_guarded = name in merging._movers or merging.has_promise(merging.relations()[name])
    return "guarded" if is_guarded else "moves"


def test_every_relation_to_a_member_is_handled() -> None:
    assert {name: how(name) for name in merging.relations()} == HANDLED
    assert {name for name, way in HANDLED.items() if way == "guarded"} == set(merging._movers)


def other(cast: Cast, now: datetime, **more: Any) -> Member:
    """Another record of the teacher: on her unit's list, living nowhere yet."""
    placed = more.pop("placed", Placement(work_unit=cast.school))
    by = cast.actor("liaison") if placed.community is None else Actor.system()
    return commands.add_member(
        **{"name": "林晓岚", "phone": "13900000501", "placed": placed, "by": by, "now": now, **more}
    )


def test_the_two_rosters_meet_in_one_member_with_two_links(cast: Cast, desk: Actor, now: datetime) -> None:
    kept = cast.teacher_member
    Employment.objects.filter(member=kept).delete()
    gone = other(cast, now, birth_date=date(1985, 3, 4))
    commands.merge_members(kept=kept, gone=gone, by=desk, now=now)

    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.community, kept.birth_date, kept.phone) == (cast.nanyuan, date(1985, 3, 4), "+8613900000101")
    assert Employment.objects.get(member=kept, until=None).work_unit == cast.school
    assert (gone.merged_into, gone.phone, gone.phone_index, gone.community) == (kept, "", "", None)
    assert merging.left_behind([gone.pk]) == {}
    line = AuditEvent.objects.get(tag="members:member:merge")
    assert (line.subject_id, line.details["merged"]) == (str(kept.pk), str(gone.pk))
    assert list(checks.merged_records_have_no_relations()) == []


def test_merging_twice_changes_nothing(cast: Cast, desk: Actor, now: datetime) -> None:
    gone = other(cast, now, placed=Placement(community=cast.nanyuan))
    for _time in range(2):
        commands.merge_members(kept=cast.teacher_member, gone=gone, by=desk, now=now)
    assert AuditEvent.objects.filter(tag="members:member:merge").count() == 1
    with pytest.raises(Conflict):
        commands.merge_members(kept=gone, gone=cast.teacher_member, by=desk, now=now)


def test_a_record_does_not_merge_into_itself(cast: Cast, desk: Actor, now: datetime) -> None:
    with pytest.raises(RuleBroken):
        commands.merge_members(kept=cast.teacher_member, gone=cast.teacher_member, by=desk, now=now)


def test_merging_is_for_whoever_keeps_the_roster(cast: Cast, desk: Actor, overseer: Actor, now: datetime) -> None:
    gone = other(cast, now)
    with pytest.raises(Forbidden):
        commands.merge_members(kept=cast.teacher_member, gone=gone, by=overseer, now=now)
    with pytest.raises(OutOfScope):
        commands.merge_members(kept=cast.teacher_member, gone=gone, by=cast.actor("desk_next_door"), now=now)
    with pytest.raises(Forbidden) as refusal:
        commands.merge_members(kept=cast.teacher_member, gone=cast.police_member, by=desk, now=now)
    assert refusal.value.code == "merge_elsewhere"


def test_the_account_follows(cast: Cast, desk: Actor, now: datetime) -> None:
    gone, kept = cast.teacher_member, other(cast, now, placed=Placement(community=cast.nanyuan))
    commands.merge_members(kept=kept, gone=gone, by=desk, now=now)
    user = User.objects.get(pk=cast.users["member"].pk)
    assert user.member_id == kept.pk


def test_overlapping_residences_keep_their_receipts_and_count_no_day_twice(
    cast: Cast, desk: Actor, now: datetime
) -> None:
    gone, kept = other(cast, now, placed=Placement(community=cast.nanyuan)), cast.teacher_member
    commands.merge_members(kept=kept, gone=gone, by=desk, now=now)
    rows = list(Residence.objects.filter(member=kept).order_by("since"))
    assert [row.until == row.since for row in rows] == [False, True]
    assert Residence.objects.filter(member=kept, until=None).count() == 1


def test_skills_wishes_and_consents_are_united(cast: Cast, desk: Actor, now: datetime) -> None:
    kept, gone = cast.teacher_member, other(cast, now, placed=Placement(community=cast.nanyuan))
    law, tutoring = (SkillKind.objects.get(code=code) for code in ("law", "tutoring"))
    kind = ServiceKind.objects.get(code="convenience")
    commands.set_skills(member=kept, skills=[SkillGiven(law, "A", date(2027, 1, 1))], by=desk, now=now)
    both = [SkillGiven(law, "B", date(2029, 1, 1)), SkillGiven(tutoring)]
    commands.set_skills(member=gone, skills=both, by=desk, now=now)
    for member, time in [(kept, DayPart.WEEKEND_MORNING), (gone, DayPart.WEEKDAY_EVENING)]:
        commands.set_intentions(member=member, intentions={kind: [time]}, by=desk, now=now)
    commands.give_consent(member=kept, by=desk, now=now)
    commands.give_consent(member=gone, by=desk, now=now, given_at=now - timedelta(days=9))
    commands.merge_members(kept=kept, gone=gone, by=desk, now=now)

    assert set(Skill.objects.filter(member=kept).values_list("kind__code", "certificate")) == {
        ("law", "B"),
        ("tutoring", ""),
    }
    assert Intention.objects.get(member=kept).times == ["weekday_evening", "weekend_morning"]
    assert Consent.objects.get(member=kept).given_at == now - timedelta(days=9)


def test_other_pairs_of_the_gone_record_ask_about_the_kept_one(cast: Cast, desk: Actor, now: datetime) -> None:
    gone = other(cast, now)
    third = other(cast, now, name="林晓兰")
    assert DuplicatePair.objects.filter(reason=DuplicateReason.SAME_PHONE).count() == 1
    commands.merge_members(kept=cast.teacher_member, gone=gone, by=desk, now=now)
    pair = DuplicatePair.objects.open().get()
    assert {pair.first_id, pair.second_id} == {cast.teacher_member.pk, third.pk}


def test_of_two_waiting_slips_one_stays_and_the_other_says_why(
    cast: Cast, desk: Actor, slip: Callable[..., ReportIn], now: datetime
) -> None:
    kept, gone = cast.teacher_member, other(cast, now)
    slips = {}
    for member, phone in ((kept, "13900000601"), (gone, "13900000602")):
        slips[member] = slip(phone=phone)
        ReportIn.objects.filter(pk=slips[member].pk).update(member=member)
    commands.merge_members(kept=kept, gone=gone, by=desk, now=now)
    closed = ReportIn.objects.get(pk=slips[gone].pk)
    assert (closed.is_accepted, closed.form, closed.member_id) == (False, "", kept.pk)
    assert closed.decline_reason == "同一人的两条记录已合并：留一张报到单即可。"
    assert ReportIn.objects.waiting().get().pk == slips[kept].pk


def test_what_stands_in_the_way_is_named(cast: Cast, desk: Actor, now: datetime) -> None:
    gone = other(cast, now)
    column = merging.relations()["members.consent.member"]
    for member in (cast.teacher_member, gone):
        commands.give_consent(member=member, by=Actor.system(), now=now)
    merge = merging.Merge(kept=cast.teacher_member, gone=gone, by=desk, now=now)
    with pytest.raises(RuleBroken) as refusal:
        merging._move(column, merge)
    assert refusal.value.code == "merge_in_the_way"


def test_frozen_tables_let_a_merged_member_go_and_nothing_else(cast: Cast, now: datetime) -> None:
    """The trigger that rooms above put on their append-only tables, tried on a table made for it."""
    gone, kept = other(cast, now), cast.teacher_member
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE frozen (id int, member_id uuid, minutes int)")
        cursor.execute(
            "CREATE TRIGGER t BEFORE UPDATE OR DELETE ON frozen"
            " FOR EACH ROW EXECUTE FUNCTION members_refuse_change_but_merge()"
        )
        cursor.execute("INSERT INTO frozen VALUES (1, %s, 90)", [gone.pk])
        for forbidden in ("UPDATE frozen SET minutes = 91", "DELETE FROM frozen"):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(forbidden)
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("UPDATE frozen SET member_id = %s", [kept.pk])
        Member.objects.filter(pk=gone.pk).update(merged_into=kept, ended_at=now)
        cursor.execute("UPDATE frozen SET member_id = %s", [kept.pk])
        cursor.execute("SELECT member_id, minutes FROM frozen")
        assert cursor.fetchall() == [(kept.pk, 90)]


# --- properties -------------------------------------------------------------------------------------------------------

DAYS = st.integers(0, 400).map(lambda days: date(2024, 1, 1) + timedelta(days=days))
SPANS = st.lists(
    st.builds(lambda a, b: Span(min(a, b), max(a, b)), DAYS, DAYS) | st.builds(Span, DAYS, st.none()), max_size=5
)


@given(kept=SPANS, others=SPANS)
def test_fitted_spans_keep_their_beginning_and_never_overlap(kept: list[Span], others: list[Span]) -> None:
    # Both lists came from a table that refuses overlaps: cut them first as a table would.
    kept, others = fit_spans([], kept), fit_spans([], others)
    fitted = fit_spans(kept, others)
    assert [span.since for span in fitted] == [span.since for span in others]
    far = date(2030, 1, 1)
    days = [(span.since, span.until or far) for span in [*kept, *fitted] if not span.is_empty]
    assert all(a[1] <= b[0] or b[1] <= a[0] for i, a in enumerate(days) for b in days[i + 1 :])
    assert all((new.until or far) <= (old.until or far) for new, old in zip(fitted, others, strict=True))


PEOPLE = st.fixed_dictionaries(
    {
        "skills": st.sets(st.sampled_from(["tutoring", "finance", "cooking"])),
        "wishes": st.sets(st.sampled_from(["convenience", "culture", "aid"])),
        "is_resident": st.booleans(),
        "has_unit": st.booleans(),
        "consents": st.booleans(),
    }
)


def make(cast: Cast, drawn: dict[str, Any], *, phone: str, now: datetime) -> Member:
    by = Actor.system()
    is_resident = drawn["is_resident"] or not drawn["has_unit"]
    placed = Placement(
        community=cast.nanyuan if is_resident else None, work_unit=cast.school if drawn["has_unit"] else None
    )
    member = commands.add_member(name="某某", phone=phone, placed=placed, by=by, now=now)
    kinds = SkillKind.objects.filter(code__in=drawn["skills"])
    commands.set_skills(member=member, skills=[SkillGiven(kind) for kind in kinds], by=by, now=now)
    wishes = {kind: [DayPart.WEEKEND_MORNING] for kind in ServiceKind.objects.filter(code__in=drawn["wishes"])}
    commands.set_intentions(member=member, intentions=wishes, by=by, now=now)
    if drawn["consents"]:
        commands.give_consent(member=member, by=by, now=now)
    return member


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=PEOPLE, gone=PEOPLE)
def test_no_relation_is_lost(cast: Cast, kept: dict[str, Any], gone: dict[str, Any], now: datetime) -> None:
    with transaction.atomic():
        stays = make(cast, kept, phone="13900000601", now=now)
        goes = make(cast, gone, phone="13900000602", now=now)
        receipts = set(Residence.objects.filter(member__in=[stays, goes]).values_list("receipt_no", flat=True))
        commands.merge_members(kept=stays, gone=goes, by=Actor.system(), now=now)

        stays.refresh_from_db()
        assert set(stays.skills.values_list("kind__code", flat=True)) == kept["skills"] | gone["skills"]
        assert set(stays.intentions.values_list("kind__code", flat=True)) == kept["wishes"] | gone["wishes"]
        assert set(stays.residences.values_list("receipt_no", flat=True)) == receipts
        assert stays.consents.exists() == (kept["consents"] or gone["consents"])
        assert stays.employments.filter(until=None).exists() == (kept["has_unit"] or gone["has_unit"])
        assert merging.left_behind([goes.pk]) == {}
        assert list(checks.places_equal_open_residences()) == []
        transaction.set_rollback(True)


def test_hidden_means_six_months() -> None:
    assert rules.hidden_before(date(2026, 8, 31)) == date(2026, 2, 28)
