"""The year (A51): figures from the ledger against the rule, an opinion, an objection, and what goes to the unit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from guangcai.appraisal.commands import (
    add_duty_elsewhere,
    add_exemption,
    answer_objection,
    approve_appraisals,
    draft_appraisals,
    end_exemption,
    give_opinion,
    object_to_appraisal,
    send_appraisals,
    write_own_words,
)
from guangcai.appraisal.enums import ExemptionKind, Opinion, Verdict
from guangcai.appraisal.models import Appraisal, DutyElsewhere, Exemption
from guangcai.appraisal.queries.yearly import postings_behind, state_of
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.members.models import Residence
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Policy
from tests.appraisal.scenes import JULY, colleague, served
from tests.cast import Cast


def drafted(cast: Cast, now: datetime) -> Appraisal:
    """The teacher's appraisal of 2026."""
    draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now)
    return Appraisal.objects.get(member=cast.teacher_member, year=2026)


def shown(cast: Cast, now: datetime) -> Appraisal:
    """The same with an opinion, approved: the member reads it."""
    draft = drafted(cast, now)
    give_opinion(appraisal=draft, opinion=Opinion.TOOK_PART, by=cast.actor("desk"), now=now)
    assert approve_appraisals(appraisals=[draft], by=cast.actor("secretary"), now=now) == 1
    return Appraisal.objects.get(pk=draft.pk)


def objected(cast: Cast, now: datetime) -> Appraisal:
    appraisal = shown(cast, now)
    object_to_appraisal(appraisal=appraisal, text="少算一次", by=cast.actor("member"), now=now)
    return appraisal


def tags(appraisal: Appraisal) -> list[str]:
    return list(AuditEvent.objects.filter(subject_id=str(appraisal.pk)).order_by("pk").values_list("tag", flat=True))


def test_a_draft_is_the_ledger_against_the_rule_in_force(cast: Cast, now: datetime) -> None:
    served(cast, minutes=90, deeds=1)
    served(cast, on=JULY + timedelta(days=1), minutes=30, community=cast.gongyuan)
    draft = drafted(cast, now)
    assert (draft.minutes, draft.deeds, draft.duty_minutes, draft.duty_deeds) == (120, 1, 960, 12)
    assert (draft.verdict, draft.work_unit, draft.community) == (Verdict.NOT_MET, cast.school, cast.nanyuan)
    assert sum(posting.minutes for posting in postings_behind(draft)) == draft.minutes
    event = AuditEvent.objects.get(tag=Tag.APPRAISAL_DRAFT)
    assert event.details == {"year": 2026, "count": 1}


def test_the_rule_is_the_one_of_1_january(cast: Cast, now: datetime) -> None:
    where = {"node": cast.district, "path": cast.district.path, "set_at": now, "source": "A43"}
    value = {"minutes": 1, "deeds": 0}
    Policy.objects.filter(key=PolicyKey.ANNUAL_DUTY).update(until=date(2026, 1, 2))
    Policy.objects.create(key=PolicyKey.ANNUAL_DUTY, value=value, since=date(2026, 1, 2), **where)
    assert drafted(cast, now).duty_minutes == 960


def test_who_joined_within_the_year_owes_his_share(cast: Cast, now: datetime) -> None:
    Residence.objects.filter(member=cast.teacher_member).update(since=date(2026, 7, 2))
    draft = drafted(cast, now)
    assert (draft.duty_minutes, draft.duty_deeds) == (960 * 183 // 365, 12 * 183 // 365)


def test_drafting_again_brings_drafts_up_to_date_and_leaves_what_is_approved(cast: Cast, now: datetime) -> None:
    other = colleague(cast)
    approved = shown(cast, now)
    served(cast, minutes=60)
    served(cast, member=other, minutes=60)
    assert draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now) == 1
    approved.refresh_from_db()
    assert approved.minutes == 0
    assert Appraisal.objects.get(member=other).minutes == 60
    assert Appraisal.objects.count() == 2


def test_drafting_again_keeps_the_words(cast: Cast, now: datetime) -> None:
    draft = drafted(cast, now)
    write_own_words(appraisal=draft, text=" 每周巡逻 ", by=cast.actor("desk"), now=now)
    give_opinion(appraisal=draft, opinion=Opinion.ACTIVE, text="好", by=cast.actor("desk"), now=now)
    again = drafted(cast, now)
    assert (again.pk, again.own_words, again.opinion, again.opinion_text) == (draft.pk, "每周巡逻", "active", "好")


def test_whoever_works_for_two_places_drafts_both_or_none(cast: Cast, now: datetime) -> None:
    by = cast.actor("desk")
    twice = replace(by, holdings=(*by.holdings, *cast.actor("desk_next_door").holdings, *by.holdings))
    assert draft_appraisals(year=2026, by=twice, now=now) == 2
    assert set(Appraisal.objects.values_list("path", flat=True)) == {cast.nanyuan.path, cast.police_member.path}
    drafts = AuditEvent.objects.filter(tag=Tag.APPRAISAL_DRAFT)
    assert [event.details["count"] for event in drafts] == [1, 1]
    with pytest.raises(Forbidden):
        draft_appraisals(year=2026, by=cast.actor("liaison"), now=now)


