"""老娘舅: quarrels between neighbours, heard and settled; sealed to the mediator and the desk.

May import: commitments, ledger, members, places and below.
"""

from django.apps import AppConfig


class MediationConfig(AppConfig):
    name = "guangcai.mediation"
    label = "mediation"

    def ready(self) -> None:
        from guangcai.core import kinds
        from guangcai.mediation import notices
        from guangcai.mediation.commands.movers import follow_tree
        from guangcai.mediation.lists import LISTS
        from guangcai.orgs import followers

        followers.follow(follow_tree)
        kinds.declare(*LISTS)
        notices.declare_templates()
