"""Five-fixed plans (A61) and the personal task card (A65)."""

from typing import Self

from django.db import models
from django.db.models import Q

from guangcai.care.enums import Outcome, SaidBy
from guangcai.care.models.household import Household
from guangcai.core.crypto import EncryptedTextField
from guangcai.members.models import Member
from guangcai.orgs.facts import CommunityFact


class PlanQuerySet(models.QuerySet["ServicePlan"]):
    def visible_to(self, actor: object) -> Self:
        return self.filter(household__in=Household.objects.visible_to(actor))  # type: ignore[arg-type]


class ServicePlan(CommunityFact):
    """Who, when, for whom, what, and which effect is intended: a plan starts only with all five (A61)."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="plans")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="service_plans")
    times = models.CharField(max_length=60, blank=True)
    what = EncryptedTextField(purpose="care.plan.what", blank=True)
    effect = EncryptedTextField(purpose="care.plan.effect", blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.UUIDField(null=True)
    started_on = models.DateField(null=True, blank=True)
    started_by = models.UUIDField(null=True, blank=True)
    # The effect, judged at the end by the household or the desk, never by the one who did it.
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    outcome_by = models.CharField(max_length=10, choices=SaidBy.choices, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.UUIDField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on=None) | (Q(member__isnull=False) & ~Q(times="")), name="plan_started_whole"
            ),
            models.CheckConstraint(
                condition=Q(checked_at=None, outcome="", outcome_by="")
                | (Q(checked_at__isnull=False, started_on__isnull=False) & ~Q(outcome="") & ~Q(outcome_by="")),
                name="plan_checked_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"plan for {self.household_id}"


class TaskKind(models.Model):
    """One of the five "one good" tasks (A65). Shipped as data, editable."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=40, unique=True)
    duties = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class TaskMark(CommunityFact):
    """A member notes what he did for one of his five tasks. No points, nobody counts them."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="task_marks")
    kind = models.ForeignKey(TaskKind, models.PROTECT, related_name="+")
    done_on = models.DateField()
    note = models.CharField(max_length=120)
    noted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["member", "-done_on"], name="task_mark_by_member")]

    def __str__(self) -> str:
        return f"{self.kind} {self.done_on}"
