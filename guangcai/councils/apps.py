"""议事: bodies, their meetings, and every proposal until its result.

May import: ledger, members, places and below.
"""

from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "guangcai.councils"
    label = "councils"
