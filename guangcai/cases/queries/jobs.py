"""What somebody was asked to do: a member's own jobs, and those of his unit."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from guangcai.cases.enums import ASSIGNED, CaseState, StepKind
from guangcai.cases.models import Case, CaseStep
from guangcai.cases.queries.askers import AskerShown, asker_for
from guangcai.cases.queries.board import CaseRow, rows_of, with_names
from guangcai.commitments import team_roll
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission


@dataclass(frozen=True)
class Job:
    """A case somebody has now, with who asked for as long as it is his."""

    row: CaseRow
    asker: AskerShown | None
    is_asked: bool


def own_jobs(actor: Actor, *, now: datetime) -> list[Job]:
    """The actor's jobs, those to answer first. Two statements."""
    cases = list(_assigned_to(actor).order_by("due", "pk")[:100])
    rows = rows_of(cases, now=now)
    jobs = [_job(row, actor) for row in rows]
    return sorted(jobs, key=lambda job: not job.is_asked)


def _job(row: CaseRow, actor: Actor) -> Job:
    asker = asker_for(row.case, actor, is_own_job=True)
    return Job(row, asker, is_asked=row.case.state == CaseState.DISPATCHED)


def own_open(actor: Actor) -> "QuerySet[Case]":
    """The requests the actor was asked to see to or has taken on, for his home. One statement."""
    rows = Case.objects.assigned().filter(assignment__in=_steps_of(actor).values("pk")).not_about(actor)
    return rows.select_related("item").order_by("due", "pk")[:20]


def _assigned_to(actor: Actor) -> "QuerySet[Case]":
    rows = Case.objects.filter(state__in=ASSIGNED, assignment__in=_steps_of(actor).values("pk")).not_about(actor)
    return with_names(rows).select_related("asker")


def _steps_of(actor: Actor) -> "QuerySet[CaseStep]":
    """The dispatches in force that name the actor, a unit he answers for or a team he leads."""
    mine = Q(pk__in=[])
    if actor.member_id is not None:
        mine |= Q(member=actor.member_id) | Q(team_id__in=team_roll.roll().led_by(actor.member_id).values("pk"))
    if units := actor.units_with(Permission.CASE_ANSWER):
        mine |= Q(unit__in=units)
    live = Case.objects.filter(assignment=OuterRef("pk"), state__in=ASSIGNED)
    return CaseStep.objects.filter(mine, Exists(live), kind__in=[StepKind.DISPATCHED, StepKind.RULED])
