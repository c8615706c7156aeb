"""Organisations beside the territory: the Party's own tree, work units, resident units, office holders."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When

from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, ancestors, under
from guangcai.orgs.enums import NEW_ORGANISATIONS, OfficeSource, PartyLevel, PartyPresence, WorkUnitKind
from guangcai.orgs.models.tree import Node

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class DateSpan(Func):
    """`daterange(since, until)`: the half-open span of a dated row, for exclusion constraints and overlaps."""

    function = "daterange"
    output_field = DateRangeField()


def in_force(on: date, *, since: str = "since", until: str = "until") -> Q:
    """Dated rows that hold on the local date `on`; `until` is exclusive."""
    return Q(**{f"{since}__lte": on}) & (Q(**{until: None}) | Q(**{f"{until}__gt": on}))


class WorkUnitQuerySet(models.QuerySet["WorkUnit"]):
    def visible_to(self, actor: "Actor") -> "WorkUnitQuerySet":
        """Units overseen in the actor's area or above it (a community's members work for the district's units),
        and the units whose liaison he is."""
        paths = actor.paths_with(Permission.TREE_VIEW)
        above = {above for path in paths for above in ancestors(path)}
        own = Q(pk__in=actor.units_with(Permission.FEEDBACK_VIEW))
        return self.filter(under("path", paths) | Q(path__in=above) | own)

    def in_force(self, on: date) -> "WorkUnitQuerySet":
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on))

    def new_organisations(self, on: date) -> "WorkUnitQuerySet":
        """New economic and social organisations in force, each with its `presence` (PartyPresence). Source: A94."""
        branches = PartyOrganisation.objects.filter(in_force(on, since="founded_on", until="ended_on"))
        instructors = Instructor.objects.filter(in_force(on))
        presence = Case(
            When(Exists(branches.filter(work_unit=OuterRef("pk"))), then=Value(PartyPresence.BRANCH)),
            When(Exists(instructors.filter(work_unit=OuterRef("pk"))), then=Value(PartyPresence.INSTRUCTOR)),
            default=Value(PartyPresence.NEITHER),
            output_field=models.CharField(),
        )
        return self.in_force(on).filter(kind__in=NEW_ORGANISATIONS).annotate(presence=presence)


class WorkUnit(models.Model):
    """An employer. It gets feedback on its own members and sees nothing else (A53)."""

    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=WorkUnitKind.choices, default=WorkUnitKind.OTHER)
    # Where the unit is overseen: usually the district. Its staff live in many communities.
    node = models.ForeignKey(Node, models.PROTECT, related_name="work_units")
    path = PathField()
    aliases = models.JSONField(default=list, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = WorkUnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(ended_on=None), name="work_unit_name_once"),
        ]
        indexes = [models.Index(fields=["path"], name="work_unit_by_path")]

    def __str__(self) -> str:
        return self.name


class ResidentUnit(models.Model):
    """驻区单位: a work unit located in a community's area, from a date to a date."""

    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, related_name="residences")
    community = models.ForeignKey(Node, models.PROTECT, related_name="resident_units")
    path = PathField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="resident_unit_once_at_a_time",
                expressions=[
                    ("work_unit", RangeOperators.EQUAL),
                    ("community", RangeOperators.EQUAL),
                    (DateSpan(F("since"), F("until")), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.work_unit} @ {self.community}"


class PartyOrganisation(models.Model):
    """A basic Party organisation (A13). Its tree is its own; it may stand in a node or in a work unit, or both."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    level = models.CharField(max_length=20, choices=PartyLevel.choices)
    name = models.CharField(max_length=120)
    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="party_organisations")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="party_organisations")
    founded_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(ended_on=None), name="party_organisation_name_once"),
            models.CheckConstraint(
                condition=Q(node__isnull=False) | Q(work_unit__isnull=False), name="party_organisation_stands_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Instructor(models.Model):
    """Who looks after Party work in an organisation without one of its own (A94), from a date to a date."""

    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, related_name="instructors")
    name = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="instructor_named"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="instructor_ends_after_start"
            ),
            ExclusionConstraint(
                name="instructor_one_at_a_time",
                expressions=[
                    ("work_unit", RangeOperators.EQUAL),
                    (DateSpan(F("since"), F("until")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeHolder(models.Model):
    """Who holds an office of an organisation, from when to when, and how he came to it (A95, A96)."""

    party_organisation = models.ForeignKey(PartyOrganisation, models.PROTECT, related_name="office_holders")
    name = models.CharField(max_length=60)
    office = models.CharField(max_length=60)
    source = models.CharField(max_length=12, choices=OfficeSource.choices)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    education = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="office_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.office}"
