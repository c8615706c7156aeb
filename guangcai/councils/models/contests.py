"""The competition of joint projects (A37): entries of units, a scoring sheet, a shortlist, a result. No persons."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, ancestors, under
from guangcai.orgs.models import Node, WorkUnit

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class ContestQuerySet(models.QuerySet["Contest"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Those of one's area and those above it. What judges gave is seen by whoever runs it until it is published."""
        paths = actor.paths_with(Permission.COUNCIL_VIEW)
        above = {node for path in paths for node in ancestors(path)}
        return self.filter(under("path", paths) | Q(path__in=above))


class Contest(Fact):
    """A competition of units' projects: open until a day, shortlisted, its result published."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    name = models.CharField(max_length=60)
    closes_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.UUIDField(null=True, blank=True)

    objects = ContestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="contest_named"),
            models.UniqueConstraint(fields=["district_code", "node", "name"], name="contest_named_once"),
        ]
        indexes = [models.Index(fields=["path"], name="contest_by_path")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("councils:contest", args=[self.pk])


class Criterion(Fact):
    """One line of the scoring sheet: its weight in percent; points go from 0 to 10. Frozen with the first score."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["district_code", "contest", "position"], name="criterion_in_order"),
            models.CheckConstraint(condition=~Q(name="") & Q(weight__gt=0, weight__lte=100), name="criterion_weighs"),
        ]

    def __str__(self) -> str:
        return self.name


class ContestEntry(Fact):
    """A project that a unit enters. `shortlisted_at`: it is on the shortlist. `award`: what it got, once published."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="entries")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)
    shortlisted_at = models.DateTimeField(null=True, blank=True)
    award = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "contest", "work_unit", "title"], name="contest_entry_once"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="contest_entry_says_something"),
            models.CheckConstraint(condition=Q(award="") | Q(shortlisted_at__isnull=False), name="award_of_shortlist"),
        ]

    def __str__(self) -> str:
        return self.title


class Score(Fact):
    """What one judge gives an entry under one criterion. Judges are numbered, not named."""

    entry = models.ForeignKey(ContestEntry, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    judge = models.PositiveSmallIntegerField()
    points = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()
    given_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "entry", "criterion", "judge"], name="scored_once"),
            models.CheckConstraint(condition=Q(points__lte=10, judge__gte=1), name="score_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.points} by judge {self.judge}"
