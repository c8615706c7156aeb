"""The catalogue of requests: categories and items (A67), rows that a district adds to and ends."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from guangcai.cases.enums import TimeCount
from guangcai.core.kinds import KeptKind
from guangcai.core.scoping import ROOT, PathField, ancestors
from guangcai.orgs.models import Node, WorkUnit
from guangcai.orgs.models.organisations import in_force


class Category(KeptKind):
    """One of the categories of the hotline (7 to start with)."""

    class Meta(KeptKind.Meta):
        verbose_name_plural = "categories"


class ItemQuerySet(models.QuerySet["Item"]):
    def valid_at(self, path: str) -> Self:
        """Items offered at `path`: those shipped, and those of its own or of a node above."""
        return self.filter(path__in=[ROOT, *ancestors(path)])

    def in_force(self, on: date) -> Self:
        return self.filter(in_force(on))


class Item(models.Model):
    """What can be asked for (30 to start with): its form, its times, who answers, and where to go when it is not ours.

    fields: list of {"label", "kind": text|number|choice, "required", "choices"}, proved by rules.check_fields.
    response_hours, solution_days: None is the rule CaseTime. node None: shipped, offered everywhere.
    """

    category = models.ForeignKey(Category, models.PROTECT, related_name="items")
    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    path = PathField(default=ROOT, editable=False)
    code = models.SlugField(max_length=30)
    name = models.CharField(max_length=40)
    fields = models.JSONField(default=list, blank=True)
    response_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    solution_days = models.PositiveSmallIntegerField(null=True, blank=True)
    counted_in = models.CharField(max_length=8, choices=TimeCount.choices, default=TimeCount.CALENDAR)
    # Who answers: a unit, or in words.
    unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    body = models.CharField(max_length=60, blank=True)
    # What is told when it is not ours: where to go instead.
    elsewhere = models.CharField(max_length=200, blank=True)
    # 110, 119 or 120: shown at once; the case can be written down all the same.
    emergency = models.CharField(max_length=12, blank=True)
    # A complaint: whoever is asked to see to it never learns who asked.
    hides_asker = models.BooleanField(default=False)
    source = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["category__position", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "code"], condition=Q(until=None), nulls_distinct=False, name="case_item_code_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="case_item_named"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="case_item_ends_after"),
            models.CheckConstraint(
                condition=(Q(response_hours=None) | Q(response_hours__gt=0))
                & (Q(solution_days=None) | Q(solution_days__gt=0)),
                name="case_item_times_positive",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="case_item_by_path")]

    def __str__(self) -> str:
        return self.name

    def is_offered(self, path: str, *, on: date) -> bool:
        """Whether it can be asked for at `path` on the local date `on`: ItemQuerySet.valid_at and in_force, of one."""
        is_in_force = self.since <= on and (self.until is None or self.until > on)
        return is_in_force and self.path in (ROOT, *ancestors(path))

    @property
    def answered_by(self) -> str:
        return self.unit.name if self.unit is not None and not self.unit.ended_on else self.body
