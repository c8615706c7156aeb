"""What somebody may do for a team: by his grants, or by the role he holds in the team at this moment."""

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.teams import rules
from guangcai.teams.enums import TeamVerb
from guangcai.teams.models import Team, TeamLeader


def role_in(team: Team, actor: Actor) -> str | None:
    """The role the actor holds in the team now, from its dated row; None without one. One query."""
    if actor.member_id is None:
        return None
    rows = TeamLeader.objects.open().filter(team=team, member=actor.member_id)
    return rows.values_list("role", flat=True).first()


def may(team: Team, actor: Actor, verb: TeamVerb, *, path: str = "") -> bool:
    """Whether the actor may do it: the desk of `path` (the team's own by default), or a role in the team."""
    if actor.can(Permission.TEAM_EDIT, path or team.path):
        return True
    return team.ended_at is None and rules.may(role_in(team, actor), verb)


def require(team: Team, actor: Actor, verb: TeamVerb, *, path: str = "") -> None:
    """Raises Forbidden, or OutOfScope to who is next door, unless the actor may do it."""
    if not may(team, actor, verb, path=path):
        actor.require(Permission.TEAM_EDIT, path or team.path)
