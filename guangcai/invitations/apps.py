"""邀请: finding people for posts, households and shifts, and asking them; nobody is assigned.

May import: posts, activities, zones, teams, care and below.
"""

from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    name = "guangcai.invitations"
    label = "invitations"

    def ready(self) -> None:
        from guangcai.invitations import notices
        from guangcai.invitations.commands import movers  # registers how invitations follow a merge of two records

        assert movers
        notices.declare_templates()
