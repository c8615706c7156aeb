"""Teams, their other names and the lists they are told apart by."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from guangcai.core.facts import Fact
from guangcai.core.kinds import Kind
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, ancestors, under
from guangcai.members.models import Occupation, SkillKind
from guangcai.orgs.models import Node, PartyOrganisation
from guangcai.teams.enums import TeamBasis, TeamEnd, TeamKind

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class TeamField(Kind):
    """What a team works at (A17). The sources name five of nine, so the list is data."""


class OccupationTeam(models.Model):
    """A rule of proposals (A18): people of this occupation make a team of this field, called so."""

    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="+")
    field = models.ForeignKey(TeamField, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["occupation", "field"], name="occupation_team_once")]

    def __str__(self) -> str:
        return self.name


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Teams of one's area, and those above it that cover it: a member of a community sees his street's brigade."""
        paths = actor.paths_with(Permission.TEAM_VIEW)
        above = {node for path in paths for node in ancestors(path)}
        return self.filter(under("path", paths) | Q(path__in=above))

    def live(self) -> Self:
        return self.filter(ended_at=None)

    def called(self, text: str) -> Self:
        """Those whose name, or any other name they go or went by, holds `text` (A18: one team under two names)."""
        alias = TeamAlias.objects.filter(team=OuterRef("pk"), name__icontains=text)
        return self.filter(Q(name__icontains=text) | Exists(alias))


class Team(Fact):
    """An association, a brigade, a detachment or a team, at the node it serves: a district, street or community.

    The tree of teams is its own: `parent` is the team above, which lies at the same node or one above it.
    """

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=12, choices=TeamKind.choices)
    name = models.CharField(max_length=60)
    field = models.ForeignKey(TeamField, models.PROTECT, null=True, blank=True, related_name="teams")
    basis = models.CharField(max_length=10, choices=TeamBasis.choices, blank=True)
    skill = models.ForeignKey(SkillKind, models.PROTECT, null=True, blank=True, related_name="+")
    residence = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    occupation = models.ForeignKey(Occupation, models.PROTECT, null=True, blank=True, related_name="+")
    # The Party branch whose detachment it is (A16).
    branch = models.ForeignKey(PartyOrganisation, models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=500, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=TeamEnd.choices, blank=True)
    end_note = models.CharField(max_length=200, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="team_named"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=models.F("id")), name="team_not_above_itself"),
            models.CheckConstraint(
                condition=Q(kind=TeamKind.ASSOCIATION, basis="")
                | Q(kind=TeamKind.BRIGADE, basis="")
                | Q(kind=TeamKind.DETACHMENT)
                | (Q(kind=TeamKind.TEAM) & ~Q(basis="")),
                name="team_of_people_has_basis",
            ),
            models.CheckConstraint(
                condition=Q(basis="", skill=None, residence=None, occupation=None)
                | Q(basis=TeamBasis.SKILL, skill__isnull=False, residence=None, occupation=None)
                | Q(basis=TeamBasis.RESIDENCE, skill=None, residence__isnull=False, occupation=None)
                | Q(basis=TeamBasis.OCCUPATION, skill=None, residence=None, occupation__isnull=False),
                name="team_basis_whole",
            ),
            models.CheckConstraint(
                condition=Q(branch=None) | Q(kind=TeamKind.DETACHMENT), name="team_of_branch_is_detachment"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="team_ended_whole",
            ),
            models.UniqueConstraint(
                fields=["district_code", "node", "name"], condition=Q(ended_at=None), name="team_name_once"
            ),
        ]
        indexes = [models.Index(fields=["path", "name"], name="team_by_path")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("teams:team", args=[self.pk])

    @property
    def basis_words(self) -> str:
        """The row behind the basis: which skill, place or occupation."""
        row = self.skill or self.residence or self.occupation
        return str(row.name) if row else ""


class TeamAlias(Fact):
    """Another name of a team, from the day it was noted (001 calls one team by two names)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=80, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "team", "name"], name="team_alias_once"),
            models.CheckConstraint(condition=~Q(name=""), name="team_alias_named"),
        ]

    def __str__(self) -> str:
        return self.name
