"""What somebody may do for a team: by his grants, or by the role he holds in the team at this moment."""

from django.db.models import Q

from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT, covers, under
from guangcai.orgs.enums import Level
from guangcai.teams import rules
from guangcai.teams.enums import TeamVerb
from guangcai.teams.models import Team, TeamLeader


def role_in(team: Team, actor: Actor) -> str | None:
    """The role the actor holds in the team now, from its dated row; None without one. One query."""
    if actor.member_id is None:
        return None
    rows = TeamLeader.objects.open().filter(team=team, member=actor.member_id)
    return rows.values_list("role", flat=True).first()


def runs(actor: Actor, *, level: str, path: str, over: str = "") -> bool:
    """Whether the actor runs the teams of a node of `level` and `path`, as far as they concern the area `over`.

    What stands at a community is run by the community itself, never from above; what stands above the communities by
    whoever has the right there, and for its own people by each community (`over`).
    """
    paths = actor.paths_with(Permission.TEAM_EDIT)
    if level == Level.COMMUNITY:
        return path in paths or ROOT in paths
    return covers(paths, over or path)


def run_by(actor: Actor) -> Q:
    """Nodes whose teams the actor runs: the same as runs."""
    paths = actor.paths_with(Permission.TEAM_EDIT)
    above = Q(level__in=[Level.DISTRICT, Level.STREET]) & under("path", paths)
    own = under("path", paths) if ROOT in paths else Q(path__in=paths)
    return above | (Q(level=Level.COMMUNITY) & own)


def asks_own(team: Team, actor: Actor) -> bool:
    """Whether the actor may ask people of some community into the team."""
    paths = actor.paths_with(Permission.TEAM_EDIT)
    return any(runs_team(team, actor, over=path) for path in paths if covers([team.path], path))


def runs_team(team: Team, actor: Actor, *, over: str = "") -> bool:
    """The same for one team; `over`: the community of the person it is about, the team's own place by default."""
    return runs(actor, level=team.node.level, path=team.path, over=over)


def require_runs(actor: Actor, *, level: str, path: str, over: str = "") -> None:
    """Raises Forbidden, or OutOfScope to who is next door, unless the actor runs the teams there."""
    if not runs(actor, level=level, path=path, over=over):
        actor.require(Permission.TEAM_EDIT, over or path)
        raise Forbidden()


def require_runs_team(team: Team, actor: Actor, *, over: str = "") -> None:
    require_runs(actor, level=team.node.level, path=team.path, over=over)


def may(team: Team, actor: Actor, verb: TeamVerb, *, over: str = "") -> bool:
    """Whether the actor may do it: whoever runs the team for `over`, or a role in the team."""
    if runs_team(team, actor, over=over):
        return True
    return team.ended_at is None and rules.may(role_in(team, actor), verb)


def require(team: Team, actor: Actor, verb: TeamVerb, *, over: str = "") -> None:
    """Raises Forbidden, or OutOfScope to who is next door, unless the actor may do it."""
    if not may(team, actor, verb, over=over):
        require_runs_team(team, actor, over=over)
