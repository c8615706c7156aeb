"""What whoever was asked does with a case: accepts, declines, gives it back, meets the asker, does it.

By himself (a member, on "My jobs"), by the liaison of his unit, by the leader of his team, or by the desk on behalf
of somebody on the phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from guangcai.cases import rules
from guangcai.cases.commands.locks import lock_case, lock_visible
from guangcai.cases.commands.photos import keep_photos
from guangcai.cases.commands.steps import take_step
from guangcai.cases.commands.telling import tell_asker
from guangcai.cases.enums import DeclineReason, ReturnReason, Side, StepKind
from guangcai.cases.models import Case, CaseStep
from guangcai.cases.parts import gives_service, is_worker
from guangcai.commitments import team_roll
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.photos import Photo
from guangcai.ledger.commands import Service, record_many
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.enums import EntryOrigin
from guangcai.members.models import Member, ServiceKind
from guangcai.orgs.followers import UnitEnd

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
def finish(
    *,
    case: Case,
    note: str,
    by: Actor,
    now: datetime,
    time: JobTime | None = None,
    done_by: Member | None = None,
    photos: Sequence[Photo] = (),
) -> Case:
    """The work is done; the desk calls back. A member's time becomes a ledger entry that somebody else confirms.

    time: of the member who did it; None when he gives none. Paid work gives no entry. done_by: which member of the
    team, for a team's job alone; with a time he is named. photos: three at most. Raises RuleBroken(field).
    """
    member_id = Case.objects.filter(pk=case.pk).values_list("assignment__member", flat=True).first()
    doer = done_by.pk if done_by is not None else member_id
    if time is not None and doer is not None:
        lock_members([doer])
    row, side = _of_worker(case.pk, by)
    rules.check_note(note, required=True)
    assigned = row.assignment
    if done_by is not None:
        _check_doer(row, assigned, done_by)
    step = take_step(row, StepKind.DONE, side=side, by=by, now=now, note=note, member=done_by)
    keep_photos(step, photos, now=now)
    if time is not None:
        _record(row, assigned, step, time, side=side, by=by, now=now)
    tell_asker(row, "done", now=now)
    return row


def _record(
    row: Case, assigned: CaseStep | None, step: CaseStep, time: JobTime, *, side: Side, by: Actor, now: datetime
) -> None:
    if assigned is None or not gives_service(assigned):
        raise RuleBroken(_("Only a member's unpaid work is written down as service."), field="minutes", code="paid")
    member = step.member or assigned.member
    if member is None:
        raise RuleBroken(_("Say who of the team did it."), field="done_by", code="doer_missing")
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
    # Whoever has the job writes his own time, a leader that of his team; the desk by its right.
    record_many(services=[service], by=by, now=now, permission=None if side == Side.WORKER else Permission.ENTRY_RECORD)


def _check_doer(row: Case, assigned: CaseStep | None, member: Member) -> None:
    """Raises RuleBroken(field="done_by") for anybody but a member of the team that has the job."""
    team = assigned.team_id if assigned is not None else None
    if team is None or not team_roll.roll().people(team).filter(pk=member.pk).exists():
        raise RuleBroken(_("Choose somebody of the team."), field="done_by", code="doer_elsewhere")
    if member.pk in (row.about_member_id, row.asker.member_id):
        words = _("The request is about this member: name somebody else of the team.")
        raise RuleBroken(words, field="done_by", code="doer_concerned")


def release_team(team: UUID, by: Actor, now: datetime) -> None:
    """A team has ended: what it had not finished goes back to the desk. The clock goes on; it is no return."""
    _release(Q(assignment__team_id=team), by=by, now=now)


def release_unit(end: UnitEnd) -> None:
    """The same for a work unit that has ended."""
    _release(Q(assignment__unit=end.work_unit_id), by=end.by, now=end.now)


def _release(theirs: Q, *, by: Actor, now: datetime) -> None:
    for key in list(Case.objects.assigned().filter(theirs).order_by("pk").values_list("pk", flat=True)):
        row = lock_case(key)
        # Whoever was faster may have finished it, or handed it on.
        if row.is_assigned and Case.objects.filter(theirs, pk=row.pk).exists():
            take_step(row, StepKind.RELEASED, side=Side.PROGRAM, by=by, now=now)


def _of_worker(pk: UUID, by: Actor) -> tuple[Case, Side]:
    row = lock_visible(pk, by)
    return row, _side_of(row, by)


def _side_of(row: Case, by: Actor) -> Side:
    """In which part somebody acts for whoever was asked. Raises OutOfScope or Forbidden for anybody else."""
    if is_worker(row.assignment, by):
        return Side.WORKER
    by.require(Permission.CASE_EDIT, row.path)
    return Side.DESK
