"""What teams keep."""

from guangcai.teams.models.log import TeamLog
from guangcai.teams.models.membership import TeamLeader, TeamMembership
from guangcai.teams.models.plate import Plate, PlateFeedback
from guangcai.teams.models.team import OccupationTeam, Team, TeamAlias, TeamField

__all__ = [
    "OccupationTeam",
    "Plate",
    "PlateFeedback",
    "Team",
    "TeamAlias",
    "TeamField",
    "TeamLeader",
    "TeamLog",
    "TeamMembership",
]
