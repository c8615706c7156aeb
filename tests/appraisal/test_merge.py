"""Two records of one person stood on one sheet, or had an appraisal of one year."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from guangcai.appraisal.commands import (
    add_duty_elsewhere,
    add_exemption,
    approve_appraisals,
    approve_sheets,
    draft_appraisals,
    draft_supplements,
    give_opinion,
    object_to_appraisal,
    send_appraisals,
    write_own_words,
)
from guangcai.appraisal.enums import ExemptionKind, Opinion
from guangcai.appraisal.models import (
    Appraisal,
    DutyElsewhere,
    Exemption,
    FeedbackLine,
    FeedbackSheet,
    QuarterClose,
)
from guangcai.appraisal.queries.behind import behind
from guangcai.core import invariants
from guangcai.core.actor import Actor
from guangcai.core.models import AuditEvent
from guangcai.ledger.models import Posting
from guangcai.members.commands import merge_members
from guangcai.members.models import DuplicatePair, Member
from tests.appraisal.scenes import JULY, OCTOBER, closed, colleague, served
from tests.cast import Cast


@pytest.fixture
def gone(cast: Cast) -> Member:
    """Another record of the teacher, of the same school and community."""
    return colleague(cast)


def unbroken() -> None:
    codes = [code for code in invariants.codes() if code.startswith(("appraisal.", "members.member.merged"))]
    assert len(codes) == 3
    assert {code: found for code in codes if (found := list(invariants.broken_by(code)))} == {}


def merge(cast: Cast, gone: Member, now: datetime, who: str = "desk") -> None:
    merge_members(kept=cast.teacher_member, gone=gone, by=cast.actor(who), now=now)


def both_served(cast: Cast, gone: Member) -> None:
    served(cast, minutes=60, deeds=1)
    served(cast, member=gone, on=JULY + timedelta(days=1), minutes=40)


def test_on_a_draft_the_two_lines_are_one(cast: Cast, gone: Member, now: datetime) -> None:
    both_served(cast, gone)
    closed(cast)
    FeedbackLine.objects.filter(member=gone).update(remark="带队")
    merge(cast, gone, now)
    line = FeedbackLine.objects.get()
    assert (line.member, line.minutes, line.deeds, line.services) == (cast.teacher_member, 100, 1, 2)
    assert (line.posts, line.remark) == ("便民服务", "带队")
    assert sum(posting.minutes for posting in behind(line, line.sheet).postings) == 100
    assert draft_supplements(close=QuarterClose.objects.get(), by=Actor.system(), now=now).sheets == 0
    unbroken()


def test_what_was_sent_stays_and_opens_to_the_survivor(cast: Cast, gone: Member, now: datetime) -> None:
    both_served(cast, gone)
    approve_sheets(sheets=closed(cast), by=cast.actor("secretary"), now=OCTOBER)
    before = list(FeedbackLine.objects.order_by("pk").values())
    merge(cast, gone, now)
    assert list(FeedbackLine.objects.order_by("pk").values()) == before
    for line in FeedbackLine.objects.select_related("sheet", "member"):
        opened = behind(line, line.sheet)
        assert ([p.minutes for p in opened.postings], opened.is_shared, opened.adds_up) == ([60, 40], True, True)
    close = QuarterClose.objects.get()
    assert draft_supplements(close=close, by=Actor.system(), now=now).sheets == 0
    served(cast, on=JULY + timedelta(days=2), minutes=30, now=now)
    draft_supplements(close=close, by=Actor.system(), now=now + timedelta(hours=1))
    late = FeedbackLine.objects.select_related("sheet", "member").get(sheet__supplement_no=1)
    assert (late.member, late.minutes) == (cast.teacher_member, 30)
    assert [posting.minutes for posting in behind(late, late.sheet).postings] == [30]
    unbroken()


def test_a_line_of_the_gone_record_alone_on_a_sent_sheet_opens_too(cast: Cast, gone: Member, now: datetime) -> None:
    cast.teacher_member.employments.update(work_unit=cast.police_branch)
    served(cast, member=gone, minutes=40)
    approve_sheets(sheets=closed(cast), by=cast.actor("secretary"), now=OCTOBER)
    gone.employments.update(work_unit=cast.police_branch)
    merge(cast, gone, now)
    line = FeedbackLine.objects.select_related("sheet", "member").get(member=gone)
    opened = behind(line, line.sheet)
    assert (opened.postings, opened.adds_up) == ((), False)
    # The person worked elsewhere, says the record that stayed: the supplements put it right.
    answer = draft_supplements(close=QuarterClose.objects.get(), by=Actor.system(), now=now)
    assert (answer.sheets, answer.lines) == (2, 2)
    sums = {sheet.work_unit: sum(sheet.lines.values_list("minutes", flat=True)) for sheet in
            FeedbackSheet.objects.filter(supplement_no=1)}  # fmt: skip
    assert sums == {cast.school: -40} or sums == {cast.school: -40, cast.police_branch: 40}
    unbroken()


def years(cast: Cast, now: datetime) -> dict[Any, Appraisal]:
    draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now)
    return {row.member_id: row for row in Appraisal.objects.all()}


def advance(cast: Cast, row: Appraisal, to: str, now: datetime) -> None:
    if to in ("approved", "sent"):
        give_opinion(appraisal=row, opinion=Opinion.TOOK_PART, by=cast.actor("desk"), now=now)
        approve_appraisals(appraisals=[row], by=cast.actor("secretary"), now=now)
    if to == "sent":
        send_appraisals(appraisals=[row], by=cast.actor("secretary"), now=now)


def test_two_drafts_of_a_year_become_one_reckoned_again(cast: Cast, gone: Member, now: datetime) -> None:
    both_served(cast, gone)
    rows = years(cast, now)
    write_own_words(appraisal=rows[gone.pk], text="每周巡逻", by=cast.actor("desk"), now=now)
    give_opinion(appraisal=rows[gone.pk], opinion=Opinion.ACTIVE, by=cast.actor("desk"), now=now)
    merge(cast, gone, now)
    row = Appraisal.objects.get()
    assert (row.member, row.minutes, row.deeds) == (cast.teacher_member, 100, 1)
    assert (row.own_words, row.opinion) == ("每周巡逻", "active")
    note = AuditEvent.objects.get(tag="appraisal:appraisal:change", details__field="merge")
    assert (note.subject_id, note.details["dropped"], note.details["minutes"]) == (
        str(row.pk),
        str(rows[gone.pk].pk),
        40,
    )
    unbroken()


@pytest.mark.parametrize(
    ("of_kept", "of_gone", "stays"),
    [
        ("approved", "draft", "kept"),
        ("draft", "approved", "gone"),
        ("approved", "approved", "kept"),
        ("approved", "sent", "gone"),
        ("sent", "draft", "kept"),
        ("draft", "sent", "gone"),
    ],
)
def test_the_appraisal_further_on_stays(
    cast: Cast, gone: Member, now: datetime, of_kept: str, of_gone: str, stays: str
) -> None:
    both_served(cast, gone)
    rows = years(cast, now)
    mine, other = rows[cast.teacher_member.pk], rows[gone.pk]
    advance(cast, mine, of_kept, now)
    advance(cast, other, of_gone, now)
    merge(cast, gone, now)
    row, expected = Appraisal.objects.get(), mine if stays == "kept" else other
    assert (row.pk, row.member, row.minutes) == (expected.pk, cast.teacher_member, expected.minutes)
    unbroken()


def test_two_that_were_sent_stay_as_they_were_sent(cast: Cast, gone: Member, now: datetime) -> None:
    both_served(cast, gone)
    for row in years(cast, now).values():
        advance(cast, row, "sent", now)
    merge(cast, gone, now)
    assert sorted(Appraisal.objects.values_list("minutes", flat=True)) == [40, 60]
    assert Appraisal.objects.visible_to(cast.actor("member")).count() == 2
    unbroken()


def test_what_is_objected_to_does_not_fall_away(cast: Cast, gone: Member, signed_in: Any, now: datetime) -> None:
    rows = years(cast, now)
    advance(cast, rows[gone.pk], "sent", now)
    advance(cast, rows[cast.teacher_member.pk], "approved", now)
    object_to_appraisal(appraisal=rows[cast.teacher_member.pk], text="少算一次", by=cast.actor("member"), now=now)
    low, high = sorted([cast.teacher_member, gone], key=lambda member: member.pk)
    pair = DuplicatePair.objects.create(
        district_code=low.district_code, first=low, second=high, reason="same_name", found_at=now
    )
    url, kept = f"/members/duplicates/{pair.pk}/", "first" if low == cast.teacher_member else "second"
    desk: Client = signed_in(cast.users["desk"])
    assert signed_in(cast.users["desk_next_door"]).get(url).status_code == 404
    refused = desk.post(url, {"kept": kept})
    assert (refused.status_code, "答复异议" in refused.content.decode()) == (422, True)
    assert Appraisal.objects.count() == 2

    secretary: Client = signed_in(cast.users["secretary"])
    mine = rows[cast.teacher_member.pk]
    secretary.post(f"/appraisal/{mine.pk}/objection/answer/", {"text": "已核对"})
    send_appraisals(appraisals=[mine], by=cast.actor("secretary"), now=now)
    assert desk.post(url, {"kept": kept}).status_code == 302
    gone.refresh_from_db()
    assert gone.merged_into == cast.teacher_member
    unbroken()


def test_the_same_proof_and_the_same_exemption_count_once(cast: Cast, gone: Member, now: datetime) -> None:
    by = cast.actor("desk")
    for member, minutes in ((cast.teacher_member, 300), (gone, 200)):
        add_duty_elsewhere(member=member, year=2026, minutes=minutes, deeds=0, proof="鲅鱼圈 17", by=by, now=now)
        span = {"since": date(2026, 3, 1), "until": date(2026, 4, 1)}
        add_exemption(member=member, kind=ExemptionKind.ILL, by=by, now=now, **span)
    add_duty_elsewhere(member=gone, year=2026, minutes=10, deeds=0, proof="鲅鱼圈 18", by=by, now=now)
    merge(cast, gone, now)
    proofs = DutyElsewhere.objects.order_by("proof").values_list("member", "proof", "minutes")
    kept = cast.teacher_member.pk
    assert list(proofs) == [(kept, "鲅鱼圈 17", 300), (kept, "鲅鱼圈 18", 10)]
    assert Exemption.objects.get().member_id == kept
    unbroken()


def test_service_of_the_year_is_not_lost(cast: Cast, gone: Member, now: datetime) -> None:
    both_served(cast, gone)
    merge(cast, gone, now)
    draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now)
    assert Appraisal.objects.get().minutes == sum(Posting.objects.values_list("minutes", flat=True)) == 100
