"""议事: bodies, their meetings, and every proposal until its result.

May import: ledger, members, places and below.
"""

from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "guangcai.councils"
    label = "councils"

    def ready(self) -> None:
        from guangcai.core import matters
        from guangcai.councils import notices
        from guangcai.councils.commands import (
            movers,  # registers how seats follow a merge of two records
            put_to_proposal,
        )
        from guangcai.councils.enums import MatterKind
        from guangcai.councils.queries import agreements, life, proposals
        from guangcai.members import timeline
        from guangcai.orgs import followers

        followers.follow(movers.follow_tree)
        followers.follow_end(movers.follow_unit)
        notices.declare_templates()
        timeline.provide(life.timeline_of)
        matters.keep(matters.Keeper(open_to=proposals.open_to, put=put_to_proposal, holds=proposals.holds))
        matters.tell(MatterKind.AGREEMENT, agreements.TELLER)
