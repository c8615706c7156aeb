"""议事: bodies, their meetings, and every proposal until its result.

May import: ledger, members, places and below.
"""

from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "guangcai.councils"
    label = "councils"

    def ready(self) -> None:
        from guangcai.councils import notices
        from guangcai.councils.commands import movers  # registers how seats follow a merge of two records
        from guangcai.councils.queries import life
        from guangcai.members import timeline

        assert movers
        notices.declare_templates()
        timeline.provide(life.timeline_of)
