"""Who answers for a team: appointed and released by the desk, released by himself too."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.members.models import Member
from guangcai.teams import rules
from guangcai.teams.commands.teams import lock_team
from guangcai.teams.enums import LeaderRole
from guangcai.teams.models import Team, TeamLeader, TeamMembership
from guangcai.teams.queries import rights


@transaction.atomic
def appoint_leader(*, team: Team, member: Member, role: LeaderRole, by: Actor, now: datetime) -> TeamLeader:
    """Give a member of the team a role in it, from today on. The same again is the same row.

    Raises RuleBroken(code): not_in_team, has_leader, role, team_ended.
    """
    rights.require_runs_team(team, by)
    row = lock_team(team.pk)
    rules.check_team_live(is_live=row.ended_at is None)
    roles = list(TeamLeader.objects.open().filter(team=row))
    own = next((one for one in roles if one.member_id == member.pk), None)
    if own is not None and own.role == role:
        return own
    rules.check_leader(
        is_held=TeamMembership.objects.held().filter(team=row, member=member).exists(),
        has_leader=any(one.role == LeaderRole.LEADER for one in roles),
        has_role=own is not None,
        role=role,
    )
    made = TeamLeader.objects.create(
        team=row,
        district_code=row.district_code,
        member=member,
        role=role,
        since=localdate(now),
        added_at=now,
        added_by=by.user_id,
    )
    audit.record(Tag.TEAM_LEADER, by=by, on=made, now=now, path=row.path, role=str(role))
    return made


@transaction.atomic
def end_leadership(*, leader: TeamLeader, by: Actor, now: datetime) -> TeamLeader:
    """A role in a team ends today, and what it allowed ends in this moment. Harmless twice."""
    row = lock_team(leader.team_id)
    if by.member_id != leader.member_id:
        rights.require_runs_team(row, by)
    found = TeamLeader.objects.select_for_update().get(pk=leader.pk)
    if found.until is None:
        found.until, found.ended_at, found.ended_by = localdate(now), now, by.user_id
        found.save(update_fields=["until", "ended_at", "ended_by"])
        audit.record(Tag.TEAM_LEADER_END, by=by, on=found, now=now, path=row.path)
    return found
