"""志愿服务队: the association, its brigades, detachments and teams, their rosters and logs.

May import: commitments and below.
"""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "guangcai.teams"
    label = "teams"

    def ready(self) -> None:
        from guangcai.commitments import shown, team_roll
        from guangcai.members import timeline
        from guangcai.teams import notices
        from guangcai.teams.commands import movers  # registers how places in teams follow a merge of two records
        from guangcai.teams.queries import life
        from guangcai.teams.roll import ROLL

        assert movers
        notices.declare_templates()
        timeline.provide(life.timeline_of)
        shown.provide(life.shown_of)
        team_roll.provide(ROLL)
