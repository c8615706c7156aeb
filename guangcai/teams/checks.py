"""What must be true of teams at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

LEADER_OUTSIDE = """
SELECT role.id FROM teams_teamleader AS role
LEFT JOIN teams_teammembership AS place ON place.team_id = role.team_id AND place.member_id = role.member_id
     AND place.ended_at IS NULL AND place.held_since IS NOT NULL
WHERE role.until IS NULL AND place.id IS NULL
"""
OUTLIVES_TEAM = """
SELECT place.id FROM teams_teammembership AS place JOIN teams_team AS team ON team.id = place.team_id
WHERE team.ended_at IS NOT NULL AND place.ended_at IS NULL
"""
CHILD_OUTLIVES_PARENT = """
SELECT child.id FROM teams_team AS child JOIN teams_team AS above ON above.id = child.parent_id
WHERE child.ended_at IS NULL AND (above.ended_at IS NOT NULL OR left(child.path, length(above.path)) <> above.path)
"""
WRONG_KIND_ABOVE = """
SELECT child.id FROM teams_team AS child JOIN teams_team AS above ON above.id = child.parent_id
WHERE (child.kind = 'association' AND above.kind <> 'association')
   OR (child.kind = 'brigade' AND above.kind <> 'association')
   OR (child.kind = 'detachment' AND above.kind NOT IN ('association', 'brigade'))
   OR (child.kind = 'team' AND above.kind = 'team')
"""


@invariant("teams.leaders.in_their_team")
def leaders_are_in_their_team() -> Iterable[str]:
    return ids(LEADER_OUTSIDE, "role")


@invariant("teams.memberships.end_with_their_team")
def no_place_outlives_its_team() -> Iterable[str]:
    return ids(OUTLIVES_TEAM, "membership")


@invariant("teams.teams.under_a_live_team")
def no_team_hangs_in_the_air() -> Iterable[str]:
    return ids(CHILD_OUTLIVES_PARENT, "team")


@invariant("teams.teams.kinds_in_order")
def kinds_stand_in_their_order() -> Iterable[str]:
    return ids(WRONG_KIND_ABOVE, "team")
