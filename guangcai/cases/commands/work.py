"""What whoever was asked does with a case: accepts, declines, gives it back, meets the asker, does it.

By himself (a member, on "My jobs"), by the liaison of his unit, or by the desk on behalf of somebody on the phone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.cases import rules
from guangcai.cases.commands.locks import lock_visible
from guangcai.cases.commands.steps import take_step
from guangcai.cases.commands.telling import tell_asker
from guangcai.cases.enums import DeclineReason, ReturnReason, Side, StepKind
from guangcai.cases.models import Case, CaseStep
from guangcai.cases.parts import gives_service, is_worker
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.ledger.commands import Service, record_many
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.enums import EntryOrigin
from guangcai.members.models import Member, ServiceKind

# What a job counts as in the ledger.
SERVICE_KIND = "convenience"


@dataclass(frozen=True)
class JobTime:
    """Time a member gave: minutes of service within start and end, travel left out. is_deed: it answered a need."""

    starts_at: datetime
    minutes: int
    is_deed: bool = True


@transaction.atomic
def accept(*, case: Case, by: Actor, now: datetime) -> Case:
    """Whoever was asked takes it on. Two at once: the second is told."""
    row, side = _of_worker(case.pk, by)
    take_step(row, StepKind.ACCEPTED, side=side, by=by, now=now)
    return row


@transaction.atomic
def decline(*, case: Case, reason: str, note: str = "", by: Actor, now: datetime) -> Case:
    """A person does not take it on; the desk asks somebody else. Never a mark against anybody."""
    row, side = _of_worker(case.pk, by)
    if reason not in DeclineReason.values:
        raise RuleBroken(_("Choose one of the reasons."), field="reason", code="reason_unknown")
    rules.check_note(note)
    if row.assignment is not None:
        rules.check_decline(row.assignment.worker)
    take_step(row, StepKind.DECLINED, side=side, by=by, now=now, note=note, reason=reason)
    return row


@transaction.atomic
def give_back(*, case: Case, reason: str, note: str = "", by: Actor, now: datetime) -> Case:
    """Return a case with a reason: to the desk the first time, to the street for a ruling from the second time on.

    The clock goes on running. Sources: §2.10 (退单). Raises RuleBroken(field).
    """
    row, side = _of_worker(case.pk, by)
    if reason not in ReturnReason.values:
        raise RuleBroken(_("Choose one of the reasons."), field="reason", code="reason_unknown")
    rules.check_note(note, required=reason == ReturnReason.NOT_OURS)
    kind = rules.return_step(returns=row.returns)
    take_step(row, kind, side=side, by=by, now=now, note=note, reason=reason)
    return row


@transaction.atomic
def note_contact(*, case: Case, note: str = "", by: Actor, now: datetime) -> Case:
    """The asker was spoken to: the answer was in time or was not."""
    row = lock_visible(case.pk, by)
    side = _side_of(row, by)
    rules.check_note(note)
    take_step(row, StepKind.CONTACTED, side=side, by=by, now=now, note=note)
    return row


@transaction.atomic
def make_appointment(*, case: Case, at: datetime, by: Actor, now: datetime) -> Case:
    """Day and hour are agreed with the asker, who was thereby spoken to. Again moves it."""
    row, side = _of_worker(case.pk, by)
    rules.check_appointment(at, now=now)
    take_step(row, StepKind.APPOINTED, side=side, by=by, now=now, appointed_for=at)
    return row


@transaction.atomic
def finish(*, case: Case, note: str, by: Actor, now: datetime, time: JobTime | None = None) -> Case:
    """The work is done; the desk calls back. A member's time becomes a ledger entry that somebody else confirms.

    time: of the member who did it; None when he gives none. Paid work gives no entry. Raises RuleBroken(field).
    """
    member_id = Case.objects.filter(pk=case.pk).values_list("assignment__member", flat=True).first()
    if time is not None and member_id is not None:
        lock_members([member_id])
    row, side = _of_worker(case.pk, by)
    rules.check_note(note, required=True)
    assigned = row.assignment
    step = take_step(row, StepKind.DONE, side=side, by=by, now=now, note=note)
    if time is not None:
        _record(row, assigned, step, time, side=side, by=by, now=now)
    tell_asker(row, "done", now=now)
    return row


def _record(
    row: Case, assigned: CaseStep | None, step: CaseStep, time: JobTime, *, side: Side, by: Actor, now: datetime
) -> None:
    if assigned is None or assigned.member_id is None or not gives_service(assigned):
        raise RuleBroken(_("Only a member's unpaid work is written down as service."), field="minutes", code="paid")
    member = Member.objects.get(pk=assigned.member_id)
    service = Service(
        member=member,
        community=row.community,
        starts_at=time.starts_at,
        ends_at=time.starts_at + timedelta(minutes=time.minutes),
        minutes=time.minutes,
        deeds=int(time.is_deed),
        kind=ServiceKind.objects.filter(code=SERVICE_KIND).first() or ServiceKind.objects.first(),
        activity_name=row.item.name,
        content=_("Request %(number)s: %(item)s") % {"number": row.number, "item": row.item.name},
        place=row.community.name,
        lead_name=member.name,
        source=f"case:{row.pk}:{step.pk}",
        origin=EntryOrigin.CASE,
    )
    own = by.member_id == member.pk
    record_many(services=[service], by=by, now=now, permission=None if own else Permission.ENTRY_RECORD)


def _of_worker(pk: UUID, by: Actor) -> tuple[Case, Side]:
    row = lock_visible(pk, by)
    return row, _side_of(row, by)


def _side_of(row: Case, by: Actor) -> Side:
    """In which part somebody acts for whoever was asked. Raises OutOfScope or Forbidden for anybody else."""
    if is_worker(row.assignment, by):
        return Side.WORKER
    by.require(Permission.CASE_EDIT, row.path)
    return Side.DESK
