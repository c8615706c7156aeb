"""What other rooms learn of teams to give them a job (commitments.team_roll)."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from guangcai.commitments.team_roll import TeamRoll
from guangcai.core.scoping import ancestors
from guangcai.members.models import Member
from guangcai.teams.commands.teams import lock_team
from guangcai.teams.models import Team, TeamLeader, TeamMembership


def serving(path: str) -> "QuerySet[Team]":
    """Live teams of the place and of the nodes above it, by name."""
    return Team.objects.live().filter(path__in=ancestors(path)).order_by("name", "pk")


def answering(path: str, without: UUID | None, not_led_by: UUID | None) -> "QuerySet[Team]":
    """Those of them with a leader, and the trade of each; `without` is nobody of, `not_led_by` nobody at its head."""
    held = TeamMembership.objects.held().filter(team=OuterRef("pk"), member=without)
    led = TeamLeader.objects.open().filter(team=OuterRef("pk"))
    barred = Exists(held) | Exists(led.filter(member__in=[one for one in (without, not_led_by) if one]))
    return serving(path).annotate(trade=Coalesce("skill__name", "field__name", Value(""))).filter(Exists(led), ~barred)


def led_by(member_id: UUID) -> "QuerySet[Team]":
    led = TeamLeader.objects.open().filter(member=member_id).values("team")
    return Team.objects.live().filter(pk__in=led)


def leaders(team_id: UUID) -> "QuerySet[TeamLeader, UUID]":
    return TeamLeader.objects.open().filter(team=team_id).order_by("pk").values_list("member_id", flat=True)


def people(team_id: UUID) -> "QuerySet[Member]":
    """Who is in it now, by name."""
    held = TeamMembership.objects.held().filter(team=team_id).values("member")
    led = TeamLeader.objects.open().filter(team=team_id).values("member")
    rows = Member.objects.filter(Q(pk__in=held) | Q(pk__in=led), ended_at=None)
    return rows.order_by("name_sort", "pk")


def hold(team_id: UUID) -> None:
    lock_team(team_id)


ROLL = TeamRoll(serving=serving, answering=answering, led_by=led_by, leaders=leaders, people=people, hold=hold)
