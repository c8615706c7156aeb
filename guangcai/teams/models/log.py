"""What a team did."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from guangcai.core.facts import Fact
from guangcai.core.scoping import PathField
from guangcai.teams.models.team import Team

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class TeamLogQuerySet(models.QuerySet["TeamLog"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Of the teams the actor may see."""
        return self.filter(team__in=Team.objects.visible_to(actor))

    def in_force(self) -> Self:
        """As it reads today: what was corrected is left out."""
        return self.filter(correction=None)


class TeamLog(Fact):
    """One entry of the log (活动记录): the day, what was done, how many took part. Never changed: a correction is a new
    entry that names the one it replaces (a trigger refuses UPDATE and DELETE)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="log")
    path = PathField(editable=False)
    held_on = models.DateField()
    content = models.CharField(max_length=500)
    people = models.PositiveSmallIntegerField()
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="correction")
    reason = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)

    objects = TeamLogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(content="") & Q(people__gt=0), name="team_log_says_something"),
            models.CheckConstraint(
                condition=Q(corrects=None, reason="") | (Q(corrects__isnull=False) & ~Q(reason="")),
                name="team_log_corrected_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["team", "-held_on"], name="team_log_by_team")]

    def __str__(self) -> str:
        return f"{self.team_id} on {self.held_on}"
