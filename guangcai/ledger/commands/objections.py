"""A member says that a record is wrong; the community answers. The old value stays whatever comes of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden, RuleBroken
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.ledger import notices
from guangcai.ledger.commands.confirming import decline
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.commands.recording import Service, record_many
from guangcai.ledger.commands.reversing import reverse
from guangcai.ledger.enums import EntryOrigin, ObjectionOutcome
from guangcai.ledger.models import EntryDecline, Objection, Posting, ServiceEntry


@dataclass(frozen=True)
class Correction:
    """What the record should have said. minutes 0: the service did not take place, nothing is written instead."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    minutes: int = 0
    deeds: int = 0


@transaction.atomic
def raise_objection(*, id: UUID, entry: ServiceEntry, text: str, by: Actor, now: datetime) -> Objection:
    """The member, or the desk for him, says what is wrong with one of his records.

    id: made with the form; sent twice it is the same row. Raises RuleBroken without words or while one is open,
    OutOfScope for somebody else's record. Source: Order 67 arts 12, 13.
    """
    if by.member_id != entry.member_id:
        by.require(Permission.ENTRY_RECORD, entry.path)
    lock_members([entry.member_id])
    if before := already(Objection, id, entry_id=entry.pk, text=text.strip()):
        return before
    if is_blank(text):
        raise RuleBroken(_("Say what is wrong."), field="text", code="text_missing")
    if entry.origin == EntryOrigin.REVERSAL:
        raise RuleBroken(_("Object to the record itself, not to its reversal."), code="reversal")
    if Objection.objects.open().filter(entry=entry).exists():
        raise RuleBroken(_("An objection to this record is being looked into already."), code="objection_open")
    objection = Objection.objects.create(
        id=id,
        entry=entry,
        member_id=entry.member_id,
        community_id=entry.community_id,
        path=entry.path,
        district_code=entry.district_code,
        text=text.strip(),
        raised_at=now,
        raised_by=by.user_id,
    )
    audit.record(Tag.OBJECTION_RAISE, by=by, now=now, on=objection, entry=str(entry.pk))
    return objection


@transaction.atomic
def answer_objection(
    *, objection: Objection, answer: str, correction: Correction | None, by: Actor, now: datetime
) -> Objection:
    """Keep the record (`correction` None) or correct it: undo what stands, write what should stand.

    What is written anew waits for a second person, like any record. A confirmed record is undone by a reversal, which
    needs the right to reverse; a waiting one is declined. The member is told. Answered before the same way: that row.
    Raises RuleBroken.
    """
    by.require(Permission.ENTRY_CONFIRM, objection.path)
    if by.member_id == objection.member_id:
        raise Forbidden(_("This is your own objection: another person has to answer it."))
    objection = Objection.objects.select_for_update(of=("self",)).select_related("entry").get(pk=objection.pk)
    outcome = ObjectionOutcome.KEPT if correction is None else ObjectionOutcome.CORRECTED
    if objection.answered_at is not None:
        if (objection.outcome, objection.answer) == (outcome, answer.strip()):
            return objection
        raise Conflict(_("This objection was answered before."), code="answered")
    if is_blank(answer):
        raise RuleBroken(_("Say what you found."), field="answer", code="answer_missing")
    if correction is not None:
        _undo(objection, answer.strip(), by=by, now=now)
        _write_anew(objection, correction, answer.strip(), by=by, now=now)
    objection.answered_at, objection.answered_by = now, by.user_id
    objection.outcome, objection.answer = outcome, answer.strip()
    objection.save(update_fields=["answered_at", "answered_by", "outcome", "answer"])
    audit.record(Tag.OBJECTION_ANSWER, by=by, now=now, on=objection, outcome=str(outcome))
    notices.tell_answered(objection, now=now)
    return objection


def _undo(objection: Objection, reason: str, *, by: Actor, now: datetime) -> None:
    entry = objection.entry
    if ServiceEntry.objects.filter(reverses=entry).exists() or EntryDecline.objects.filter(entry=entry).exists():
        return
    reason = reason[:200]
    if Posting.objects.filter(entry=entry).exists():
        reverse(entry=entry, reason=reason, by=by, now=now, asked_by=objection.raised_by)
    else:
        decline(entry=entry, reason=reason, by=by, now=now)


def _write_anew(objection: Objection, correction: Correction, reason: str, *, by: Actor, now: datetime) -> None:
    if correction.minutes == 0 or correction.starts_at is None or correction.ends_at is None:
        return
    entry = objection.entry
    service = Service(
        member=entry.member,
        community=entry.community,
        starts_at=correction.starts_at,
        ends_at=correction.ends_at,
        minutes=correction.minutes,
        deeds=correction.deeds,
        kind=entry.kind,
        activity_name=entry.activity_name,
        content=entry.content,
        place=entry.place,
        lead_name=entry.lead_name,
        source=f"correction:{objection.pk}",
        origin=EntryOrigin.CORRECTION,
        reason=reason[:200],
    )
    record_many(services=[service], by=by, now=now, permission=Permission.ENTRY_CONFIRM)
