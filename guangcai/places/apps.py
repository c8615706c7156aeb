"""地方: service points and their directory, what units lend to the community and its bookings.

May import: orgs and below.
"""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "guangcai.places"
    label = "places"

    def ready(self) -> None:
        from guangcai.core import matters
        from guangcai.orgs import followers, place_facts
        from guangcai.places import notices
        from guangcai.places.commands.movers import follow_tree, follow_unit
        from guangcai.places.queries import matters as told
        from guangcai.places.queries.directory import facts_of_place

        followers.follow(follow_tree)
        followers.follow_end(follow_unit)
        matters.tell(told.KIND, told.TELLER)
        notices.declare_templates()
        place_facts.provide(facts_of_place)
