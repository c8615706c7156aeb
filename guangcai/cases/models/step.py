"""The life of a case, one row a step, never changed."""

from django.db import models
from django.db.models import Q

from guangcai.cases.enums import CallOutcome, CaseState, CloseCode, Side, StepKind, WorkerKind
from guangcai.cases.models.case import Case
from guangcai.cases.models.technician import Technician
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.members.models import Member
from guangcai.orgs.models import WorkUnit

DISPATCHES = (StepKind.DISPATCHED, StepKind.RULED)
NOBODY = Q(worker="", technician=None, unit=None, team_id=None, worker_name="")


class CaseStep(Fact):
    """One step: what, when, in which part, and the state afterwards. Append-only; its words stand in StepNote.

    number: 1, 2, 3 within the case, so that two at once cannot both be the next. A dispatch names who is asked: a
    technician, a member, a unit, a team by id and name (teams are another room's; before they could be asked here, by
    name alone), or somebody else by name. The member of a step "done" is the one of the team who did it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    state = models.CharField(max_length=12, choices=CaseState.choices)
    at = models.DateTimeField()
    side = models.CharField(max_length=8, choices=Side.choices)
    by = models.UUIDField(null=True)
    # Of a return or a decline.
    reason = models.CharField(max_length=12, blank=True)
    worker = models.CharField(max_length=10, choices=WorkerKind.choices, blank=True)
    technician = models.ForeignKey(Technician, models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    team_id = models.UUIDField(null=True, blank=True)
    # As it was called then.
    worker_name = models.CharField(max_length=120, blank=True)
    appointed_for = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=CallOutcome.choices, blank=True)
    is_satisfied = models.BooleanField(null=True, blank=True)
    close_code = models.CharField(max_length=12, choices=CloseCode.choices, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["district_code", "case", "number"], name="case_step_number_once"),
            models.CheckConstraint(
                condition=(~Q(kind__in=DISPATCHES) & NOBODY & (Q(member=None) | Q(kind=StepKind.DONE)))
                | (
                    Q(kind__in=DISPATCHES)
                    & ~Q(worker_name="")
                    & (
                        Q(worker=WorkerKind.TECHNICIAN, technician__isnull=False, unit=None, team_id=None)
                        | Q(worker=WorkerKind.MEMBER, member__isnull=False, technician=None, unit=None, team_id=None)
                        | Q(worker=WorkerKind.UNIT, unit__isnull=False, technician=None, member=None, team_id=None)
                        | Q(worker=WorkerKind.TEAM, technician=None, member=None, unit=None)
                        | Q(worker=WorkerKind.BODY, technician=None, member=None, unit=None, team_id=None)
                    )
                ),
                name="case_step_dispatch_names_one",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[StepKind.RETURNED, StepKind.DISPUTED, StepKind.DECLINED]) ^ Q(reason=""),
                name="case_step_return_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind=StepKind.APPOINTED) ^ Q(appointed_for=None), name="case_step_appointed_when"
            ),
            models.CheckConstraint(
                condition=Q(kind=StepKind.CALLED_BACK) ^ Q(outcome=""), name="case_step_call_back_found"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[StepKind.CLOSED, StepKind.RULED_OUT]) ^ Q(close_code=""),
                name="case_step_closed_with_code",
            ),
            # Solved is said by the asker and by nobody else.
            models.CheckConstraint(
                condition=~(Q(kind__in=[StepKind.CONFIRMED, StepKind.REOPENED]) | Q(state=CaseState.SOLVED))
                | Q(side=Side.ASKER),
                name="case_step_asker_says_solved",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"],
                include=["case"],
                condition=Q(kind__in=[StepKind.RETURNED, StepKind.DISPUTED]),
                name="case_step_returned",
            ),
            models.Index(fields=["member"], condition=Q(member__isnull=False), name="case_step_by_member"),
            models.Index(fields=["technician"], condition=Q(technician__isnull=False), name="case_step_by_technician"),
            models.Index(fields=["unit"], condition=Q(unit__isnull=False), name="case_step_by_unit"),
            models.Index(fields=["team_id"], condition=Q(team_id__isnull=False), name="case_step_by_team"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.kind}"


class StepNote(Fact):
    """The words of a step, sealed, so that they can be taken away after the retention while the step stays."""

    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="written")
    note = EncryptedTextField(purpose="cases.step.note")

    def __str__(self) -> str:
        return f"note of {self.step_id}"
