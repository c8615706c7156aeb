"""How places in teams, roles and plates follow when two records of one person become one (members.merging)."""

from django.utils.timezone import localdate

from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.teams.commands.teams import lock_team
from guangcai.teams.models import Plate, TeamLeader, TeamMembership


@merging.mover("teams.teammembership.member")
def memberships(merge: Merge) -> int:
    """One live place a team: the one that got further stays, the other ends."""
    kept = TeamMembership.objects.live().filter(member=merge.kept).values("team")
    for key in sorted(
        TeamMembership.objects.live().filter(member=merge.gone, team__in=kept).values_list("team_id", flat=True)
    ):
        lock_team(key)
        rows = TeamMembership.objects.live().filter(team=key, member__in=[merge.kept, merge.gone])
        _stays, falls = sorted(rows, key=_weakness)
        falls.ended_at, falls.ended_by, falls.end_reason = merge.now, merge.by.user_id, EndReason.MERGED
        falls.save(update_fields=["ended_at", "ended_by", "end_reason"])
        audit.record(Tag.TEAM_LEAVE, by=merge.by, on=falls, now=merge.now, reason=EndReason.MERGED.value)
    return TeamMembership.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.mover("teams.teamleader.member")
def roles(merge: Merge) -> int:
    """One open role a team: the higher stays."""
    kept = {row.team_id: row for row in TeamLeader.objects.open().filter(member=merge.kept)}
    for row in TeamLeader.objects.open().filter(member=merge.gone, team__in=kept):
        _stays, falls = sorted([kept[row.team_id], row], key=lambda one: (one.role != "leader", one.since, one.pk))
        falls.until, falls.ended_at, falls.ended_by = localdate(merge.now), merge.now, merge.by.user_id
        falls.save(update_fields=["until", "ended_at", "ended_by"])
    return TeamLeader.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.mover("teams.plate.member")
def plates(merge: Merge) -> int:
    """One plate out: that of the record that stays; the other one's code answers that it is no longer in use."""
    if Plate.objects.in_use().filter(member=merge.kept).exists():
        Plate.objects.in_use().filter(member=merge.gone).update(withdrawn_at=merge.now)
    return Plate.objects.filter(member=merge.gone).update(member=merge.kept)


def _weakness(row: TeamMembership) -> tuple[object, ...]:
    return (row.held_since is None, row.confirmed_at is None, row.offered_at, row.pk)
