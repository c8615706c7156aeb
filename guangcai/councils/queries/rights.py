"""Who runs a body: its community's desk; what stands above the communities, whoever sets up committees there."""

from django.db.models import Q

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.councils.models import Body, Contest
from guangcai.orgs.enums import Level

RIGHTS = (Permission.COUNCIL_EDIT, Permission.COMMITTEE_EDIT)


def right_over(level: str) -> Permission:
    """The right to run what stands at a node of `level`: a community's own bodies are never run from above."""
    return Permission.COUNCIL_EDIT if level == Level.COMMUNITY else Permission.COMMITTEE_EDIT


def runs(actor: Actor, row: Body | Contest) -> bool:
    return actor.can(right_over(row.node.level), row.path)


def require_runs(actor: Actor, row: Body | Contest) -> None:
    """Raises Forbidden, or OutOfScope to who is next door, unless the actor runs it."""
    actor.require(right_over(row.node.level), row.path)


def runs_any(actor: Actor) -> bool:
    """Whether there is a place whose bodies the actor runs."""
    return any(actor.holds(right) for right in RIGHTS)


def run_by(actor: Actor, *, level: str = "node__level", path: str = "path") -> Q:
    """The same as runs, as a condition; level, path: how the rows reach the node's level and their path."""
    here = Q(**{level: Level.COMMUNITY})
    own = under(path, actor.paths_with(Permission.COUNCIL_EDIT))
    return (here & own) | (~here & under(path, actor.paths_with(Permission.COMMITTEE_EDIT)))
