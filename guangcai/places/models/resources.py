"""What units and communities lend, and when it is free (A32)."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.urls import reverse

from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import Node, ResidentUnit, WorkUnit
from guangcai.orgs.models.organisations import in_force
from guangcai.places.enums import ResourceKind, Weekday

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

LAST_MINUTE = 24 * 60


class SharedResourceQuerySet(models.QuerySet["SharedResource"]):
    def visible_to(self, actor: "Actor", *, on: date) -> Self:
        """What lies in the actor's area, what units resident there on the local date `on` lend, what his unit owns."""
        paths = actor.paths_with(Permission.RESOURCE_VIEW)
        own = Q(work_unit__in=actor.units_with(Permission.RESOURCE_EDIT))
        return self.filter(under("path", paths) | _of_residents(under("community__path", paths), on) | own)

    def lent_to(self, community: Node, *, on: date) -> Self:
        """What a community may book: what lies in it, and what units resident in it lend."""
        return self.filter(Q(community=community) | _of_residents(Q(community=community), on))

    def open(self) -> Self:
        return self.filter(ended_at=None)


def _of_residents(where: Q, on: date) -> Exists:
    return Exists(ResidentUnit.objects.filter(where, in_force(on), work_unit=OuterRef("work_unit")))


class SharedResource(CommunityFact):
    """A venue, room, vehicle or piece of equipment that others may use. `community`: where it lies.

    Owner is the work unit; without one, the community itself. It can be booked within its free slots only.
    """

    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=ResourceKind.choices)
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=120, blank=True)
    # People it holds.
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    conditions = models.TextField(max_length=500, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = SharedResourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "community", "work_unit", "name"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="shared_resource_named_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="shared_resource_named"),
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gt=0), name="shared_resource_holds_people"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, until=None, end_reason="")
                | (Q(ended_at__isnull=False, until__gte=F("since")) & ~Q(end_reason="")),
                name="shared_resource_ended_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], condition=Q(ended_at=None), name="shared_resource_by_path"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("places:resource", args=[self.pk])

    @property
    def owner_name(self) -> str:
        return self.work_unit.name if self.work_unit else self.community.name


class Minutes(Func):
    """`int4range(begins, ends)`: minutes of a day, half open."""

    function = "int4range"
    output_field = IntegerRangeField()


class FreeSlot(Fact):
    """A time of the week at which a resource can be had: minutes since local midnight, half open."""

    resource = models.ForeignKey(SharedResource, models.PROTECT, related_name="slots")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    begins = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "begins"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins"), ends__lte=LAST_MINUTE), name="free_slot_within_a_day"
            ),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="free_slot_on_a_weekday"),
            ExclusionConstraint(
                name="free_slot_once",
                expressions=[
                    ("district_code", RangeOperators.EQUAL),
                    ("resource", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (Minutes(F("begins"), F("ends")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.begins}-{self.ends}"
