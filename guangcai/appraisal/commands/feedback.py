"""What happens to a feedback sheet: remarks, approval in bulk, reading, answers (A50)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from guangcai.appraisal.enums import Answer
from guangcai.appraisal.models import FeedbackLine, FeedbackSheet, QuarterClose
from guangcai.appraisal.rules import check_handed_over, check_remark
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank


@transaction.atomic
def write_remark(*, line: FeedbackLine, remark: str, by: Actor, now: datetime) -> FeedbackLine:
    """Set the one line of remark on a draft. Raises Conflict once the sheet is approved."""
    by.require(Permission.FEEDBACK_EDIT, line.path)
    sheet = FeedbackSheet.objects.select_for_update().get(pk=line.sheet_id)
    if sheet.approved_at is not None:
        raise Conflict(_("This sheet is approved and frozen. What comes later goes on a supplement."), code="frozen")
    remark = check_remark(remark)
    if remark != line.remark:
        line.remark = remark
        line.save(update_fields=["remark"])
        audit.record(Tag.FEEDBACK_EDIT, by=by, now=now, on=line)
    return line


@transaction.atomic
def approve_sheets(*, sheets: Sequence[FeedbackSheet], by: Actor, now: datetime) -> int:
    """Approve drafts in bulk: each gets its number and is frozen. Returns how many were drafts; a second call none.

    Numbers run per community and quarter, `210802001002-2026Q3-001`.
    """
    closes = {sheet.close_id for sheet in sheets}
    # The close's row is the lock under which numbers are given.
    list(QuarterClose.objects.select_for_update().filter(pk__in=closes).order_by("pk"))
    drafts = FeedbackSheet.objects.select_related("community", "work_unit").filter(
        pk__in=[sheet.pk for sheet in sheets], approved_at=None
    )
    approved = 0
    for sheet in drafts.order_by("close", "work_unit__name", "supplement_no"):
        by.require(Permission.FEEDBACK_APPROVE, sheet.path)
        sheet.number = _next_number(sheet)
        sheet.approved_at, sheet.approved_by = now, by.user_id
        sheet.save(update_fields=["number", "approved_at", "approved_by"])
        audit.record(Tag.FEEDBACK_APPROVE, by=by, now=now, on=sheet, number=sheet.number)
        approved += 1
    return approved


def _next_number(sheet: FeedbackSheet) -> str:
    prefix = f"{sheet.community.code}-{sheet.quarter}-"
    given = FeedbackSheet.objects.filter(close=sheet.close_id, number__startswith=prefix)
    # A number once given stays: counting them is the last one, also beyond 999.
    return f"{prefix}{given.count() + 1:03d}"


def _for_unit(sheet: FeedbackSheet, by: Actor) -> FeedbackSheet:
    by.require_unit(Permission.FEEDBACK_ANSWER, sheet.work_unit_id)
    locked = FeedbackSheet.objects.select_for_update().get(pk=sheet.pk)
    if locked.approved_at is None:
        raise RuleBroken(_("The community has not sent this sheet yet."), code="not_sent")
    return locked


@transaction.atomic
def mark_read(*, sheet: FeedbackSheet, by: Actor, now: datetime) -> FeedbackSheet:
    """The liaison opened the sheet. The first opening is kept."""
    locked = _for_unit(sheet, by)
    if locked.read_at is None:
        locked.read_at, locked.read_by = now, by.user_id
        locked.save(update_fields=["read_at", "read_by"])
        audit.record(Tag.FEEDBACK_READ, by=by, now=now, on=locked)
    return locked


@transaction.atomic
def answer_sheet(*, sheet: FeedbackSheet, answer: Answer, text: str = "", by: Actor, now: datetime) -> FeedbackSheet:
    """The unit acknowledges or disputes, once; a dispute says what is wrong. The figures stay as they are."""
    locked, text = _for_unit(sheet, by), text.strip()
    if locked.answered_at is not None:
        if (locked.answer, locked.answer_text) == (answer, text):
            return locked
        raise Conflict(_("Your unit has answered this sheet already."), code="answered")
    if answer == Answer.DISPUTED and is_blank(text):
        raise RuleBroken(_("Say what is wrong, so that the community can look into it."), field="text", code="no_text")
    locked.answer, locked.answer_text = answer, text
    locked.answered_at, locked.answered_by = now, by.user_id
    locked.read_at, locked.read_by = locked.read_at or now, locked.read_by or by.user_id
    locked.save(update_fields=["answer", "answer_text", "answered_at", "answered_by", "read_at", "read_by"])
    tag = Tag.FEEDBACK_DISPUTE if answer == Answer.DISPUTED else Tag.FEEDBACK_ACKNOWLEDGE
    audit.record(tag, by=by, now=now, on=locked)
    return locked


@transaction.atomic
def reply_to_dispute(*, sheet: FeedbackSheet, reply: str, by: Actor, now: datetime) -> FeedbackSheet:
    """The community answers a dispute, once. A wrong entry is reversed in the ledger and comes on a supplement."""
    by.require(Permission.FEEDBACK_EDIT, sheet.path)
    locked = FeedbackSheet.objects.select_for_update().get(pk=sheet.pk)
    if locked.answer != Answer.DISPUTED:
        raise RuleBroken(_("The unit has not disputed this sheet."), code="not_disputed")
    if is_blank(reply):
        raise RuleBroken(_("Write what you found."), field="reply", code="no_reply")
    if locked.replied_at is not None:
        if locked.reply == reply.strip():
            return locked
        raise Conflict(_("This dispute is answered already."), code="replied")
    locked.reply, locked.replied_at, locked.replied_by = reply.strip(), now, by.user_id
    locked.save(update_fields=["reply", "replied_at", "replied_by"])
    audit.record(Tag.FEEDBACK_ANSWER, by=by, now=now, on=locked)
    return locked


@transaction.atomic
def hand_over_sheet(*, sheet: FeedbackSheet, on: date, by: Actor, now: datetime) -> FeedbackSheet:
    """A unit without an account got the sheet on paper, on the local date `on`."""
    by.require(Permission.FEEDBACK_EDIT, sheet.path)
    locked = FeedbackSheet.objects.select_for_update().get(pk=sheet.pk)
    if locked.approved_at is None:
        raise RuleBroken(_("Approve the sheet before you hand it over."), code="not_approved")
    check_handed_over(on, today=localtime(now).date())
    locked.handed_over_on = on
    locked.save(update_fields=["handed_over_on"])
    audit.record(Tag.FEEDBACK_EDIT, by=by, now=now, on=locked, handed_over=on.isoformat())
    return locked
