"""承诺: pledges from templates, their fulfilment and review; checklists of one's own duties.

May import: commitments and below.
"""

from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "guangcai.pledges"
    label = "pledges"

    def ready(self) -> None:
        from guangcai.members import timeline
        from guangcai.pledges import notices
        from guangcai.pledges.commands import movers  # registers how pledges follow a merge of two records
        from guangcai.pledges.queries import life

        assert movers
        notices.declare_templates()
        timeline.provide(life.timeline_of)
