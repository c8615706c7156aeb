"""老娘舅: quarrels between neighbours, heard and settled; sealed to the mediator and the desk.

May import: commitments, ledger, members, places and below.
"""

from django.apps import AppConfig


class MediationConfig(AppConfig):
    name = "guangcai.mediation"
    label = "mediation"
