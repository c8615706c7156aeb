"""邀请: finding people for posts, households and shifts, and asking them; nobody is assigned.

May import: posts, activities, zones, teams, care and below.
"""

from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    name = "guangcai.invitations"
    label = "invitations"
