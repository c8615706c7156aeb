"""Somebody is asked to see to a case: by the desk, or by the street when two have sent it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.cases import rules
from guangcai.cases.commands.locks import lock_visible
from guangcai.cases.commands.steps import take_step
from guangcai.cases.commands.telling import tell_asked, tell_asker
from guangcai.cases.enums import Side, StepKind, TimeCount, WorkerKind
from guangcai.cases.models import Case, Technician
from guangcai.commitments import team_roll
from guangcai.commitments.belonging import place_now
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.commands import open_unit
from guangcai.orgs.models import WorkUnit
from guangcai.orgs.policies import CaseTime, OfficeHours, in_force_at
from guangcai.orgs.queries import workday_overrides


@dataclass(frozen=True)
class Worker:
    """Who is asked: exactly one of technician, member, unit, team; or somebody else by name (body).

    team: a row of the teams room, as commitments.team_roll gives it.
    """

    technician: Technician | None = None
    member: Member | None = None
    unit: WorkUnit | None = None
    team: Any = None
    body: str = ""

    @property
    def kind(self) -> WorkerKind:
        if self.technician is not None:
            return WorkerKind.TECHNICIAN
        if self.member is not None:
            return WorkerKind.MEMBER
        if self.unit is not None:
            return WorkerKind.UNIT
        return WorkerKind.TEAM if self.team is not None else WorkerKind.BODY

    @property
    def name(self) -> str:
        row = self.technician or self.member or self.unit or self.team
        return str(row.name) if row is not None else self.body.strip()

    @property
    def member_id(self) -> UUID | None:
        """The member who would do it, himself or as a technician."""
        if self.technician is not None:
            return self.technician.member_id
        return self.member.pk if self.member is not None else None

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "worker": self.kind,
            "worker_name": self.name,
            "technician": self.technician,
            "member_id": self.member_id,
            "unit": self.unit,
            "team_id": self.team.pk if self.team is not None else None,
        }


@transaction.atomic
def dispatch(*, case: Case, worker: Worker, by: Actor, now: datetime, note: str = "") -> Case:
    """The desk asks somebody. The clock starts with the first dispatch and is never set again.

    What is handed over is the case, never the asker: whoever is asked sees phone and flat only while he has the job
    (queries.askers), and whoever the case complains of is never asked. Two at once: the second gets Conflict.
    Raises RuleBroken(field="worker").
    """
    hold(worker)
    row = lock_visible(case.pk, by)
    by.require(Permission.CASE_EDIT, row.path)
    return hand_to(row, worker, StepKind.DISPATCHED, side=Side.DESK, by=by, now=now, note=note)


def hold(worker: Worker) -> None:
    """Before the case is locked, as a team or a unit that ends does it: whoever is asked does not end meanwhile."""
    if worker.team is not None:
        team_roll.roll().hold(worker.team.pk)
    if worker.unit is not None:
        open_unit(worker.unit)


def hand_to(row: Case, worker: Worker, kind: StepKind, *, side: Side, by: Actor, now: datetime, note: str = "") -> Case:
    """Hand a locked case to `worker`; also for the street's ruling."""
    check_worker(row, worker, now=now)
    rules.check_note(note)
    is_first = row.dispatched_at is None
    if is_first:
        start_clock(row, now=now)
    take_step(row, kind, side=side, by=by, now=now, note=note, **worker.columns)
    # Who takes it on himself need not be told.
    tell_asked(row, [one for one in _asked(worker) if one != by.member_id], now=now)
    if is_first and row.due_response is not None:
        tell_asker(row, "dispatched", now=now, due=row.due_response)
    return row


def _asked(worker: Worker) -> list[UUID]:
    """Whose answer is waited for: the member, or the leaders of the team."""
    if worker.team is not None:
        return list(team_roll.roll().leaders(worker.team.pk))
    return [worker.member_id] if worker.member_id is not None else []


def start_clock(row: Case, *, now: datetime) -> None:
    """Set when an answer and a solution are due, by the item or by the rule of the place. Does not save."""
    day = localdate(now)
    rule, office = in_force_at(CaseTime, path=row.path, on=day), in_force_at(OfficeHours, path=row.path, on=day)
    times = rules.Times(
        response_hours=row.item.response_hours or rule.response_hours,
        solution_days=row.item.solution_days or rule.solution_days,
        counted_in=TimeCount(row.item.counted_in),
    )
    due = rules.due(now, times, opens=office.opens, closes=office.closes, overrides=workday_overrides())
    row.dispatched_at, row.due_response, row.due_solution = now, due.response, due.solution


def check_worker(row: Case, worker: Worker, *, now: datetime) -> None:
    """Raises RuleBroken(field="worker") for nobody, for one who cannot be asked, and for whom the case is about."""
    if not worker.name:
        raise RuleBroken(_("Choose who is asked."), field="worker", code="worker_missing")
    tech = worker.technician
    if (
        tech is not None
        and not Technician.objects.serving(place_now(row.path), on=localdate(now)).filter(pk=tech.pk).exists()
    ):
        raise RuleBroken(_("This technician does not serve here any more."), field="worker", code="worker_gone")
    if worker.member is not None and worker.member.ended_at is not None:
        raise RuleBroken(_("This member is on no roster any more."), field="worker", code="worker_gone")
    if worker.team is not None:
        _check_team(row, worker.team)
    is_about_member = worker.member_id is not None and worker.member_id == row.about_member_id
    is_about_unit = worker.unit is not None and worker.unit.pk == row.about_unit_id
    if is_about_member or is_about_unit:
        words = _("The case complains of the one you chose: ask somebody else.")
        raise RuleBroken(words, field="worker", code="worker_complained_of")
    if worker.member_id is not None and worker.member_id == row.asker.member_id:
        raise RuleBroken(_("Nobody is asked to answer his own request."), field="worker", code="worker_is_asker")


def _check_team(row: Case, team: Any) -> None:
    """A live team that serves here, in which nobody is complained of, and which the asker does not lead himself."""
    roll = team_roll.roll()
    if not roll.serving(place_now(row.path)).filter(pk=team.pk).exists():
        raise RuleBroken(_("This team does not serve here any more."), field="worker", code="worker_gone")
    if row.about_member_id and roll.people(team.pk).filter(pk=row.about_member_id).exists():
        words = _("The case complains of the one you chose: ask somebody else.")
        raise RuleBroken(words, field="worker", code="worker_complained_of")
    if row.asker.member_id is not None and row.asker.member_id in roll.leaders(team.pk):
        raise RuleBroken(_("Nobody is asked to answer his own request."), field="worker", code="worker_is_asker")
