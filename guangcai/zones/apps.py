"""责任区: responsibility zones, who holds each, and the agreement signed for it.

May import: commitments and below.
"""

from django.apps import AppConfig


class ZonesConfig(AppConfig):
    name = "guangcai.zones"
    label = "zones"

    def ready(self) -> None:
        from guangcai.commitments import shown, sources
        from guangcai.members import timeline
        from guangcai.orgs import place_facts
        from guangcai.zones import notices
        from guangcai.zones.commands.work import SOURCE
        from guangcai.zones.models import ZoneAgreement
        from guangcai.zones.queries import life
        from guangcai.zones.wording import facts_of_place

        sources.provide(SOURCE, ZoneAgreement)
        notices.declare_templates()
        place_facts.provide(facts_of_place)
        shown.provide(life.shown_of)
        timeline.provide(life.timeline_of)
