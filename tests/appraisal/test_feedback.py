"""What happens to a sheet: a remark, approval with a number, one answer of the unit, one reply (A50)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from guangcai.appraisal.commands import (
    answer_sheet,
    approve_sheets,
    draft_supplements,
    hand_over_sheet,
    mark_read,
    reply_to_dispute,
    write_remark,
)
from guangcai.appraisal.enums import Answer
from guangcai.appraisal.models import FeedbackSheet, QuarterClose
from guangcai.appraisal.queries.sheets import state_of
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from tests.appraisal.scenes import closed, line_of, more_units, served
from tests.cast import Cast


def approved(cast: Cast, now: datetime) -> FeedbackSheet:
    """The school's sheet, sent."""
    served(cast)
    approve_sheets(sheets=closed(cast), by=cast.actor("secretary"), now=now)
    return FeedbackSheet.objects.get(work_unit=cast.school)


def disputed(cast: Cast, now: datetime) -> FeedbackSheet:
    return answer_sheet(
        sheet=approved(cast, now), answer=Answer.DISPUTED, text="少一次", by=cast.actor("liaison"), now=now
    )


def tags(sheet: FeedbackSheet) -> list[str]:
    return list(AuditEvent.objects.filter(subject_id=str(sheet.pk)).order_by("pk").values_list("tag", flat=True))


def test_a_remark_is_one_line_on_a_draft(cast: Cast, now: datetime) -> None:
    closed(cast)
    line, by = line_of(cast.teacher_member), cast.actor("desk")
    write_remark(line=line, remark="  带队\n两次 ", by=by, now=now)
    write_remark(line=line, remark="带队 两次", by=by, now=now)
    assert line_of(cast.teacher_member).remark == "带队 两次"
    assert AuditEvent.objects.filter(tag=Tag.FEEDBACK_EDIT).count() == 1
    with pytest.raises(RuleBroken):
        write_remark(line=line, remark="长" * 201, by=by, now=now)


def test_no_remark_after_approval(cast: Cast, now: datetime) -> None:
    approved(cast, now)
    with pytest.raises(Conflict):
        write_remark(line=line_of(cast.teacher_member), remark="晚了", by=cast.actor("desk"), now=now)
    assert line_of(cast.teacher_member).remark == ""


def test_approved_sheets_are_numbered_without_gaps(cast: Cast, now: datetime) -> None:
    more_units(cast, 3)
    served(cast)
    sheets, by = closed(cast), cast.actor("secretary")
    assert approve_sheets(sheets=sheets[:1], by=by, now=now) == 1
    assert approve_sheets(sheets=sheets, by=by, now=now) == 3
    assert approve_sheets(sheets=sheets, by=by, now=now) == 0
    served(cast, on=now - timedelta(days=60), now=now)  # 21 September, confirmed today
    draft_supplements(close=QuarterClose.objects.get(), by=by, now=now)
    approve_sheets(sheets=list(FeedbackSheet.objects.filter(supplement_no=1)), by=by, now=now)
    numbers = FeedbackSheet.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"{cast.nanyuan.code}-2026Q3-{n:03d}" for n in range(1, 6)]
    assert AuditEvent.objects.filter(tag=Tag.FEEDBACK_APPROVE, actor_id=by.user_id).count() == 5


def test_the_unit_answers_once(cast: Cast, now: datetime) -> None:
    sheet, by = approved(cast, now), cast.actor("liaison")
    first = mark_read(sheet=sheet, by=by, now=now)
    mark_read(sheet=sheet, by=by, now=now + timedelta(hours=1))
    answered = answer_sheet(sheet=sheet, answer=Answer.ACKNOWLEDGED, by=by, now=now + timedelta(hours=2))
    again = answer_sheet(sheet=sheet, answer=Answer.ACKNOWLEDGED, text=" ", by=by, now=now + timedelta(hours=3))
    assert answered.read_at == first.read_at == now
    assert again.answered_at == answered.answered_at == now + timedelta(hours=2)
    with pytest.raises(Conflict):
        answer_sheet(sheet=sheet, answer=Answer.DISPUTED, text="少了", by=by, now=now)
    assert tags(sheet).count(Tag.FEEDBACK_READ) == tags(sheet).count(Tag.FEEDBACK_ACKNOWLEDGE) == 1
    assert line_of(cast.teacher_member).minutes == 120


def test_a_dispute_says_what_is_wrong_and_is_answered_once(cast: Cast, now: datetime) -> None:
    sheet, unit, desk = approved(cast, now), cast.actor("liaison"), cast.actor("desk")
    with pytest.raises(RuleBroken) as broken:
        answer_sheet(sheet=sheet, answer=Answer.DISPUTED, text="  ", by=unit, now=now)
    assert broken.value.field == "text"
    with pytest.raises(RuleBroken):
        reply_to_dispute(sheet=sheet, reply="查过了", by=desk, now=now)
    answer_sheet(sheet=sheet, answer=Answer.DISPUTED, text=" 少一次巡逻 ", by=unit, now=now)
    with pytest.raises(RuleBroken):
        reply_to_dispute(sheet=sheet, reply=" ", by=desk, now=now)
    replied = reply_to_dispute(sheet=sheet, reply="已补记，见补充单", by=desk, now=now)
    assert reply_to_dispute(sheet=sheet, reply="已补记，见补充单", by=desk, now=now).replied_at == now
    with pytest.raises(Conflict):
        reply_to_dispute(sheet=sheet, reply="另一种说法", by=desk, now=now)
    assert (replied.answer_text, replied.reply, replied.replied_by) == ("少一次巡逻", "已补记，见补充单", desk.user_id)
    assert tags(sheet) == [Tag.FEEDBACK_APPROVE, Tag.FEEDBACK_DISPUTE, Tag.FEEDBACK_ANSWER]


