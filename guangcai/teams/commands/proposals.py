"""A proposal by occupation becomes a team and its invitations (A18). Nobody is in it before he has accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guangcai.core.actor import Actor
from guangcai.members.models import Member
from guangcai.orgs.models import Node
from guangcai.teams.commands.memberships import invite_members
from guangcai.teams.commands.teams import TeamDraft, add_team
from guangcai.teams.enums import TeamBasis, TeamKind
from guangcai.teams.models import OccupationTeam, Team, TeamMembership
from guangcai.teams.queries import rights


@dataclass(frozen=True)
class Opened:
    """What came of a proposal: the team, whether it is new, and who was asked now."""

    team: Team
    is_new: bool
    asked: tuple[TeamMembership, ...]


@transaction.atomic
def open_proposed(
    *, community: Node, rule: OccupationTeam, members: Sequence[Member], by: Actor, now: datetime
) -> Opened:
    """Open the proposed team, unless it is there already, and ask `members` to join. Harmless twice. Source: A18."""
    rights.require_runs(by, level=community.level, path=community.path)
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=community.pk)
    team = Team.objects.live().filter(node=community, name=rule.name).first()
    is_new = team is None
    if team is None:
        draft = TeamDraft(
            kind=TeamKind.TEAM,
            name=rule.name,
            field=rule.field,
            basis=TeamBasis.OCCUPATION,
            occupation=rule.occupation,
        )
        team = add_team(node=community, draft=draft, by=by, now=now)
    asked = invite_members(team=team, members=members, by=by, now=now)
    return Opened(team, is_new, tuple(asked))
