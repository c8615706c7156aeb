"""志愿服务队: the association, its brigades, detachments and teams, their rosters and logs.

May import: commitments and below.
"""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "guangcai.teams"
    label = "teams"