@pytest.mark.parametrize("year", [0, 1999, 2027, 9999])
def test_a_year_to_come_is_not_appraised(cast: Cast, now: datetime, year: int) -> None:
    with pytest.raises(RuleBroken) as broken:
        draft_appraisals(node=cast.nanyuan, year=year, by=cast.actor("desk"), now=now)
    assert broken.value.field == "year"


def exempt(cast: Cast, now: datetime, since: date, until: date | None) -> Exemption:
    return add_exemption(
        member=cast.teacher_member,
        kind=ExemptionKind.ILL,
        since=since,
        until=until,
        by=cast.actor("desk"),
        now=now,
    )


def test_an_exempt_member_owes_nothing(cast: Cast, now: datetime) -> None:
    whole = exempt(cast, now, date(2026, 1, 1), None)
    assert exempt(cast, now, date(2026, 1, 1), None).pk == whole.pk
    draft = drafted(cast, now)
    assert (draft.verdict, draft.duty_minutes) == (Verdict.EXEMPT, 0)
    assert AuditEvent.objects.filter(tag=Tag.EXEMPTION_ADD).count() == 1

    end_exemption(exemption=whole, until=date(2026, 7, 2), by=cast.actor("desk"), now=now)
    half = drafted(cast, now)
    assert (half.verdict, half.duty_minutes) == (Verdict.NOT_MET, 960 * 183 // 365)
    with pytest.raises(RuleBroken):
        end_exemption(exemption=whole, until=date(2026, 1, 1), by=cast.actor("desk"), now=now)
    with pytest.raises(RuleBroken):
        exempt(cast, now, date(2026, 5, 1), date(2026, 5, 1))


def elsewhere(cast: Cast, now: datetime, **changes: Any) -> DutyElsewhere:
    values: dict[str, Any] = {"minutes": 900, "deeds": 12, "proof": "鲅鱼圈区 2026-17"} | changes
    return add_duty_elsewhere(member=cast.teacher_member, year=2026, by=cast.actor("desk"), now=now, **values)


def test_service_elsewhere_counts_for_the_duty_and_not_for_the_figures(cast: Cast, now: datetime) -> None:
    served(cast, minutes=60)
    assert elsewhere(cast, now).pk == elsewhere(cast, now).pk
    draft = drafted(cast, now)
    assert (draft.verdict, draft.minutes, draft.deeds) == (Verdict.MET_ELSEWHERE, 60, 0)
    with pytest.raises(Conflict):
        elsewhere(cast, now, minutes=901)
    for wrong in ({"minutes": 0, "deeds": 0}, {"proof": " "}, {"minutes": -1}):
        with pytest.raises(RuleBroken):
            elsewhere(cast, now, **wrong)


def test_approval_needs_the_opinion(cast: Cast, now: datetime) -> None:
    draft = drafted(cast, now)
    with pytest.raises(RuleBroken) as broken:
        approve_appraisals(appraisals=[draft], by=cast.actor("secretary"), now=now)
    assert broken.value.code == "no_opinion"
    with pytest.raises(IntegrityError, match="appraisal_approved_with_opinion"), transaction.atomic():
        Appraisal.objects.update(approved_at=now)


def test_an_approved_appraisal_is_frozen(cast: Cast, now: datetime) -> None:
    appraisal = shown(cast, now)
    assert approve_appraisals(appraisals=[appraisal], by=cast.actor("secretary"), now=now) == 0
    with pytest.raises(Conflict):
        give_opinion(appraisal=appraisal, opinion=Opinion.NONE, by=cast.actor("desk"), now=now)
    with pytest.raises(Conflict):
        write_own_words(appraisal=appraisal, text="晚了", by=cast.actor("member"), now=now)
    assert tags(appraisal) == [Tag.APPRAISAL_CHANGE, Tag.APPRAISAL_APPROVE]


def test_the_member_objects_once_to_what_he_was_shown(cast: Cast, now: datetime) -> None:
    draft, by = drafted(cast, now), cast.actor("member")
    with pytest.raises(RuleBroken):
        object_to_appraisal(appraisal=draft, text="少算", by=by, now=now)
    appraisal = shown(cast, now)
    with pytest.raises(RuleBroken) as broken:
        object_to_appraisal(appraisal=appraisal, text=" ", by=by, now=now)
    assert broken.value.field == "text"
    objection = object_to_appraisal(appraisal=appraisal, text=" 少算一次 ", by=by, now=now)
    assert (objection.text, state_of(Appraisal.objects.get())) == ("少算一次", "objected")
    with pytest.raises(RuleBroken):
        object_to_appraisal(appraisal=appraisal, text="再说一次", by=by, now=now)


def test_nothing_goes_to_the_unit_while_an_objection_is_open(cast: Cast, now: datetime) -> None:
    appraisal, by = objected(cast, now), cast.actor("secretary")
    with pytest.raises(RuleBroken, match="林晓岚"):
        send_appraisals(appraisals=[appraisal], by=by, now=now)
    with pytest.raises(IntegrityError, match="objection to answer"), transaction.atomic():
        Appraisal.objects.update(sent_at=now)
    with pytest.raises(RuleBroken):
        answer_objection(appraisal=appraisal, answer=" ", by=by, now=now)
    answer_objection(appraisal=appraisal, answer="已核对，无误", by=by, now=now)
    answer_objection(appraisal=appraisal, answer="已核对，无误", by=by, now=now)
    assert send_appraisals(appraisals=[appraisal], by=by, now=now) == 1
    assert send_appraisals(appraisals=[appraisal], by=by, now=now) == 0
    appraisal = Appraisal.objects.get()
    assert (state_of(appraisal), appraisal.objection.answered_by) == ("sent", by.user_id)
    # Both texts went to the unit: neither changes any more.
    with pytest.raises(Conflict):
        answer_objection(appraisal=appraisal, answer="另一种说法", by=by, now=now)
    with pytest.raises(RuleBroken):
        object_to_appraisal(appraisal=appraisal, text="又", by=cast.actor("member"), now=now)
    assert tags(appraisal).count(Tag.APPRAISAL_CHANGE) == 2


def test_a_draft_is_not_sent_and_without_objection_there_is_no_answer(cast: Cast, now: datetime) -> None:
    draft, by = drafted(cast, now), cast.actor("secretary")
    assert send_appraisals(appraisals=[draft], by=by, now=now) == 0
    with pytest.raises(RuleBroken):
        answer_objection(appraisal=draft, answer="没有", by=by, now=now)
    with pytest.raises(IntegrityError, match="appraisal_sent_after_approval"), transaction.atomic():
        Appraisal.objects.update(sent_at=now)


@pytest.mark.parametrize(
    ("who", "refusal"), [("overseer", Forbidden), ("desk_next_door", OutOfScope), ("liaison", OutOfScope)]
)
def test_only_the_community_appraises(cast: Cast, now: datetime, who: str, refusal: type[Exception]) -> None:
    draft, by = drafted(cast, now), cast.actor(who)
    acts = [
        lambda: draft_appraisals(node=cast.nanyuan, year=2026, by=by, now=now),
        lambda: give_opinion(appraisal=draft, opinion=Opinion.ACTIVE, by=by, now=now),
        lambda: write_own_words(appraisal=draft, text="我", by=by, now=now),
        lambda: approve_appraisals(appraisals=[draft], by=by, now=now),
        lambda: answer_objection(appraisal=draft, answer="查", by=by, now=now),
        lambda: add_exemption(
            member=draft.member, kind=ExemptionKind.FRAIL, since=date(2026, 1, 1), until=None, by=by, now=now
        ),
        lambda: add_duty_elsewhere(member=draft.member, year=2026, minutes=1, deeds=0, proof="证", by=by, now=now),
    ]
    for act in acts:
        with pytest.raises(refusal):
            act()
    with pytest.raises(OutOfScope):
        object_to_appraisal(appraisal=draft, text="我", by=by, now=now)
    assert list(AuditEvent.objects.exclude(tag=Tag.APPRAISAL_DRAFT).filter(tag__startswith="appraisal")) == []


def test_the_desk_does_not_approve_send_or_answer(cast: Cast, now: datetime) -> None:
    appraisal, by = objected(cast, now), cast.actor("desk")
    with pytest.raises(Forbidden):
        send_appraisals(appraisals=[appraisal], by=by, now=now)
    with pytest.raises(Forbidden):
        answer_objection(appraisal=appraisal, answer="查", by=by, now=now)
    colleague(cast)
    draft_appraisals(node=cast.nanyuan, year=2026, by=by, now=now)
    with pytest.raises(Forbidden):
        approve_appraisals(appraisals=list(Appraisal.objects.filter(approved_at=None)), by=by, now=now)


def test_who_sees_an_appraisal_and_when(cast: Cast, now: datetime) -> None:
    def seen() -> set[str]:
        people = ["desk", "overseer", "member", "liaison", "desk_next_door", "member_next_door", "liaison_next_door"]
        return {who for who in people if Appraisal.objects.visible_to(cast.actor(who)).exists()}

    drafted(cast, now)
    assert seen() == {"desk", "member", "overseer"}
    appraisal = shown(cast, now)
    assert seen() == {"desk", "overseer", "member"}
    send_appraisals(appraisals=[appraisal], by=cast.actor("secretary"), now=now)
    assert seen() == {"desk", "overseer", "member", "liaison"}


def test_last_year_is_drafted_from_last_year(cast: Cast, now: datetime) -> None:
    served(cast, on=datetime(2025, 12, 31, 15, 0, tzinfo=UTC), minutes=60)  # 23:00 in Shanghai
    served(cast, on=datetime(2025, 12, 31, 17, 0, tzinfo=UTC), minutes=50)  # 1:00 of the next year
    draft_appraisals(node=cast.nanyuan, year=2025, by=cast.actor("desk"), now=now)
    assert {a.year: a.minutes for a in [drafted(cast, now), *Appraisal.objects.all()]} == {2025: 60, 2026: 50}
