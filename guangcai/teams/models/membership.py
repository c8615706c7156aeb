"""Who is in a team, and who answers for it."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from guangcai.commitments.models import Commitment, CommitmentQuerySet
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.teams.enums import LeaderRole
from guangcai.teams.models.team import Team

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class TeamLeaderQuerySet(models.QuerySet["TeamLeader"]):
    def open(self) -> Self:
        return self.filter(until=None)


class TeamLeader(Fact):
    """A member leads a team, or stands in for its leader, from a day to a day. What he may do follows from this row
    when he asks and ends with it: no flag, no grant."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="leaders")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=LeaderRole.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)

    objects = TeamLeaderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "team"],
                condition=Q(role=LeaderRole.LEADER, until=None),
                name="team_one_leader",
            ),
            models.UniqueConstraint(
                fields=["district_code", "team", "member"], condition=Q(until=None), name="team_one_role_a_member"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="team_leader_term_forward"),
            models.CheckConstraint(
                condition=Q(until=None, ended_at=None) | Q(until__isnull=False, ended_at__isnull=False),
                name="team_leader_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["member"], condition=Q(until=None), name="team_led_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} of {self.team_id}"


class TeamMembershipQuerySet(CommitmentQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own, those of the area whose roster one may see, and those of the teams one leads now."""
        seen = under("path", actor.paths_with(Permission.ROSTER_VIEW))
        if actor.member_id is None:
            return self.filter(seen)
        led = TeamLeader.objects.open().filter(member_id=actor.member_id).values("team")
        return self.filter(seen | Q(member_id=actor.member_id) | Q(team__in=led))

    def asked(self) -> Self:
        """A member asked to join; the team has not answered."""
        return self.filter(ended_at=None, confirmed_at=None)

    def invited(self) -> Self:
        """The team invited; the member has not answered."""
        return self.filter(ended_at=None, confirmed_at__isnull=False, held_since=None)


class TeamMembership(Commitment):
    """A member is in a team. He asks and the team confirms, or the team invites and he accepts: both have to agree.

    Asked: offered. Invited: confirmed, since the team's side has spoken. Held once both have. `community` and `path`
    are the member's when he joined: his own desk sees it also when the team is the street's.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")

    objects = TeamMembershipQuerySet.as_manager()

    class Meta(Commitment.Meta):
        abstract = False
        constraints = [
            *Commitment.Meta.constraints,
            models.UniqueConstraint(
                fields=["district_code", "team", "member"], condition=Q(ended_at=None), name="team_joined_once"
            ),
        ]
        indexes = [models.Index(fields=["member", "-offered_at"], name="team_membership_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.team_id}"