def test_nothing_is_answered_before_it_is_sent(cast: Cast, now: datetime) -> None:
    sheet = closed(cast)[0]
    for act in (mark_read, answer_sheet):
        more: dict[str, Any] = {"answer": Answer.ACKNOWLEDGED} if act is answer_sheet else {}
        with pytest.raises(RuleBroken):
            act(sheet=sheet, by=cast.actor("liaison"), now=now, **more)
    with pytest.raises(RuleBroken):
        hand_over_sheet(sheet=sheet, on=now.date(), by=cast.actor("desk"), now=now)


def test_a_sheet_is_handed_over_on_paper(cast: Cast, now: datetime) -> None:
    sheet, by = approved(cast, now), cast.actor("desk")
    with pytest.raises(RuleBroken) as broken:
        hand_over_sheet(sheet=sheet, on=now.date() + timedelta(days=1), by=by, now=now)
    assert broken.value.field == "on"
    handed = hand_over_sheet(sheet=sheet, on=now.date(), by=by, now=now)
    assert FeedbackSheet.objects.get().handed_over_on == handed.handed_over_on == date(2026, 11, 20)


def test_the_state_follows_what_happened(cast: Cast, now: datetime) -> None:
    sheet = closed(cast)[0]
    seen = [state_of(sheet)]
    approve_sheets(sheets=[sheet], by=cast.actor("secretary"), now=now)
    sheet.refresh_from_db()
    seen.append(state_of(sheet))
    sheet = mark_read(sheet=sheet, by=cast.actor("liaison"), now=now)
    seen.append(state_of(sheet))
    sheet = answer_sheet(sheet=sheet, answer=Answer.DISPUTED, text="少", by=cast.actor("liaison"), now=now)
    seen.append(state_of(sheet))
    seen.append(state_of(reply_to_dispute(sheet=sheet, reply="已核对", by=cast.actor("desk"), now=now)))
    assert [tone for _word, tone in seen] == ["wait", "idle", "info", "bad", "info"]
    assert len({word for word, _tone in seen}) == 5


Act = Callable[[FeedbackSheet, Actor, datetime], Any]
COMMUNITY_ACTS: dict[str, Act] = {
    "remark": lambda sheet, by, now: write_remark(line=sheet.lines.get(), remark="好", by=by, now=now),
    "reply": lambda sheet, by, now: reply_to_dispute(sheet=sheet, reply="查", by=by, now=now),
    "hand over": lambda sheet, by, now: hand_over_sheet(sheet=sheet, on=now.date(), by=by, now=now),
    "approve": lambda sheet, by, now: approve_sheets(sheets=[sheet], by=by, now=now),
}
UNIT_ACTS: dict[str, Act] = {
    "read": lambda sheet, by, now: mark_read(sheet=sheet, by=by, now=now),
    "answer": lambda sheet, by, now: answer_sheet(sheet=sheet, answer=Answer.ACKNOWLEDGED, by=by, now=now),
}


@pytest.mark.parametrize("act", COMMUNITY_ACTS)
@pytest.mark.parametrize(
    ("who", "refusal"),
    [("overseer", Forbidden), ("desk_next_door", OutOfScope), ("liaison", OutOfScope), ("system", Forbidden)],
)
def test_only_the_community_prepares_its_sheets(
    cast: Cast, now: datetime, act: str, who: str, refusal: type[Exception]
) -> None:
    sheet = closed(cast)[0] if act in ("approve", "remark") else disputed(cast, now)
    with pytest.raises(refusal):
        COMMUNITY_ACTS[act](sheet, cast.actor(who), now)


def test_the_desk_prepares_and_the_secretary_approves(cast: Cast, now: datetime) -> None:
    with pytest.raises(Forbidden):
        approve_sheets(sheets=closed(cast), by=cast.actor("desk"), now=now)
    assert FeedbackSheet.objects.get().number == ""


@pytest.mark.parametrize("act", UNIT_ACTS)
@pytest.mark.parametrize("who", ["liaison_next_door", "desk", "overseer", "member"])
def test_only_the_unit_itself_answers(cast: Cast, now: datetime, act: str, who: str) -> None:
    with pytest.raises((Forbidden, OutOfScope)):
        UNIT_ACTS[act](approved(cast, now), cast.actor(who), now)
    assert FeedbackSheet.objects.filter(read_at=None, answered_at=None).count() == 1
