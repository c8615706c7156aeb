"""关爱帮扶: households and who looks after each, visits by rhythm; restricted records throughout.

May import: commitments and below.
"""

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "guangcai.care"
    label = "care"

    def ready(self) -> None:
        from guangcai.care import notices
        from guangcai.care.commands import movers  # registers how pairings follow a merge of two records
        from guangcai.care.queries import follow, life
        from guangcai.commitments import origins
        from guangcai.members import timeline

        assert movers
        notices.declare_templates()
        timeline.provide(life.timeline_of)
        origins.keep(follow.KIND, follow.is_known)
