"""A member objects to his yearly appraisal, before or after it went to his unit; the community answers, once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guangcai.appraisal import notices
from guangcai.appraisal.models import Appraisal, AppraisalObjection
from guangcai.appraisal.rules import check_can_object
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank


@transaction.atomic
def object_to_appraisal(*, appraisal: Appraisal, text: str, by: Actor, now: datetime) -> AppraisalObjection:
    """The member objects to what he was shown. The appraisal stays as it is; before it is sent it waits for the answer.

    Raises OutOfScope for somebody else's, RuleBroken before approval, without words, or a second time.
    """
    if not Appraisal.objects.own(by).filter(pk=appraisal.pk).exists():
        raise OutOfScope()
    # The lock of the appraisal: it cannot be sent while the objection comes in.
    locked = Appraisal.objects.select_for_update(of=("self",)).get(pk=appraisal.pk)
    has_objected = AppraisalObjection.objects.filter(appraisal=locked).exists()
    check_can_object(approved_at=locked.approved_at, has_objected=has_objected)
    if is_blank(text):
        raise RuleBroken(_("Say what is wrong."), field="text", code="no_text")
    objection = AppraisalObjection.objects.create(
        appraisal=locked,
        community_id=locked.community_id,
        path=locked.path,
        district_code=locked.district_code,
        text=text.strip(),
        raised_at=now,
        raised_by=by.user_id,
    )
    audit.record(Tag.APPRAISAL_OBJECT, by=by, now=now, on=locked)
    return objection


@transaction.atomic
def answer_objection(*, appraisal: Appraisal, answer: str, by: Actor, now: datetime) -> AppraisalObjection:
    """The secretary answers an objection, once, and the member is told. Both texts stand beside the appraisal."""
    by.require(Permission.APPRAISAL_APPROVE, appraisal.path)
    objection = AppraisalObjection.objects.select_for_update(of=("self",)).filter(appraisal=appraisal).first()
    if objection is None:
        raise RuleBroken(_("The member has not objected."), code="no_objection")
    if Appraisal.objects.own(by).filter(pk=appraisal.pk).exists():
        raise Forbidden(_("This is your own objection: another person has to answer it."))
    if is_blank(answer):
        raise RuleBroken(_("Write what you found."), field="answer", code="no_answer")
    if objection.answered_at is not None:
        if objection.answer == answer.strip():
            return objection
        raise Conflict(_("This objection is answered already."), code="answered")
    objection.answer, objection.answered_at, objection.answered_by = answer.strip(), now, by.user_id
    objection.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record(Tag.APPRAISAL_CHANGE, by=by, now=now, on=appraisal, field="objection_answer")
    notices.tell_answered(appraisal, now=now)
    return objection
